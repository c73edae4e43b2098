"""The readers: every code gets its answer, and at the lockers its door."""

import datetime as dt

from appliance.actor import SYSTEM, Actor
from appliance.catalogue.holdings import HoldingsService
from appliance.checkout.service import CheckoutService
from appliance.codes import ActionCode, ReadCode, ReadKind, recognise, token_hash
from appliance.deposits.service import DepositService
from appliance.errors import N_, NotFound, Refused
from appliance.lockers.service import LockerService
from appliance.offices import Office
from appliance.readers import rules
from appliance.readers.answers import Answer, Choice, Place
from appliance.readers.log import ReadLog, Subject
from appliance.readers.lookup import LookUp
from appliance.readers.views import PlaceNow, ReaderView, ReadView
from appliance.reading.service import ReadingService
from appliance.record import Books
from appliance.staff.badges import Badges
from appliance.storage.models import CodeRead as Row
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

BADGE_REASON = "Kartu petugas di pembaca loker"
TOO_LATE = N_("Pilihan itu sudah lewat. Pindai tiket Anda lagi.")
# What is true when a book cannot be noted after all.
_WHEN_REFUSED = {
    Answer.BOOK_NOTED_AT_DESK: Answer.BOOK_READ_AT_DESK,
    Answer.BOOK_NOTED_AT_LOCKERS: Answer.BOOK_READ_AT_LOCKERS,
}


class ReaderService:
    """Reads may come from any thread; `read` and `choose` must not be called in the writer."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        lockers: LockerService,
        deposits: DepositService,
        checkout: CheckoutService,
        holdings: HoldingsService,
        reading: ReadingService,
        badges: Badges,
    ) -> None:
        self._clock = books.clock
        self._visits = visits
        self._lockers = lockers
        self._checkout = checkout
        self._reading = reading
        self._badges = badges
        self._log = ReadLog(writer=books.writer, clock=books.clock, visits=visits)
        self._look_up = LookUp(
            books=books,
            policy=office.policy,
            visits=visits,
            lockers=lockers,
            deposits=deposits,
            holdings=holdings,
            reading=reading,
            badges=badges,
            log=self._log,
        )
        self._looks: dict[str, tuple[str, str, int]] = {}

    # Reading ------------------------------------------------------------------------------

    def read(self, reader: str, place: Place | str, text: str) -> ReadView | None:
        """Answer a code, and at the lockers ask for the door it opens; None for a bounce.

        Only what the code is about and the answer are kept, never the text.
        """
        place = Place(place)
        if self._is_bounce(reader, token_hash(text)):
            return None
        code = recognise(text)
        if code.kind is ReadKind.ACTION and place is Place.LOCKERS:
            return self._act(reader, code)
        kind = self._look_up.kind_of(code, text)
        about, situation = self._look_up.what(kind, code, text, reader, place)
        answer = rules.answer(kind, place, situation)
        answer, about = self._carry_out(answer, about)
        return self._log.add(reader, place, kind, answer, about)

    def bad(self, reader: str, place: Place | str, why: str) -> ReadView | None:
        """What arrived is no code; None when that was just said."""
        if self._is_bounce(reader, f"bad {why}"):
            return None
        return self._log.add(reader, Place(place), ReadKind.DAMAGED, Answer.BAD_READ, Subject())

    def choose(self, read_uuid: str, choice: Choice | str) -> ReadView:
        """What the visitor chose where this read asked; opens the door where that is meant.

        Whoever calls vouches that the choice was made in front of the lockers. Raises Refused
        when the question was another one, is over, or was answered.
        """
        row = self._log.by_uuid(read_uuid)
        newest = self._log.newest(Place.LOCKERS)
        if row is None or newest is None or newest.id != row.id:
            raise Refused(TOO_LATE)
        return self._choose(row, Choice(choice))

    # Looking ------------------------------------------------------------------------------

    def latest(self, place: Place | str) -> ReadView | None:
        """The last read of this place, while it is worth showing; None after that."""
        place = Place(place)
        row = self._log.newest(place)
        age_s = None if row is None else self._log.age_s(row)
        if row is None or age_s is None:
            return None
        lasts_s = rules.NOTICE_S
        if place is Place.LOCKERS:
            lasts_s = rules.shown_s(Answer(row.answer))
        return self._log.view(row) if age_s <= lasts_s else None

    def now_at(self, place: Place | str) -> PlaceNow:
        """A place as its screen shows it."""
        return PlaceNow(self.latest(place), self._log.readers(Place(place)))

    def version(self, place: Place | str) -> str:
        """A word that changes with whatever `now_at` tells of this place."""
        return self.now_at(place).version

    def readers(self) -> tuple[ReaderView, ...]:
        """Every reader of the settings and how it is."""
        return self._log.readers()

    def take(self, read_uuid: str, place: Place = Place.STATION) -> ReadView:
        """This place's read, for the one screen that acts on it.

        Raises Refused when it is over, taken, or another place's.
        """
        row = self._log.by_uuid(read_uuid)
        age_s = None if row is None else self._log.age_s(row)
        is_over = row is None or age_s is None or age_s > rules.NOTICE_S
        if row is None or is_over or row.place != place:
            raise Refused(N_("Pindaian itu sudah lewat. Pindai sekali lagi."))
        if not self._log.take(row, "taken"):
            raise Refused(N_("Pindaian itu sudah dipakai di layar lain. Pindai sekali lagi."))
        return self._log.view(row)

    # Upkeep -------------------------------------------------------------------------------

    def state(self, reader: str, place: Place | str, state: str) -> None:
        """Keep how a reader is: `ready`, `absent` or `fault`."""
        self._log.set_state(reader, Place(place), state)

    def keep_only(self, readers: set[str]) -> None:
        """Forget readers that the settings no longer name."""
        self._log.keep_only(readers)

    def forget_old(self) -> int:
        """Delete reads of more than a day ago; how many. For the daily cleaning."""
        return self._log.forget_before(self._clock.now() - dt.timedelta(seconds=rules.KEPT_S))

    # Carrying out -------------------------------------------------------------------------

    def _carry_out(self, answer: Answer, about: Subject) -> tuple[Answer, Subject]:
        """Do what the answer says is being done; the answer that then is true."""
        visit = about.visit
        if answer is Answer.BADGE_OPENING:
            return self._open_by_badge(about)
        if about.publication_id is not None:
            return self._carry_out_book(answer, about)
        if visit is None or not answer.opens_a_door:
            return answer, about
        by = Actor.visitor(visit.uuid)
        if answer is Answer.ASSIGNING:
            return self._assign(visit, by)
        try:
            if answer is Answer.FETCHING:
                self._checkout.start(visit.id, by=by)
            else:
                about = Subject(visit, self._lockers.open_again(visit.id, by=by).number)
        except Refused:
            return (Answer.BUSY if self._is_open(visit) else Answer.VISIT_CLOSED), about
        except NotFound:
            return Answer.NO_LOCKER, Subject(visit)
        return answer, about

    def _carry_out_book(self, answer: Answer, about: Subject) -> tuple[Answer, Subject]:
        """Note the book for the ticket before it, or that it is back."""
        if answer is Answer.BOOK_BACK_AT_DESK and about.copy_id is not None:
            back = self._reading.bring_back("", copy_id=about.copy_id, by=SYSTEM)
            for visit_id in back.visit_ids:
                self._checkout.settle(visit_id, by=SYSTEM)
        visit, refused = about.visit, _WHEN_REFUSED.get(answer)
        if visit is None or refused is None:
            return answer, about
        try:
            self._reading.note(
                visit.id,
                copy_id=about.copy_id,
                publication_id=about.publication_id,
                by=Actor.visitor(visit.uuid),
            )
        except Refused:  # somebody was faster, or the visit has just ended
            return refused, about
        return answer, about

    def _assign(self, visit: VisitCard, by: Actor) -> tuple[Answer, Subject]:
        try:
            locker = self._lockers.assign(visit.id, by=by)
        except Refused:
            return self._not_assigned(visit)
        return Answer.ASSIGNING, Subject(visit, locker.number)

    def _not_assigned(self, visit: VisitCard) -> tuple[Answer, Subject]:
        """Somebody was faster, the visit just ended, or the door is on its way already."""
        if not self._is_open(visit):
            return Answer.VISIT_CLOSED, Subject(visit)
        free = self._lockers.free_numbers()
        if not free:
            return Answer.ALL_TAKEN, Subject(visit)
        return Answer.BUSY, Subject(visit, free[0])

    def _open_by_badge(self, about: Subject) -> tuple[Answer, Subject]:
        holder = self._badges.of_staff(about.staff_id or 0)
        if holder is None or about.locker_number is None:
            return Answer.BADGE_REFUSED, about
        by = Actor.staff(holder.username, holder.role)
        try:
            self._lockers.open_for(about.locker_number, by=by, reason=BADGE_REASON)
        except Refused:
            return Answer.BUSY, about
        return Answer.BADGE_OPENING, about

    def _act(self, reader: str, code: ReadCode) -> ReadView:
        """A printed action code: the answer to what was asked here last.

        It does not say whose answer it is: where two visitors could give it, it is nobody's.
        """
        row, choice = self._log.newest(Place.LOCKERS), rules.CHOICES[ActionCode(code.value)]
        if row is not None and row.reader == reader and not self._log.asked_another(row, choice):
            try:
                return self._choose(row, choice)
            except Refused:
                pass  # nothing is asked any more, or something else
        return self._log.add(reader, Place.LOCKERS, code.kind, Answer.TICKET_FIRST, Subject())

    def _choose(self, row: Row, choice: Choice) -> ReadView:
        asked = self._log.view(row)
        answer = rules.chosen_answer(asked.answer, choice)
        if answer is None or choice not in asked.choices or not self._log.take(row, choice):
            raise Refused(TOO_LATE)
        about = Subject(self._visits.by_id(asked.visit_id or 0), asked.locker_number)
        if answer is Answer.GIVEN_BACK:
            answer, about = self._give_back(about)
        else:
            answer, about = self._carry_out(answer, about)
        return self._log.add(row.reader, Place.LOCKERS, ReadKind.ACTION, answer, about)

    def _give_back(self, about: Subject) -> tuple[Answer, Subject]:
        visit = about.visit
        if visit is None:
            return Answer.NO_LOCKER, about
        by = Actor.visitor(visit.uuid)
        try:
            self._checkout.locker_is_empty(visit.id, by=by, number=about.locker_number)
        except NotFound:
            return Answer.NO_LOCKER, about
        is_over = not self._is_open(visit)
        return (Answer.GIVEN_BACK if is_over else Answer.GIVEN_BACK_GO_TO_DESK), about

    # Inside -------------------------------------------------------------------------------

    def _is_open(self, visit: VisitCard) -> bool:
        return self._visits.by_id(visit.id).is_open

    def _is_bounce(self, reader: str, look: str) -> bool:
        """Whether this reader saw the very same just now; each look counts from the last one."""
        now = self._clock.stamp()
        before = self._looks.get(reader)
        self._looks[reader] = (look, now.boot_id, now.boot_ms)
        if before is None or before[:2] != (look, now.boot_id):
            return False
        return now.boot_ms - before[2] <= rules.BOUNCE_S * 1000
