"""What a code is about, and everything that decides its answer."""

from appliance.actor import SYSTEM, Role
from appliance.catalogue.service import CatalogueService, PublicationCard
from appliance.codes import CodeKind, ReadCode, ReadKind, barcode
from appliance.deposits.service import DepositService
from appliance.errors import NotFound
from appliance.lockers.service import LockerService
from appliance.offices import Policy
from appliance.readers import rules
from appliance.readers.answers import Answer, Place
from appliance.readers.log import ReadLog, Subject
from appliance.readers.rules import BadgeIs, BookIs, Situation, VisitIs
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
        catalogue: CatalogueService,
        badges: Badges,
        log: ReadLog,
    ) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._policy = policy
        self._visits = visits
        self._lockers = lockers
        self._deposits = deposits
        self._catalogue = catalogue
        self._badges = badges
        self._log = log

    def what(self, code: ReadCode, reader: str, place: Place) -> tuple[Subject, Situation]:
        """What this code is about, and how things stand for it at this place."""
        if code.kind is ReadKind.TICKET:
            return self._ticket(code.value, place)
        if code.kind is ReadKind.STAFF:
            return self._badge(code.value)
        if code.kind is ReadKind.LOCKER:
            return self._tag(int(code.value), reader, place)
        if code.kind in rules.BOOKS:
            return self._book(code)
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

    def _book(self, code: ReadCode) -> tuple[Subject, Situation]:
        found = self._publications(code)
        if len(found) == 1:
            about = Subject(publication_id=found[0].id, title=found[0].title)
            return about, Situation(book=BookIs.KNOWN)
        book = BookIs.SERIES if found else BookIs.UNKNOWN
        return Subject(book=code.value[:LONGEST_BOOK]), Situation(book=book)

    def _publications(self, code: ReadCode) -> tuple[PublicationCard, ...]:
        is_ours = code.kind is ReadKind.PUBLICATION
        text = barcode(CodeKind.PUBLICATION, code.value) if is_ours else code.value
        try:
            return (self._catalogue.by_barcode(text),)
        except NotFound:
            return () if is_ours else self._catalogue.by_book_number(code.value)


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
