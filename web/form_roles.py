"""The lines of photocopies and complaints in the table of web/roles.py."""

from collections.abc import Mapping

from web.callers import DESK, PUBLIC, VISITOR, Who

FORMS: Mapping[str, frozenset[Who]] = {
    "photocopies.show": VISITOR,
    "photocopies.ask": VISITOR,
    "photocopies.slip": VISITOR,
    "photocopies.withdraw": VISITOR,
    "staff_photocopies.inbox": DESK,
    "staff_photocopies.show": DESK,
    "staff_photocopies.ask": DESK,
    "staff_photocopies.slip": DESK,
    "staff_photocopies.out": DESK,
    "staff_photocopies.back": DESK,
    "staff_photocopies.scan": DESK,
    "staff_photocopies.lose": DESK,
    "staff_photocopies.cancel": DESK,
    "complaints.show": PUBLIC,
    "complaints.make": PUBLIC,
    "complaints.status": PUBLIC,
    "complaints.inbox": DESK,
    "complaints.take": DESK,
    "complaints.answer": DESK,
}
