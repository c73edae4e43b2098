"""Visits found again: by link, by code, in the queue, in the room."""

import datetime as dt
from collections.abc import Iterable, Iterator

from peewee import JOIN, Expression, ModelSelect, fn

from appliance import codes
from appliance.clock import Clock, ClockQuality, Stamp
from appliance.errors import N_, NotFound
from appliance.offices import Office
from appliance.storage.among import among
from appliance.storage.models import Guest, QueueCall, Visit
from appliance.visits import promise_rules, rules
from appliance.visits.desk_room import RECENT_VISITS, DeskReader, DeskRoom
from appliance.visits.queue_rules import Standing, number_label
from appliance.visits.rules import (
    DayFigures,
    QueueEntry,
    Room,
    Statistics,
    VisitCard,
    VisitState,
)

NOT_FOUND = N_("Kunjungan tidak ditemukan. Periksa lagi kode atau tautannya.")

STATISTIC_TEXTS = (
    "sex",
    "age_band",
    "education",
    "occupation",
    "occupation_other",
    "agency_category",
    "agency_other",
    "purpose",
    "purpose_other",
    "disability",
    "data_wanted",
)
STATISTIC_LISTS = ("services", "channels")
_REGISTRATION = (
    Visit.id,
    Visit.uuid,
    Visit.number,
    Visit.series,
    Visit.ticket,
    Visit.registered_at,
    Visit.registered_boot_id,
    Visit.registered_boot_ms,
    Visit.registered_clock,
    Visit.dated,
    Visit.dated_at,
)


class VisitDirectory:
    """The reading side; any thread may ask, nothing is ever changed."""

    def __init__(self, *, clock: Clock, office: Office, link_key: bytes) -> None:
        self._clock = clock
        self._office = office
        self._hours = office.promise_hours
        self._link_key = link_key
        self._desk = DeskReader(clock=clock, office=office)

    def by_token(self, token: str) -> VisitCard:
        """The visit behind a link, closed ones until their business day ends.

        Raises NotFound, the same for unknown, foreign and past.
        """
        return self._today_card(Visit.token_hash == codes.token_hash(token))

    def open_by_token(self, token: str) -> VisitCard:
        """The visit behind a link that has not ended. Raises NotFound, Refused when it has."""
        card = self.by_token(token)
        rules.check_open(card.state)
        return card

    def by_code(self, text: str) -> VisitCard:
        """The open visit behind a typed code or a scanned ticket. Raises NotFound."""
        code = codes.ticket_code(text)
        card = self._today_card(Visit.code == (code or ""))
        if not card.is_open:
            raise NotFound(NOT_FOUND)
        return card

    def by_ticket(self, code: str) -> tuple[VisitCard, bool] | None:
        """The visit of a ticket's code, in whatever state, and whether it is of today."""
        row: Visit | None = _visits().where(Visit.code == code).first()
        if row is None:
            return None
        now = self._clock.stamp()
        return self._card(row, now), not self._is_earlier(row, now)

    def by_id(self, visit_id: int) -> VisitCard:
        """Any visit, of whatever day. Raises NotFound."""
        return self._card(self.row(visit_id))

    def is_of_today(self, visit_id: int) -> bool:
        """Whether this visit began on the present business day. Raises NotFound."""
        return not self._is_earlier(self.row(visit_id), self._clock.stamp())

    def of_earlier_days(self, visit_ids: Iterable[int]) -> frozenset[int]:
        """Those of these visits that began before the present business day, in one query."""
        now = self._clock.stamp()
        rows = Visit.select().where(Visit.id.in_(sorted(set(visit_ids))))
        return frozenset(row.id for row in rows if self._is_earlier(row, now))

    def by_ids(self, visit_ids: Iterable[int]) -> dict[int, VisitCard]:
        """These visits by their id, in one query; an id of no visit is left out."""
        now = self._clock.stamp()
        rows = _visits().where(Visit.id.in_(sorted(set(visit_ids))))
        return {row.id: self._card(row, now) for row in rows}

    def of_date(self, date: dt.date) -> tuple[VisitCard, ...]:
        """The visits of a business date, the newest first."""
        now = self._clock.stamp()
        rows = _visits().where(Visit.day() == date.isoformat())
        return tuple(self._card(row, now) for row in rows.order_by(Visit.number.desc()))

    def still_open(self) -> tuple[VisitCard, ...]:
        """Every visit that is open, of whatever day, the oldest first."""
        now = self._clock.stamp()
        return tuple(self._card(row, now) for row in self._open_rows())

    def require_open(self, visit_id: int) -> VisitCard:
        """A visit that has not ended. Raises NotFound, Refused when it has."""
        card = self.by_id(visit_id)
        rules.check_open(card.state)
        return card

    def token(self, visit: VisitCard) -> str:
        """The secret of the visit's link, as it can be shown again on a reprinted ticket."""
        return self._token(visit.uuid)

    def search(self, text: str, limit: int = 50) -> tuple[VisitCard, ...]:
        """Visits of today whose number, code or name fits, newest first; all for a blank text."""
        found = [card for card in self._cards_of_today() if rules.fits(card, text)]
        return tuple(reversed(found))[:limit]

    def queue(self) -> tuple[QueueEntry, ...]:
        """Who waits, the least remaining promise first."""
        return rules.queue_order(self.inside())

    def room(self) -> Room:
        """Everybody of today who is here, looked up once."""
        return rules.room(self.inside())

    def desk_room(self) -> DeskRoom:
        """Everybody of today, and how the day goes, at a fraction of what `room` costs."""
        return self._desk.room()

    def inside(self) -> tuple[VisitCard, ...]:
        """Every open visit of today, the earliest registration first."""
        now = self._clock.stamp()
        return tuple(
            self._card(row, now) for row in self._open_rows() if not self._is_earlier(row, now)
        )

    def today(self) -> DayFigures:
        """The figures of the business day."""
        return rules.figures(
            self._cards_of_today(),
            date=self._office.business_date(self._clock.now()),
        )

    def _open_rows(self) -> list[Visit]:
        return list(_visits().where(among(Visit.state, rules.OPEN_STATES)).order_by(Visit.id))

    def _rows_of_today(self, now: Stamp) -> Iterator[Visit]:
        newest = Visit.select(fn.MAX(Visit.id)).scalar() or 0
        query = _visits().where(Visit.id > newest - RECENT_VISITS).order_by(Visit.id)
        return (
            row for row in query.where(self._maybe_today(now)) if not self._is_earlier(row, now)
        )

    def _maybe_today(self, now: Stamp) -> Expression:
        """What SQL can sort out cheaply before the clocks are compared row by row."""
        of_date = Visit.day() == self._office.business_date(now.at).isoformat()
        return self._since_midnight(now) | of_date | among(Visit.state, rules.OPEN_STATES)

    def _since_midnight(self, now: Stamp) -> Expression:
        """Registered in this boot and today: what the boot clock alone can tell, without doubt."""
        local = now.at.astimezone(self._office.zone)
        midnight = dt.datetime.combine(local.date(), dt.time(), self._office.zone)
        since_midnight_ms = int((local - midnight).total_seconds() * 1000)
        return (Visit.registered_boot_id == now.boot_id) & (
            Visit.registered_boot_ms >= now.boot_ms - since_midnight_ms
        )

    def _doubtful_open_rows(self, now: Stamp) -> list[Visit]:
        """Open visits of another boot or another day: few, and each needs both clocks."""
        doubtful = among(Visit.state, rules.OPEN_STATES) & ~self._since_midnight(now)
        return list(Visit.select(*_REGISTRATION).where(doubtful).order_by(Visit.id))

    def _cards_of_today(self) -> list[VisitCard]:
        now = self._clock.stamp()
        return [self._card(row, now) for row in self._rows_of_today(now)]

    def _is_earlier(self, row: Visit, now: Stamp) -> bool:
        return rules.is_earlier_day(registered_stamp(row), now, self._office.zone)

    def _today_card(self, condition: object) -> VisitCard:
        row = _visits().where(condition).first()
        now = self._clock.stamp()
        if row is None or self._is_earlier(row, now):
            raise NotFound(NOT_FOUND)
        return self._card(row, now)

    def row(self, visit_id: int) -> Visit:
        """The row of a visit, for the services of this folder. Raises NotFound."""
        row: Visit | None = _visits().where(Visit.id == visit_id).first()
        if row is None:
            raise NotFound(NOT_FOUND)
        return row

    def _token(self, uuid: str) -> str:
        return codes.derived_token(self._link_key, "visit", uuid)

    def _card(self, row: Visit, now: Stamp | None = None) -> VisitCard:
        state = VisitState(row.state)
        promised_min = row.promise_minutes or self._office.policy.promise_minutes
        promise = promise_rules.SETTLED
        if state.is_waiting:
            promise = promise_rules.promise(
                waiting_since(row),
                now or self._clock.stamp(),
                promised_min,
                self._hours,
            )
        guest = getattr(row, "guest", None)
        return VisitCard(
            id=row.id,
            uuid=row.uuid,
            token=self._token(row.uuid),
            code=row.code,
            number=row.number,
            state=state,
            channel=row.channel,
            business_date=dt.date.fromisoformat(row.dated_on or row.business_date),
            registered_at=row.dated_at or row.registered_at,
            called_at=row.called_at,
            called_by=row.called_by or "",
            desk=row.desk,
            served_at=row.served_at,
            served_by=row.served_by or "",
            leaving_at=row.leaving_at,
            closed_at=row.closed_at,
            close_reason=row.close_reason or "",
            rated_at=row.rated_at,
            due_at=promise.due_at,
            remaining_s=promise.remaining_s,
            wait_s=row.wait_s,
            stay_s=row.stay_s,
            name=guest.name if guest else None,
            agency_name=guest.agency_name if guest else None,
            email=guest.email if guest else None,
            statistics=_statistics(row),
            persons=row.persons,
            is_incomplete=bool(row.incomplete),
            entered_at=row.entered_at,
            guardian_name=guest.guardian_name if guest else None,
            standing=_standing(row),
            promise_minutes=promised_min,
            stands_still=promise.stands_still,
            late_reason=row.late_reason,
            taken_over=tuple(guest.taken_over.split()) if guest else (),
            is_date_estimated=not row.registered_clock and row.dated != "known",
        )


def registered_stamp(row: Visit) -> Stamp:
    """When a visit was registered, with the clock it was told by, or by what is known better."""
    quality = ClockQuality.ESTIMATED if row.dated == "known" else ClockQuality(row.registered_clock)
    at = row.dated_at or row.registered_at
    return Stamp(at, row.registered_boot_id, row.registered_boot_ms, quality)


def waiting_since(row: Visit) -> Stamp:
    """Since when somebody waits: for their number, or after they were served and passed on."""
    at, boot, boot_ms, clock = row.waits_at, row.waits_boot_id, row.waits_boot_ms, row.waits_clock
    if at is None or boot is None or boot_ms is None or clock is None:
        return registered_stamp(row)
    return Stamp(at, boot, boot_ms, ClockQuality(clock))


def label_of(row: Visit) -> str:
    """The number of a visit as it is shown and called out."""
    return number_label(row.ticket or row.number, row.series)


def newest_call() -> int:
    """The number of the newest call; 0 before the first."""
    return int(QueueCall.select(fn.MAX(QueueCall.id)).scalar() or 0)


def _standing(row: Visit) -> Standing:
    return Standing(
        series=row.series,
        ticket=row.ticket or row.number,
        lane=row.lane,
        for_desk=row.for_desk,
        skips=row.skips,
        others_first=max(row.after_call - newest_call(), 0) if row.after_call else 0,
        is_aside=row.aside_at is not None,
        was_served=row.served_at is not None,
    )


def _visits() -> "ModelSelect[Visit]":
    """Visits, each with its guest; somebody erased has one without a name."""
    return Visit.select(Visit, Guest).join(
        Guest, JOIN.LEFT_OUTER, on=(Guest.visit == Visit.id), attr="guest"
    )


def _statistics(row: Visit) -> Statistics:
    texts = {name: getattr(row, name) for name in STATISTIC_TEXTS}
    lists = {name: tuple(getattr(row, name).split()) for name in STATISTIC_LISTS}
    return Statistics(**(texts | lists))
