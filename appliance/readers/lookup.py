"""What a code is about, and everything that decides its answer."""

import datetime as dt

from appliance.actor import SYSTEM, Role
from appliance.catalogue.copy_rules import Copy, CopyState
from appliance.catalogue.holdings import HoldingsService, Match
from appliance.codes import ReadCode, ReadKind, recognise
from appliance.deposits.service import DepositService
from appliance.errors import NotFound
from appliance.lockers.service import LockerService
from appliance.offices import Policy
from appliance.readers import rules
from appliance.readers.answers import Answer, Place
from appliance.readers.log import ReadLog, Subject
from appliance.readers.rules import BadgeIs, BookIs, Situation, VisitIs
from appliance.reading.rules import ReadingNote as Note
from appliance.reading.service import ReadingService
from appliance.record import Books
from appliance.staff.badges import BadgeHolder, Badges
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

OPENS_LOCKERS = (Role.OFFICER, Role.ADMIN)
LONGEST_BOOK = 60  # the longest number a record may have


class LookUp:
    """Looks only; a badge that was taken back is journalled all the same."""

    def __init__(
        self,
        *,
        books: Books,
        policy: Policy,
        visits: VisitService,
        lockers: LockerService,
        deposits: DepositService,
        holdings: HoldingsService,
        reading: ReadingService,
        badges: Badges,
        log: ReadLog,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._policy = policy
        self._visits = visits
        self._lockers = lockers
        self._deposits = deposits
        self._holdings = holdings
        self._reading = reading
        self._badges = badges
        self._log = log

    def kind_of(self, code: ReadCode, text: str) -> ReadKind:
        """What a code is once the barcodes of our books are known: other systems made many."""
        is_open = code.kind in (ReadKind.FOREIGN, ReadKind.DAMAGED)
        return ReadKind.PUBLICATION if is_open and self._holdings.has(text) else code.kind

    def what(
        self, kind: ReadKind, code: ReadCode, text: str, reader: str, place: Place
    ) -> tuple[Subject, Situation]:
        """What this code is about, and how things stand for it at this place."""
        if kind is ReadKind.TICKET:
            return self._ticket(code.value, place)
        if kind is ReadKind.STAFF:
            return self._badge(code.value)
        if kind is ReadKind.LOCKER:
            return self._tag(int(code.value), reader, place)
        if kind in rules.BOOKS:
            return self._book(text, reader, place)
        return Subject(), Situation()

    def _ticket(self, ticket: str, place: Place) -> tuple[Subject, Situation]:
        found = self._visits.by_ticket(ticket)
        if found is None:
            return Subject(), Situation(visit=VisitIs.UNKNOWN)
        visit, is_of_today = found
        state = _state_of(visit) if is_of_today else VisitIs.OTHER_DAY
        if place is not Place.LOCKERS or state not in (VisitIs.OPEN, VisitIs.LEAVING):
            return Subject(visit), Situation(visit=state)
        locker = self._lockers.of_visit(visit.id)
        opened_s, asked_s = self._lately(visit.id)
        return Subject(visit, None if locker is None else locker.number), Situation(
            visit=state,
            has_locker=locker is not None,
            is_any_free=locker is None and bool(self._lockers.free_numbers()),
            lacks_card=self._deposits.is_asked and not self._deposits.is_held(visit.id),
            locker_by_ticket=self._policy.locker_by_ticket,
            opened_s=opened_s,
            asked_s=asked_s,
        )

    def _lately(self, visit_id: int) -> tuple[float | None, float | None]:
        """Seconds since this ticket opened its locker, and since it was asked in vain."""
        rows = self._log.of_visit(visit_id, Place.LOCKERS)
        opened = next((row for row in rows if Answer(row.answer).opens_a_door), None)
        asked = next((row for row in rows[:1] if Answer(row.answer).choices), None)
        if asked is not None and (asked.chosen is not None or self._log.was_ended(asked)):
            asked = None
        return (
            None if opened is None else self._log.age_s(opened),
            None if asked is None else self._log.age_s(asked),
        )

    def _badge(self, token: str) -> tuple[Subject, Situation]:
        holder = self._badges.by_token(token)
        if holder is None:
            return Subject(), Situation()
        if not holder.is_valid:
            subject = f"staff/{holder.username}"
            self._writer.run(lambda: self._recorder.note("badge.refused", subject, by=SYSTEM))
        opens = self._policy.badge_opens_lockers
        situation = Situation(badge=_badge_is(holder), badge_opens_lockers=opens)
        return Subject(staff_id=holder.staff_id), situation

    def _tag(self, number: int, reader: str, place: Place) -> tuple[Subject, Situation]:
        try:
            self._lockers.tile(number)
        except NotFound:
            return Subject(), Situation()
        before = self._log.newest(place)
        is_armed = before is not None and before.answer == Answer.BADGE_READY
        if before is None or not is_armed or before.reader != reader or before.staff is None:
            return Subject(locker_number=number), Situation(locker_exists=True)
        # Asked anew: the badge may have been taken back since it was read.
        holder = self._badges.of_staff(before.staff.id)
        situation = Situation(
            badge=_badge_is(holder),
            badge_opens_lockers=self._policy.badge_opens_lockers,
            locker_exists=True,
            badge_s=self._log.age_s(before),
        )
        return Subject(locker_number=number, staff_id=before.staff.id), situation

    def _book(self, text: str, reader: str, place: Place) -> tuple[Subject, Situation]:
        match = self._holdings.find(text)
        card = match.publication
        if card is None:
            book = BookIs.SERIES if match.is_series else BookIs.UNKNOWN
            return Subject(book=_number(text)[:LONGEST_BOOK]), Situation(book=book)
        # At the station the screen knows who stands there.
        visit = None if place is Place.STATION else self._visit_before(reader, place)
        copy, note = self._meant(match, visit)
        about = Subject(
            visit=visit,
            publication_id=card.id,
            title=card.title,
            copy_id=_copy_id(match, copy, place),
            shelf=card.holding.shelf if copy is None else copy.shelf,
        )
        return about, Situation(
            book=_book_is(match, copy, note, visit),
            has_ticket=visit is not None,
            noted_s=None if note is None else self._seconds_since(note.noted_at),
        )

    def _meant(self, match: Match, visit: VisitCard | None) -> tuple[Copy | None, Note | None]:
        """The copy before the reader, as far as it is clear, and the reading of it."""
        read = match.whose.being_read
        notes = {copy.id: self._reading.get(copy.reading_id) for copy in read if copy.reading_id}
        own = [copy for copy in read if visit is not None and notes[copy.id].visit_id == visit.id]
        if own:
            return own[0], notes[own[0].id]
        if match.whose.free:
            is_clear = not notes or visit is not None
            return (match.whose.free[0] if is_clear else None), None
        # Several are read and none stands on its shelf: which of them this is, a person says.
        meant = match.whose.named or (read[0] if len(read) == 1 else None)
        return meant, None if meant is None else notes.get(meant.id)

    def _visit_before(self, reader: str, place: Place) -> VisitCard | None:
        """The open visit whose ticket this reader read just before, only books since then."""
        before_s = 0.0
        for row in self._log.at_reader(reader, place):
            age_s = self._log.age_s(row)
            if age_s is None or age_s - before_s > rules.BOOK_S:
                return None
            before_s = age_s
            if row.kind == ReadKind.TICKET:
                visit = None if row.visit is None else self._visits.by_id(row.visit.id)
                return visit if visit is not None and visit.is_open else None
            if row.publication is None:
                return None
        return None

    def _seconds_since(self, moment: dt.datetime) -> float:
        return (self._clock.now() - moment).total_seconds()


def _book_is(match: Match, copy: Copy | None, note: Note | None, visit: VisitCard | None) -> BookIs:
    if note is not None:
        is_own = visit is not None and note.visit_id == visit.id
        return BookIs.IN_HAND if is_own else BookIs.READ
    if copy is not None and copy.kept_state is CopyState.WITHDRAWN:
        return BookIs.GONE
    if copy is not None and copy.is_out and visit is None:
        return BookIs.READ  # back from the photocopier
    is_all_read = copy is None and bool(match.whose.copies) and not match.whose.free
    return BookIs.READ if is_all_read and visit is not None else BookIs.KNOWN


def _copy_id(match: Match, copy: Copy | None, place: Place) -> int | None:
    """At the lockers a book is taken, and it is the one before the reader; at the desk it may as
    well stand for the one that was assumed to be in the visitor's hand."""
    taken = match.whose.named if place is Place.LOCKERS else None
    meant = taken or copy
    return None if meant is None else meant.id


def _number(text: str) -> str:
    """The number of a book that the catalogue does not know, as a new record may have it."""
    code = recognise(text)
    return code.value if code.kind in rules.BOOKS else text.strip().upper()


def _state_of(visit: VisitCard) -> VisitIs:
    if not visit.is_open:
        return VisitIs.CLOSED
    return VisitIs.LEAVING if visit.state is VisitState.LEAVING else VisitIs.OPEN


def _badge_is(holder: BadgeHolder | None) -> BadgeIs:
    if holder is None:
        return BadgeIs.UNKNOWN
    if not holder.is_valid:
        return BadgeIs.REFUSED
    return BadgeIs.GOOD if holder.role in OPENS_LOCKERS else BadgeIs.OTHER_ROLE
