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
    "complaints.enter": PUBLIC,
    "complaints.status": PUBLIC,
    "complaints.reopen": PUBLIC,
    "complaints.accept": PUBLIC,
    "complaints.withdraw_contact": PUBLIC,
    "staff_complaints.inbox": DESK,
    "staff_complaints.new": DESK,
    "staff_complaints.enter": DESK,
    "staff_complaints.poster": DESK,
    "staff_complaints.show": DESK,
    "staff_complaints.take": DESK,
    "staff_complaints.assign": DESK,
    "staff_complaints.check": DESK,
    "staff_complaints.note": DESK,
    "staff_complaints.answer": DESK,
    "staff_complaints.close": DESK,
}
