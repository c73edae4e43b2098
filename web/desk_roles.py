"""Who may call what of the desk and its queue: a part of the one table in web/roles.py."""

from collections.abc import Mapping

from web.callers import DESK, PUBLIC, Who

DESK_ROLES: Mapping[str, frozenset[Who]] = {
    "desk.queue": DESK,
    "desk.room": DESK,
    "desk.panel": DESK,
    "desk.find": DESK,
    "desk.call": DESK,
    "desk.serve": DESK,
    "desk.absent": DESK,
    "queue.call_next": DESK,
    "queue.skip": DESK,
    "queue.put_aside": DESK,
    "queue.come_back": DESK,
    "queue.pass_on": DESK,
    "queue.explain": DESK,
    "queue.correct": DESK,
    "queue.choose_desk": DESK,
    # the room's screen: numbers and desks, never a name
    "queue_display.show": PUBLIC,
}
