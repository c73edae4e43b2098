"""What a code means at a place, as things stand there: pure, from values to an answer."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.codes import ActionCode, ReadKind
from appliance.readers.answers import Answer, Choice, Place

BOUNCE_S = 1.5  # the same code before the same reader: one look, one answer
SOON_S = 60.0  # a second scan within it is a question, not a wish
SCAN_AGAIN_S = 15.0  # the ticket once more after being asked: open again
ASK_S = 20.0  # how long a question stands on the display and may be answered
SHOWN_S = 20.0  # how long any other answer stands there
EMPTY_S = 90.0  # how long 'it is empty' may be said after the door was opened to fetch the bag
BADGE_S = 15.0  # how long a badge waits for the locker's tag
BOOK_S = 30.0  # how long a book may follow its reader's ticket, or the book before it
REPEAT_S = 15.0  # a book scanned again so soon after it was noted is not brought back yet
NOTICE_S = 60.0  # how long a notice stands at the desk
KEPT_S = 24 * 3600.0  # no reason to know longer what was scanned


class VisitIs(StrEnum):
    """What the ticket before the reader stands for."""

    UNKNOWN = "unknown"
    OTHER_DAY = "other_day"
    CLOSED = "closed"
    OPEN = "open"
    LEAVING = "leaving"


class BadgeIs(StrEnum):
    """What the badge before the reader stands for."""

    UNKNOWN = "unknown"
    REFUSED = "refused"
    """Taken back, or its owner was deactivated."""
    OTHER_ROLE = "other_role"
    """Of somebody who may not open lockers."""
    GOOD = "good"


class BookIs(StrEnum):
    """What the catalogue knows of the book before the reader."""

    UNKNOWN = "unknown"
    SERIES = "series"
    """Several publications have this number."""
    KNOWN = "known"
    """One publication; the copy is free, or it takes a person to say which one is meant."""
    IN_HAND = "in_hand"
    """The visit whose ticket was read just before has it."""
    READ = "read"
    """Somebody has it, and nobody else's ticket was read just before; or all copies are read."""
    GONE = "gone"
    """A copy that was taken out of the collection."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides an answer besides kind and place. Seconds are None when it never happened."""

    visit: VisitIs = VisitIs.UNKNOWN
    badge: BadgeIs = BadgeIs.UNKNOWN
    book: BookIs = BookIs.UNKNOWN
    has_locker: bool = False
    is_any_free: bool = False
    lacks_card: bool = False  # this office wants a card for a locker, and none is held
    locker_by_ticket: bool = False
    badge_opens_lockers: bool = False
    locker_exists: bool = False
    opened_s: float | None = None  # since this ticket opened its locker here
    asked_s: float | None = None  # since this ticket was asked here, and has not answered
    has_ticket: bool = False  # an open visit's ticket was read here just before
    noted_s: float | None = None  # since this copy was noted as read
    badge_s: float | None = None  # since a good badge was read here, and nothing after it


def answer(kind: ReadKind, place: Place, now: Situation) -> Answer:
    """The answer to this kind of code at this place. Every pair has one."""
    if kind is ReadKind.DAMAGED:
        return Answer.DAMAGED
    if kind is ReadKind.LINK:
        return Answer.LINK
    if kind is ReadKind.TICKET:
        return _ticket(place, now)
    if kind is ReadKind.STAFF:
        return _badge(place, now)
    if kind is ReadKind.LOCKER:
        return _tag(place, now)
    if kind in BOOKS:
        return _book(place, now)
    if kind is ReadKind.VISITOR:
        return Answer.VISITOR_CARD
    if kind is ReadKind.ACTION:
        return Answer.TICKET_FIRST if place is Place.LOCKERS else Answer.ACTION_ELSEWHERE
    return (_CARD if kind is ReadKind.CARD else _FOREIGN)[place]


def chosen_answer(offered: Answer, choice: Choice) -> Answer | None:
    """What a choice leads to while this answer stands; None when it was not offered."""
    may_say_empty = offered in (Answer.ASK_AGAIN_OR_EMPTY, Answer.FETCHING)
    if choice is Choice.EMPTY and may_say_empty:
        return Answer.GIVEN_BACK
    if choice in offered.choices:
        return Answer.OPENING if choice is Choice.AGAIN else Answer.FETCHING
    return None


def offer_s(offered: Answer) -> float:
    """How long the choices of this answer stand; 0 when there are none."""
    if offered is Answer.FETCHING:
        return EMPTY_S
    return ASK_S if offered.choices else 0.0


def shown_s(given: Answer) -> float:
    """How long an answer stands on the display of its place."""
    return max(SHOWN_S, offer_s(given))


BOOKS = (ReadKind.PUBLICATION, ReadKind.ISBN, ReadKind.ISSN)
_AT_LOCKERS = {
    BookIs.UNKNOWN: Answer.BOOK_UNKNOWN_AT_LOCKERS,
    BookIs.SERIES: Answer.BOOK_UNKNOWN_AT_LOCKERS,
    BookIs.GONE: Answer.BOOK_UNKNOWN_AT_LOCKERS,
    BookIs.KNOWN: Answer.BOOK_NOTED_AT_LOCKERS,
    BookIs.IN_HAND: Answer.BOOK_NOTED_AT_LOCKERS,
    BookIs.READ: Answer.BOOK_READ_AT_LOCKERS,
}
_AT_DESK = {
    BookIs.UNKNOWN: Answer.BOOK_UNKNOWN_AT_DESK,
    BookIs.SERIES: Answer.BOOK_SERIES_AT_DESK,
    BookIs.GONE: Answer.BOOK_GONE_AT_DESK,
    BookIs.KNOWN: Answer.BOOK_AT_DESK,
    BookIs.IN_HAND: Answer.BOOK_BACK_AT_DESK,
    BookIs.READ: Answer.BOOK_BACK_AT_DESK,
}
CHOICES = {
    ActionCode.OPEN: Choice.AGAIN,
    ActionCode.FINISH: Choice.FINISH,
    ActionCode.EMPTY: Choice.EMPTY,
}
_CARD = {
    Place.LOCKERS: Answer.CARD_AT_LOCKERS,
    Place.DESK: Answer.CARD_AT_DESK,
    Place.STATION: Answer.CARD_AT_STATION,
}
_FOREIGN = {
    Place.LOCKERS: Answer.FOREIGN_AT_LOCKERS,
    Place.DESK: Answer.FOREIGN_AT_DESK,
    Place.STATION: Answer.FOREIGN_AT_STATION,
}
_NO_VISIT = {
    VisitIs.UNKNOWN: Answer.UNKNOWN_TICKET,
    VisitIs.OTHER_DAY: Answer.OTHER_DAY,
    VisitIs.CLOSED: Answer.VISIT_CLOSED,
}


def _ticket(place: Place, now: Situation) -> Answer:
    if now.visit in _NO_VISIT:
        return _NO_VISIT[now.visit]
    if place is Place.DESK:
        return Answer.TICKET_AT_DESK
    if place is Place.STATION:
        return Answer.TICKET_AT_STATION
    return _with_locker(now) if now.has_locker else _without_locker(now)


def _with_locker(now: Situation) -> Answer:
    if _within(now.asked_s, SCAN_AGAIN_S):
        return Answer.OPENING
    if now.visit is VisitIs.LEAVING:
        return Answer.ASK_AGAIN_OR_EMPTY
    return Answer.ASK_AGAIN_OR_FINISH if _within(now.opened_s, SOON_S) else Answer.OPENING


def _without_locker(now: Situation) -> Answer:
    if not now.locker_by_ticket or now.visit is VisitIs.LEAVING:
        return Answer.NO_LOCKER
    if now.lacks_card:
        return Answer.CARD_FIRST
    return Answer.ASSIGNING if now.is_any_free else Answer.ALL_TAKEN


def _badge(place: Place, now: Situation) -> Answer:
    if now.badge is BadgeIs.UNKNOWN:
        return Answer.BADGE_UNKNOWN
    if now.badge is BadgeIs.REFUSED:
        return Answer.BADGE_REFUSED
    if place is Place.DESK:
        return Answer.BADGE_AT_DESK
    if place is Place.STATION:
        return Answer.BADGE_AT_STATION
    if not now.badge_opens_lockers:
        return Answer.BADGE_NOT_HERE
    return Answer.BADGE_READY if now.badge is BadgeIs.GOOD else Answer.BADGE_ROLE


def _tag(place: Place, now: Situation) -> Answer:
    if not now.locker_exists:
        return Answer.NO_SUCH_LOCKER
    if place is Place.DESK:
        return Answer.TAG_AT_DESK
    if place is Place.STATION:
        return Answer.TAG_AT_STATION
    is_armed = now.badge_opens_lockers and now.badge is BadgeIs.GOOD
    if is_armed and _within(now.badge_s, BADGE_S):
        return Answer.BADGE_OPENING
    return Answer.TAG_AT_LOCKERS


def _book(place: Place, now: Situation) -> Answer:
    if place is Place.STATION:
        is_known = now.book not in (BookIs.UNKNOWN, BookIs.SERIES)
        return Answer.BOOK_AT_STATION if is_known else Answer.BOOK_UNKNOWN_AT_STATION
    if place is Place.DESK:
        return _book_at_desk(now)
    return _AT_LOCKERS[now.book] if now.has_ticket else Answer.BOOK_AT_LOCKERS


def _book_at_desk(now: Situation) -> Answer:
    is_read = now.book in (BookIs.IN_HAND, BookIs.READ)
    if is_read and _within(now.noted_s, REPEAT_S):
        return Answer.BOOK_NOTED_BEFORE_AT_DESK
    if now.book is BookIs.READ and now.has_ticket:
        return Answer.BOOK_READ_AT_DESK
    if now.book is BookIs.KNOWN and now.has_ticket:
        return Answer.BOOK_NOTED_AT_DESK
    return _AT_DESK[now.book]


def _within(seconds: float | None, limit_s: float) -> bool:
    return seconds is not None and seconds <= limit_s
