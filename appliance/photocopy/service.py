"""Photocopies: the form, the slip, and a publication out of the room until it is back."""

import datetime as dt
import uuid as uuids
from collections.abc import Iterable, Mapping

from appliance.actor import Actor
from appliance.catalogue.holdings import HoldingsService
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import one_line
from appliance.offices import Office
from appliance.photocopy import figures, rows, rules
from appliance.photocopy.form import Wish, wishes
from appliance.photocopy.lost import LostCopies
from appliance.photocopy.rules import Carrier, PhotocopyFigures, PhotocopyTrip, TripState
from appliance.reading.service import ReadingService
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Photocopy as Row
from appliance.storage.models import PhotocopyForm
from appliance.storage.once import once
from appliance.visits.service import VisitService

MOST_LISTED = 200
NOT_OUT = N_("Buku ini tidak tercatat sedang difotokopi.")
WHICH_COPY = N_("Beberapa eksemplarnya sedang difotokopi. Pindai label eksemplarnya.")
_EVENTS = {
    TripState.OUT: "photocopy.out",
    TripState.BACK: "photocopy.back",
    TripState.CANCELLED: "photocopy.cancelled",
    TripState.LOST: "photocopy.lost",
}


class PhotocopyService:
    """Only at offices whose standard offers it."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        holdings: HoldingsService,
        reading: ReadingService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._holdings = holdings
        self._reading = reading
        self._lost = LostCopies(holdings=holdings, reading=reading)

    @property
    def is_offered(self) -> bool:
        """Whether this office's standard has a photocopy service."""
        return self._office.policy.photocopy

    def ask(
        self, visit_id: int, form: Mapping[str, str], *, by: Actor, idempotency_key: str = ""
    ) -> PhotocopyTrip:
        """Fill in the form; its first publication. The same key again returns the first form.

        `title` and `pages` name the first publication, `title-2` and `pages-2` the second. The
        promise clock runs on until an officer hands a publication out. Raises Invalid with every
        problem, Refused when the visit is closed or the office offers no photocopies.
        """
        if not self.is_offered:
            raise Refused(N_("Kantor ini tidak menyediakan layanan fotokopi."))
        wanted = wishes(form)

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            now = self._clock.now()
            made_by = "staff" if by.is_staff else "visitor"
            made = PhotocopyForm.create(visit=visit.id, made_at=now, made_by=made_by)
            ids = [self._keep(made, visit.id, wish, now, by) for wish in wanted]
            return str(ids[0])

        scope = f"photocopy/{visit_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, keep))
        return self.get(int(made))

    def get(self, trip_id: int) -> PhotocopyTrip:
        """One trip. Raises NotFound."""
        return rows.trip(rows.row(trip_id))

    def of_form(self, form_id: int) -> tuple[PhotocopyTrip, ...]:
        """Every publication of a form, in the order of its lines. Raises NotFound."""
        found = list(Row.select().where(Row.form == form_id).order_by(Row.id))
        if not found:
            raise NotFound(N_("Formulir fotokopi itu tidak ada."))
        return tuple(rows.trip(row) for row in found)

    def of_visit(self, visit_id: int) -> tuple[PhotocopyTrip, ...]:
        """The trips of a visit, the newest first."""
        found = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc())
        return tuple(rows.trip(row) for row in found)

    def outstanding(self, visit_id: int) -> tuple[PhotocopyTrip, ...]:
        """What this visit has out of the room just now."""
        return tuple(trip for trip in self.of_visit(visit_id) if trip.state is TripState.OUT)

    def counts(self, visit_id: int) -> tuple[int, int]:
        """How many trips a visit had or asks for, and how many publications are still out."""
        trips = [trip for trip in self.of_visit(visit_id) if trip.state is not TripState.CANCELLED]
        return len(trips), sum(1 for trip in trips if trip.state is TripState.OUT)

    def open_trips(self) -> tuple[PhotocopyTrip, ...]:
        """What is out of the room first, then what was asked for; at most 200."""
        found = Row.select().where(among(Row.state, rows.OPEN))
        ordered = found.order_by(Row.state != TripState.OUT, Row.id).limit(MOST_LISTED)
        return tuple(rows.trip(row) for row in ordered)

    def overdue(self) -> tuple[PhotocopyTrip, ...]:
        """What should be back by now, the longest gone first."""
        now = self._clock.now()
        trips = [rows.trip(row) for row in rows.out()]
        late = [trip for trip in trips if trip.is_overdue(now)]
        return tuple(sorted(late, key=lambda trip: (trip.out_at or now, trip.id)))

    def lost(self) -> tuple[PhotocopyTrip, ...]:
        """What never came back, the newest first; at most 200."""
        return tuple(rows.trip(row) for row in rows.lost(MOST_LISTED))

    def barcodes(self, trips: Iterable[PhotocopyTrip]) -> dict[int, str]:
        """The barcode of each trip's copy by the trip's id, where it is known which one it is."""
        asked = tuple(trips)
        noted: dict[tuple[int, int | None], str] = {
            (note.visit_id, note.publication_id): note.barcode
            for visit_id in {trip.visit_id for trip in asked}
            for note in reversed(self._reading.of_visit(visit_id))
            if note.publication_id is not None and note.barcode
        }
        known = (trip for trip in asked if (trip.visit_id, trip.publication_id) in noted)
        return {trip.id: noted[trip.visit_id, trip.publication_id] for trip in known}

    def figures(self, start: dt.datetime, end: dt.datetime) -> PhotocopyFigures:
        """What was asked for from `start` to before `end`, and what became of it."""
        return figures.count(start, end, self._clock.now())

    def move(
        self,
        trip_id: int,
        target: TripState | str,
        *,
        by: Actor,
        carrier: Carrier = Carrier.VISITOR,
    ) -> PhotocopyTrip:
        """The publication leaves the room, is back, or the form is withdrawn.

        Once more changes nothing. Nothing leaves the room for a visitor who has left. Raises
        NotFound, Refused for a step that cannot follow, or that needs `lose`.
        """
        return self._step(trip_id, TripState(target), by=by, carrier=carrier)

    def hand_out(
        self, trip_id: int, code: str, *, by: Actor, carrier: Carrier = Carrier.VISITOR
    ) -> PhotocopyTrip:
        """The book that was scanned leaves the room on this form, noted for its visit if need be.

        Without a code as `move`. Raises what `move` and the noting of a reading raise.
        """

        def keep() -> PhotocopyTrip:
            row = rows.row(trip_id)
            if code and row.state == TripState.ASKED:
                note = self._reading.note(row.visit_id, barcode=code, by=by)
                Row.update(publication=note.publication_id).where(Row.id == row.id).execute()
            return self.move(trip_id, TripState.OUT, by=by, carrier=carrier)

        return self._writer.run(keep)

    def lose(self, trip_id: int, reason: str, *, by: Actor) -> PhotocopyTrip:
        """The publication will not come back; its copy is missing from now on.

        Raises Invalid without a reason, NotFound, Refused unless it is out.
        """
        why = one_line(reason)
        if not why or len(why) > rules.LONGEST_REASON:
            raise Invalid({"reason": rules.SAY_WHY_LOST})
        return self._step(trip_id, TripState.LOST, by=by, why=why)

    def bring_back(self, code: str, *, by: Actor) -> tuple[PhotocopyTrip, ...]:
        """A book was scanned that is being photocopied: it is in the room, and read on.

        The trips that ended. Raises Refused when it is not out or it is unclear which copy it is.
        """

        def keep() -> tuple[PhotocopyTrip, ...]:
            match = self._holdings.find(code)
            named = match.whose.named
            copies = [copy for copy in match.whose.copies if copy.is_out]
            if named is not None:
                copies = [named] if named.is_out else []
            if len(copies) > 1:
                raise Refused(WHICH_COPY)
            ended = [row.id for copy in copies for row in rows.out_with(copy.id)]
            if not ended and match.publication is not None:
                # Nobody noted a copy: the slip names the title alone, and only one such is out.
                ended = rows.out_as_title(match.publication.title)
            if not ended:
                raise Refused(NOT_OUT)
            self.move(ended[0], TripState.BACK, by=by)  # its copy ends the others
            return tuple(self.get(trip_id) for trip_id in ended)

        return self._writer.run(keep)

    def _keep(
        self, form: PhotocopyForm, visit_id: int, wish: Wish, now: dt.datetime, by: Actor
    ) -> int:
        row = Row.create(
            uuid=str(uuids.uuid4()),
            form=form.id,
            visit=visit_id,
            publication=self._in_hand(visit_id, wish.title),
            title=wish.title,
            pages=wish.pages.text,
            page_count=wish.pages.count,
            state=TripState.ASKED,
            created_at=now,
        )
        self._recorder.fact("photocopy.asked", rows.subject(row), by=by)
        return int(row.id)

    def _step(
        self,
        trip_id: int,
        state: TripState,
        *,
        by: Actor,
        carrier: Carrier = Carrier.VISITOR,
        why: str = "",
    ) -> PhotocopyTrip:
        def change() -> PhotocopyTrip:
            row = rows.row(trip_id)
            if row.state == state:
                return rows.trip(row)
            may = rules.may_become(TripState(row.state), state)
            if not may or (state is TripState.LOST) != bool(why):
                raise Refused(N_("Formulir fotokopi ini sudah berubah. Muat ulang halaman."))
            row.state = state
            self._date(row, state, by=by, carrier=carrier, why=why)
            row.save()
            self._recorder.fact(_EVENTS[state], rows.subject(row), by=by, why=why)
            self._tell_copy(row, by=by)
            return rows.trip(row)

        return self._writer.run(change)

    def _date(self, row: Row, state: TripState, *, by: Actor, carrier: Carrier, why: str) -> None:
        now = self._clock.now()
        if state is TripState.OUT:
            self._visits.begin_service(row.visit_id, by=by, cause="photocopy")
            row.out_at, row.out_by, row.carrier = now, by.name, carrier
            row.due_at = self._due_at(now)
        elif state is TripState.BACK:
            row.back_at, row.back_by = now, by.name
        elif state is TripState.LOST:
            row.lost_at, row.lost_by, row.lost_reason = now, by.name, why

    def _due_at(self, now: dt.datetime) -> dt.datetime:
        """After the office's minutes, but before the room closes for the day."""
        due = now + dt.timedelta(minutes=self._office.policy.photocopy_minutes)
        closes = self._office.opening.closes(self._office.business_date(now))
        return due if closes is None or closes <= now else min(due, closes)

    def _in_hand(self, visit_id: int, title: str) -> int | None:
        """The publication that the visit reads under this title; None when it is none of those."""
        notes = self._reading.open_of_visit(visit_id)
        named = (note for note in notes if note.title.casefold() == title.casefold())
        return next((note.publication_id for note in named), None)

    def _tell_copy(self, row: Row, *, by: Actor) -> None:
        """The copy goes the way of its form, where it is known which publication it is."""
        if row.publication_id is None:
            return
        if row.state == TripState.OUT:
            self._reading.take_out(row.visit_id, row.publication_id, by=by)
        elif row.state == TripState.BACK and row.lost_at is None:
            self._reading.bring_in(row.visit_id, row.publication_id, by=by)
        elif row.state == TripState.BACK:
            self._lost.found(row.visit_id, row.publication_id, by=by)
        elif row.state == TripState.LOST:
            self._lost.lost(row.visit_id, row.publication_id, row.lost_reason, by=by)
