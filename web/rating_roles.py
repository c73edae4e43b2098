"""The lines of ratings in the table of web/roles.py."""

from collections.abc import Mapping

from web.callers import DESK, PUBLIC, READERS, VISITOR, Who

RATINGS: Mapping[str, frozenset[Who]] = {
    "ratings.show": VISITOR,
    "ratings.give": VISITOR,
    "ratings.decline": VISITOR,
    "ratings.items": VISITOR,
    "ratings.give_items": VISITOR,
    "ratings.skip_items": VISITOR,
    "handed_ratings.enter": PUBLIC,
    "handed_ratings.find": PUBLIC,
    "handed_ratings.thanks": PUBLIC,
    "handed_ratings.show": VISITOR,
    "handed_ratings.give": VISITOR,
    "handed_ratings.decline": VISITOR,
    "handed_ratings.items": VISITOR,
    "handed_ratings.give_items": VISITOR,
    "handed_ratings.skip_items": VISITOR,
    "handed_ratings.rest": PUBLIC,
    "handed_ratings.register": DESK,
    "staff_ratings.show": READERS,
    "staff_ratings.remove_comment": DESK,
    "staff_ratings.revoke_tablet": DESK,
    "staff_ratings.hand_out": DESK,
    "staff_ratings.to_tablet": DESK,
    "staff_ratings.to_phone": DESK,
    "staff_ratings.to_members": DESK,
    "staff_ratings.withdraw": DESK,
    "staff_ratings.decline": DESK,
    "staff_ratings.paper": DESK,
    "staff_ratings.enter": DESK,
    "staff_ratings.take": DESK,
}
