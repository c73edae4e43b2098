"""The lines of people's data and their rights in the table of web/roles.py."""

from collections.abc import Mapping

from web.callers import ADMINS, DESK, PUBLIC, READERS, VISITOR, Who

PRIVACY: Mapping[str, frozenset[Who]] = {
    "privacy.show": PUBLIC,
    "privacy.shown": PUBLIC,
    "privacy.ask": VISITOR,
    "privacy.take": VISITOR,
    "staff_privacy.inbox": DESK,
    "staff_privacy.processing": READERS,
    "staff_privacy.retention": READERS,
    "staff_privacy.visit": DESK,
    "staff_privacy.take": DESK,
    "staff_privacy.answer": DESK,
    "staff_privacy.restrict": DESK,
    "staff_privacy.lift": DESK,
    "staff_privacy.erase": DESK,
    "staff_privacy.receipt": DESK,
    "guardians.give": DESK,
    "guardians.withdraw": DESK,
    "guardians.withdraw_own": VISITOR,
    "breaches.index": ADMINS,
    "breaches.new": ADMINS,
    "breaches.note": ADMINS,
    "breaches.show": ADMINS,
    "breaches.edit": ADMINS,
    "breaches.change": ADMINS,
    "breaches.told": ADMINS,
    "breaches.pack": ADMINS,
}
