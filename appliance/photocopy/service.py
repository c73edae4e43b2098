"""Photocopies: the form, the slip, and a publication out of the room until it is back."""

import uuid as uuids
from collections.abc import Mapping

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.photocopy import rules
from appliance.photocopy.rules import PhotocopyTrip, TripState
from appliance.reading.service import ReadingService
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Photocopy as Row
from appliance.storage.once import once
from appliance.visits.service import VisitService

MOST_LISTED = 200
_EVENTS = {
    TripState.OUT: "photocopy.out",
    TripState.BACK: "photocopy.back",
    TripState.CANCELLED: "photocopy.cancelled",
}


class PhotocopyService:
    """Only at offices whose standard offers it."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        reading: ReadingService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._reading = reading

    @property
    def is_offered(self) -> bool:
        """Whether this office's standard has a photocopy service."""
        return self._office.policy.photocopy

    def ask(
        self, visit_id: int, form: Mapping[str, str], *, by: Actor, idempotency_key: str = ""
    ) -> PhotocopyTrip:
        """Fill in the form (`title`, `pages`). The same key again returns the first trip.

        The promise clock runs on until an officer hands the publication out. Raises Invalid with
        every problem, Refused when the visit is closed or the office offers no photocopies.
        """
        if not self.is_offered:
            raise Refused(N_("Kantor ini tidak menyediakan layanan fotokopi."))
        texts = checked(form, rules.FIELDS)

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            row = Row.create(
                uuid=str(uuids.uuid4()),
                visit=visit.id,
                publication=self._in_hand(visit.id, texts["title"]),
                title=texts["title"],
                pages=texts["pages"],
                state=TripState.ASKED,
                created_at=self._clock.now(),
            )
            self._recorder.fact("photocopy.asked", _subject(row), by=by)
            return str(row.id)

        scope = f"photocopy/{visit_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, keep))
        return self.get(int(made))

    def get(self, trip_id: int) -> PhotocopyTrip:
        """One trip. Raises NotFound."""
        return _trip(_row(trip_id))

    def of_visit(self, visit_id: int) -> tuple[PhotocopyTrip, ...]:
        """The trips of a visit, the newest first."""
        rows = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc())
        return tuple(_trip(row) for row in rows)

    def counts(self, visit_id: int) -> tuple[int, int]:
        """How many trips a visit had or asks for, and how many publications are still out."""
        trips = [trip for trip in self.of_visit(visit_id) if trip.state is not TripState.CANCELLED]
        return len(trips), sum(1 for trip in trips if trip.state is TripState.OUT)

    def open_trips(self) -> tuple[PhotocopyTrip, ...]:
        """What is out of the room first, then what was asked for; at most 200."""
        rows = Row.select().where(among(Row.state, (TripState.ASKED, TripState.OUT)))
        ordered = rows.order_by(Row.state != TripState.OUT, Row.id).limit(MOST_LISTED)
        return tuple(_trip(row) for row in ordered)

    def move(self, trip_id: int, target: TripState | str, *, by: Actor) -> PhotocopyTrip:
        """The publication leaves the room, is back, or the form is withdrawn.

        Once more changes nothing. Nothing leaves the room for a visitor who has left. Raises
        NotFound, Refused for a step that cannot follow.
        """
        state = TripState(target)

        def change() -> PhotocopyTrip:
            row = _row(trip_id)
            if row.state == state:
                return _trip(row)
            if not rules.may_become(TripState(row.state), state):
                raise Refused(N_("Formulir fotokopi ini sudah berubah. Muat ulang halaman."))
            row.state = state
            if state is TripState.OUT:
                self._visits.begin_service(row.visit_id, by=by, cause="photocopy")
                row.out_at, row.out_by = self._clock.now(), by.name
            if state is TripState.BACK:
                row.back_at, row.back_by = self._clock.now(), by.name
            row.save(only=[Row.state, Row.out_at, Row.out_by, Row.back_at, Row.back_by])
            self._recorder.fact(_EVENTS[state], _subject(row), by=by)
            self._tell_copy(row, by=by)
            return _trip(row)

        return self._writer.run(change)

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
        elif row.state == TripState.BACK:
            self._reading.bring_in(row.visit_id, row.publication_id, by=by)


def _row(trip_id: int) -> Row:
    row = Row.get_or_none(Row.id == trip_id)
    if row is None:
        raise NotFound(N_("Formulir fotokopi itu tidak ada."))
    return row


def _subject(row: Row) -> str:
    return f"photocopy/{row.uuid}"


def _trip(row: Row) -> PhotocopyTrip:
    return PhotocopyTrip(
        id=row.id,
        uuid=row.uuid,
        visit_id=row.visit_id,
        title=row.title,
        pages=row.pages,
        state=TripState(row.state),
        created_at=row.created_at,
        out_at=row.out_at,
        back_at=row.back_at,
    )
