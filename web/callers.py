"""Kinds of callers, and the sets of them that web/roles.py names for each endpoint."""

from enum import StrEnum


class Who(StrEnum):
    """Kinds of callers; the staff ones are the roles of the staff table."""

    PUBLIC = "public"  # anybody on the room's Wi-Fi
    VISITOR = "visitor"  # the holder of a visit's link: the visit lookup itself says 404
    STATION = "station"  # a screen that an officer registered
    DISPLAY = "display"  # the registered display at the lockers: what is chosen there is chosen
    DESK_SCREEN = "desk"  # a screen registered as a desk, where a PIN may open it
    OFFICER = "officer"
    OPERATOR = "operator"
    ADMIN = "admin"
    HEAD = "head"  # looks at figures without anybody in them, and changes nothing
    MACHINE = "machine"  # probes and monitors: no session, no change


PUBLIC = frozenset({Who.PUBLIC})
VISITOR = frozenset({Who.VISITOR})
MACHINE = frozenset({Who.MACHINE})
STAFF = frozenset({Who.OFFICER, Who.OPERATOR, Who.ADMIN})
READERS = STAFF | {Who.HEAD}  # everybody who works here: what has no visitor in it
HEAD = frozenset({Who.HEAD})
DESK = frozenset({Who.OFFICER, Who.ADMIN})
ADMINS = frozenset({Who.ADMIN})
STATION = STAFF | {Who.STATION}
DISPLAY = frozenset({Who.DISPLAY})
DESK_SCREEN = frozenset({Who.DESK_SCREEN})
NOBODY: frozenset[Who] = frozenset()
OPEN = PUBLIC | VISITOR | MACHINE
