"""What of a day is still open, and what becomes of it when a person has decided."""

import datetime as dt
from collections.abc import Collection, Iterator

from appliance.actor import SYSTEM, Actor
from appliance.checkout.service import CheckoutService
from appliance.day_closing.rules import DECISIONS, Kind, OpenThing
from appliance.deposits.rules import DepositState
from appliance.deposits.service import DepositService
from appliance.lockers.service import LockerService
from appliance.photocopy.rules import TripState
from appliance.photocopy.service import PhotocopyService
from appliance.reading.service import ReadingService
from appliance.storage.models import DayDecision, Visit
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService


class OpenThings:
    """Reads from any thread; `settle` belongs inside a function given to the writer."""

    def __init__(
        self,
        *,
        visits: VisitService,
        lockers: LockerService,
        deposits: DepositService,
        reading: ReadingService,
        photocopy: PhotocopyService,
        checkout: CheckoutService,
    ) -> None:
        self._visits = visits
        self._lockers = lockers
        self._deposits = deposits
        self._reading = reading
        self._photocopy = photocopy
        self._checkout = checkout

    def of_day(self, date: dt.date) -> tuple[OpenThing, ...]:
        """Everything of this business date that nobody has decided of, in the order to do it."""
        visits = {visit.id: visit for visit in self._visits.of_date(date)}
        return (
            *self._readings(visits, date),
            *self._photocopies(visits, date),
            *self._left_visits(visits.values(), date),
            *self._used_lockers(visits, date),
            *self._cards(visits),
        )

    def settle(self, thing: OpenThing, decision: str, *, by: Actor) -> None:
        """Do what was decided. A locker stays whose it is, whatever the decision.

        Raises Refused when the thing cannot become that any more.
        """
        why = thing.choices[decision]
        if thing.kind is Kind.READING and decision == "on_shelf":
            self._reading.give_back(thing.subject, by=by)
        elif thing.kind is Kind.READING and decision == "missing":
            self._reading.not_returned(thing.subject, reason=why, by=by)
        elif thing.kind is Kind.PHOTOCOPY and decision != "still_out":
            self._end_trip(thing, decision, why, by)
        elif thing.kind is Kind.VISIT:
            self._end_visit(thing.visit_id, decision, why, by)
        elif thing.kind is Kind.CARD:
            self._deposits.leave_behind(thing.visit_id, by=by, note=why)

    # Inside -------------------------------------------------------------------------------

    def _end_visit(self, visit_id: int, decision: str, why: str, by: Actor) -> None:
        if not self._visits.by_id(visit_id).is_open:
            return  # the appliance ended it overnight; now a person has said why
        never_came = decision == "never_came"
        state = VisitState.CANCELLED if never_came else VisitState.NOT_RETURNED
        self._visits.close(visit_id, by=by, state=state, reason=why)

    def _end_trip(self, thing: OpenThing, decision: str, why: str, by: Actor) -> None:
        """With the reading of the same book, which nobody was asked about."""
        if decision == "lost":
            trip = self._photocopy.lose(thing.subject, why, by=by)
        else:
            trip = self._photocopy.move(thing.subject, TripState.BACK, by=by)
        for note in self._reading.open_of_visit(trip.visit_id):
            if trip.publication_id is None or note.publication_id != trip.publication_id:
                continue
            if decision == "lost":
                self._reading.not_returned(note.id, reason=why, by=by)
            else:
                self._reading.give_back(note.id, by=by)

    def _out(self) -> frozenset[tuple[int, int | None]]:
        """Which visits have which publications at the photocopier."""
        trips = [trip for trip in self._photocopy.open_trips() if trip.state is TripState.OUT]
        known = (trip for trip in trips if trip.publication_id is not None)
        return frozenset((trip.visit_id, trip.publication_id) for trip in known)

    def _readings(self, visits: dict[int, VisitCard], date: dt.date) -> Iterator[OpenThing]:
        decided, out = _decided(date, Kind.READING), self._out()
        for note in self._reading.open_notes():
            # One book is decided of once: at the photocopier it is asked for as a photocopy.
            is_here = (note.visit_id, note.publication_id) not in out
            if note.visit_id in visits and note.id not in decided and is_here:
                visit = visits[note.visit_id]
                choices = DECISIONS[Kind.READING]
                yield OpenThing(
                    Kind.READING, note.id, visit.id, visit.label, note.title, note.noted_at, choices
                )

    def _photocopies(self, visits: dict[int, VisitCard], date: dt.date) -> Iterator[OpenThing]:
        decided = _decided(date, Kind.PHOTOCOPY)
        for trip in self._photocopy.open_trips():
            is_out = trip.state is TripState.OUT and trip.id not in decided
            if trip.visit_id in visits and is_out:
                visit = visits[trip.visit_id]
                since = trip.out_at or trip.created_at
                choices = DECISIONS[Kind.PHOTOCOPY]
                yield OpenThing(
                    Kind.PHOTOCOPY, trip.id, visit.id, visit.label, trip.title, since, choices
                )

    def _left_visits(self, visits: Collection[VisitCard], date: dt.date) -> Iterator[OpenThing]:
        ended_alone = _ended_by_the_appliance(date) - _decided(date, Kind.VISIT).keys()
        for visit in sorted(visits, key=lambda visit: visit.id):
            if visit.is_open or visit.id in ended_alone:
                choices = dict(DECISIONS[Kind.VISIT])
                if not visit.state.is_waiting:
                    del choices["never_came"]
                since = visit.registered_at
                yield OpenThing(
                    Kind.VISIT, visit.id, visit.id, visit.label, visit.masked_name, since, choices
                )

    def _used_lockers(self, visits: dict[int, VisitCard], date: dt.date) -> Iterator[OpenThing]:
        decided = _decided(date, Kind.LOCKER)
        for tile in self._lockers.wall():
            visit = visits.get(tile.visit_id or 0)
            at = decided.get(tile.number)
            # What was decided of the use before this one says nothing of this one.
            if visit is not None and tile.since and (at is None or at < tile.since):
                yield OpenThing(
                    Kind.LOCKER, tile.number, visit.id, f"{tile.number:02d}", visit.label,
                    tile.since, DECISIONS[Kind.LOCKER],
                )  # fmt: skip

    def _cards(self, visits: dict[int, VisitCard]) -> Iterator[OpenThing]:
        for card in self._deposits.owed():
            if card.visit_id in visits and card.state is DepositState.HELD:
                yield OpenThing(
                    Kind.CARD, card.id, card.visit_id, card.visit_label, card.card_label,
                    card.received_at, DECISIONS[Kind.CARD],
                )  # fmt: skip


def _ended_by_the_appliance(date: dt.date) -> frozenset[int]:
    """The visits of the day that the next morning ended without anybody's word."""
    rows = Visit.select(Visit.id).where(
        Visit.day() == date.isoformat(),
        Visit.state == VisitState.NOT_RETURNED,
        Visit.closed_by == SYSTEM.name,
    )
    return frozenset(row.id for row in rows)


def _decided(date: dt.date, kind: Kind) -> dict[int, dt.datetime]:
    """What somebody has decided of already, and when last."""
    rows = DayDecision.select().where(
        DayDecision.business_date == date.isoformat(), DayDecision.kind == kind
    )
    return {row.subject: row.at for row in rows.order_by(DayDecision.id)}
