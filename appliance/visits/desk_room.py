"""Everybody of today as the desk shows them, by one look at the table.

The desk is made anew after every change in the house. Whole cards of fifty visits, read twice
through their models, cost twenty times what it shows of them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from appliance.clock import Clock, ClockQuality, Stamp
from appliance.offices import Office
from appliance.storage import statements
from appliance.storage.models.visits import OF_DAY
from appliance.visits import promise_rules, queue_rules, rules
from appliance.visits.queue_rules import Standing
from appliance.visits.rules import DayFigures, VisitState

# More visits than one room can have in a day: who is older than these is not of today.
RECENT_VISITS = 2000
KEPT_VISITS = 256  # of a kilobyte each; a full room has fifty
_STATES = {state.value: state for state in VisitState}
_OPEN = ", ".join(f"'{state.value}'" for state in rules.OPEN_STATES)
# What SQL can sort out cheaply, as in the directory; the clocks are compared row by row.
_OF_TODAY = f"""
SELECT v.id, {OF_DAY}, v.state, coalesce(v.dated_at, v.registered_at), v.registered_boot_id,
    v.registered_boot_ms, CASE v.dated WHEN 'known' THEN 1 ELSE v.registered_clock END,
    v.called_at, v.called_by, v.served_at, v.wait_s,
    v.number, v.series, v.ticket, v.lane, v.for_desk, v.skips, v.after_call, v.aside_at,
    v.waits_at, v.waits_boot_id, v.waits_boot_ms, v.waits_clock, v.late_reason,
    v.promise_minutes, g.name
FROM visit v LEFT JOIN guest g ON g.visit_id = v.id
WHERE v.id IN (
    SELECT id FROM visit WHERE state IN ({_OPEN})
    UNION SELECT id FROM visit v WHERE id > (SELECT MAX(id) FROM visit) - {RECENT_VISITS} AND
        ({OF_DAY} = ?1 OR (registered_boot_id = ?2 AND registered_boot_ms >= ?3)))
ORDER BY v.id
"""  # noqa: S608 - words of our own enum
_NEWEST_CALL = "SELECT MAX(id) FROM queue_call"


@dataclass(frozen=True, slots=True)
class DeskVisit:
    """One visit of today as the desk lists it; each field is that of `VisitCard`."""

    id: int
    state: VisitState
    standing: Standing
    name: str | None = field(repr=False)
    called_at: dt.datetime | None
    called_by: str
    served_at: dt.datetime | None
    wait_s: float | None
    promise_minutes: int
    due_at: dt.datetime | None
    remaining_s: float | None
    stands_still: bool

    @property
    def label(self) -> str:
        return self.standing.label

    @property
    def is_open(self) -> bool:
        return self.state.is_open


@dataclass(frozen=True, slots=True)
class DeskRoom:
    """Everybody of today: `queue`, `inside` and `aside` as of `Room`, and how the day goes.

    `unexplained` were served late, and nobody has said why.
    """

    queue: tuple[DeskVisit, ...]
    inside: tuple[DeskVisit, ...]
    aside: tuple[DeskVisit, ...]
    unexplained: tuple[DeskVisit, ...]
    figures: DayFigures


class _Row(NamedTuple):
    """The columns of `_OF_TODAY`."""

    id: int
    business_date: str
    state: str
    registered_at: str
    registered_boot_id: str
    registered_boot_ms: int
    registered_clock: int
    called_at: str | None
    called_by: str | None
    served_at: str | None
    wait_s: float | None
    number: int
    series: str
    ticket: int | None
    lane: str
    for_desk: str
    skips: int
    after_call: int | None
    aside_at: str | None
    waits_at: str | None
    waits_boot_id: str | None
    waits_boot_ms: int | None
    waits_clock: int | None
    late_reason: str
    promise_minutes: int | None
    name: str | None


class DeskReader:
    """Reads only; any thread."""

    def __init__(self, *, clock: Clock, office: Office) -> None:
        self._clock = clock
        self._office = office
        self._hours = office.promise_hours

    def room(self) -> DeskRoom:
        """Everybody of the present business day."""
        now = self._clock.stamp()
        date, midnight_ms = self._office.business_date(now.at), self._midnight_ms(now)
        found = statements.every(_OF_TODAY, (date.isoformat(), now.boot_id, midnight_ms))
        rows = [
            row for row in map(_Row._make, found) if not self._is_earlier(row, now, midnight_ms)
        ]
        newest_call = int((statements.first(_NEWEST_CALL) or (None,))[0] or 0)
        everybody = [self._visit(row, now, newest_call) for row in rows]
        late = {row.id for row in rows if row.late_reason == "" and row.business_date == f"{date}"}
        return _room(everybody, late, date)

    def _visit(self, row: _Row, now: Stamp, newest_call: int) -> DeskVisit:
        promised_min = row.promise_minutes or self._office.policy.promise_minutes
        settled = _settled(row, newest_call, promised_min)
        if not settled.state.is_waiting:
            return settled
        promise = promise_rules.promise(_waits(row), now, promised_min, self._hours)
        return replace(
            settled,
            due_at=promise.due_at,
            remaining_s=promise.remaining_s,
            stands_still=promise.stands_still,
        )

    def _midnight_ms(self, now: Stamp) -> int:
        """When this day began, by the boot clock; before the boot it is negative."""
        local = now.at.astimezone(self._office.zone)
        midnight = dt.datetime.combine(local.date(), dt.time(), self._office.zone)
        return now.boot_ms - int((local - midnight).total_seconds() * 1000)

    def _is_earlier(self, row: _Row, now: Stamp, midnight_ms: int) -> bool:
        """As `rules.is_earlier_day`, which within one boot is a matter of two numbers."""
        if row.registered_boot_id == now.boot_id:
            return row.registered_boot_ms < midnight_ms
        return rules.is_earlier_day(_registered(row), now, self._office.zone)


@lru_cache(KEPT_VISITS)
def _settled(row: _Row, newest_call: int, promised_min: int) -> DeskVisit:
    """A visit but for what the time does to it: most have not changed since the last look."""
    return DeskVisit(
        id=row.id,
        state=_STATES[row.state],
        standing=_standing(row, newest_call),
        name=row.name,
        called_at=_moment(row.called_at),
        called_by=row.called_by or "",
        served_at=_moment(row.served_at),
        wait_s=row.wait_s,
        promise_minutes=promised_min,
        due_at=promise_rules.SETTLED.due_at,
        remaining_s=promise_rules.SETTLED.remaining_s,
        stands_still=promise_rules.SETTLED.stands_still,
    )


def _room(everybody: list[DeskVisit], late: set[int], date: dt.date) -> DeskRoom:
    waiting = [one for one in everybody if one.state.is_waiting]
    inside = [one for one in everybody if one.is_open and not one.state.is_waiting]
    return DeskRoom(
        queue=queue_rules.in_order(waiting),
        inside=tuple(sorted(inside, key=lambda one: one.state is not VisitState.LEAVING)),
        aside=tuple(one for one in waiting if one.standing.is_aside),
        unexplained=tuple(_unexplained(everybody, late)),
        figures=rules.figures(everybody, date=date),
    )


def _unexplained(everybody: list[DeskVisit], late: set[int]) -> Iterable[DeskVisit]:
    for one in everybody:
        kept = promise_rules.is_kept(one.wait_s, one.promise_minutes)
        if kept is False and one.id in late:
            yield one


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def _registered(row: _Row) -> Stamp:
    at = dt.datetime.fromisoformat(row.registered_at)
    quality = ClockQuality(row.registered_clock)
    return Stamp(at, row.registered_boot_id, row.registered_boot_ms, quality)


def _waits(row: _Row) -> Stamp:
    at, boot, boot_ms, clock = row.waits_at, row.waits_boot_id, row.waits_boot_ms, row.waits_clock
    if at is None or boot is None or boot_ms is None or clock is None:
        return _registered(row)
    return Stamp(dt.datetime.fromisoformat(at), boot, boot_ms, ClockQuality(clock))


def _standing(row: _Row, newest_call: int) -> Standing:
    return Standing(
        series=row.series,
        ticket=row.ticket or row.number,
        lane=row.lane,
        for_desk=row.for_desk,
        skips=row.skips,
        others_first=max(row.after_call - newest_call, 0) if row.after_call else 0,
        is_aside=row.aside_at is not None,
        was_served=row.served_at is not None,
    )
