"""The visits of a period, counted by the database: never a row of a visit in this process."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from appliance.reports.periods import Period, Span
from appliance.reports.rules import place_of_percentile
from appliance.storage import statements
from appliance.storage.models.visits import OF_DAY

# What visits are broken down by: columns of one code each, and of several joined by blanks.
SINGLE = ("sex", "age_band", "education", "occupation", "agency_category", "purpose", "disability")
SEVERAL = ("services", "channels")
WAYS_IN = "channel"
_COLUMNS = (*SINGLE, *SEVERAL, WAYS_IN)
_ALL = f"FROM visit v WHERE {OF_DAY} >= ? AND {OF_DAY} < ?"
_COUNTED = f"{_ALL} AND v.state <> 'cancelled'"
_NUMBERS = (
    "count(*), sum(v.persons), sum(v.served_at IS NOT NULL), sum(v.wait_s IS NOT NULL),"
    " sum(v.wait_s <= coalesce(v.promise_minutes * 60, ?))"
)
_STATES = f"SELECT v.state, {_NUMBERS} {_ALL} GROUP BY v.state"
_PARTS = f"SELECT {{part}} AS part, {_NUMBERS} {_COUNTED} GROUP BY part"
_PROMISED = f"SELECT DISTINCT coalesce(v.promise_minutes, ?) AS minutes {_COUNTED} ORDER BY 1"
_LANES = f"SELECT v.lane, {_NUMBERS} {_COUNTED} GROUP BY v.lane"
_LATE = (
    f"SELECT v.late_reason, count(*) {_COUNTED}"
    " AND v.wait_s > coalesce(v.promise_minutes * 60, ?) GROUP BY v.late_reason"
)
_COUNT_OF = f"SELECT count(v.{{column}}) {_COUNTED}"
_ESTIMATED = f"SELECT count(*) {_COUNTED} AND v.registered_clock = 0 AND v.dated <> 'known'"
_NTH_OF = (
    f"SELECT v.{{column}} {_COUNTED} AND v.{{column}} IS NOT NULL"
    " ORDER BY v.{column} LIMIT 1 OFFSET ?"
)
# One look at the visits for all questions together, however long the year.
# A leader's sex and age are the leader's own; everything else is said for the whole group.
_SEEN = f"WITH seen AS MATERIALIZED (SELECT {', '.join(_COLUMNS)}, persons {_COUNTED})"
_BY_COLUMN = "SELECT '{column}', {column}, count(*), {persons} {seen} GROUP BY {column}"
_OF_ONE = ("sex", "age_band")
_MEMBERS = (
    "SELECT '{column}', g.{column}, 0, sum(g.heads) "
    + _COUNTED.replace("visit v", "group_member g JOIN visit v ON v.id = g.visit_id")
    + " GROUP BY g.{column}"
)
_BY_COLUMNS = f"{_SEEN} " + " UNION ALL ".join(
    _BY_COLUMN.format(
        column=column, persons="count(*)" if column in _OF_ONE else "sum(persons)", seen="FROM seen"
    )
    for column in _COLUMNS
)
# A clock that was not set says nothing of the hour.
_HOUR = (
    "CASE WHEN v.dated = 'known' OR (v.dated <> 'estimated' AND v.registered_clock > 0)"
    " THEN strftime('%H', coalesce(v.dated_at, v.registered_at), '{shift:+d} minutes') END"
)
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Count:
    """Visits, the people who came in them, visits that were served, measured waits, and kept
    promises."""

    visits: int = 0
    persons: int = 0
    served: int = 0
    measured: int = 0
    kept: int = 0

    @property
    def unknown(self) -> int:
        """Served, but no clock could tell after how long."""
        return self.served - self.measured

    @property
    def share(self) -> float | None:
        """The promise kept, of the measured waits; None without any."""
        return self.kept / self.measured if self.measured else None

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.visits + other.visits,
            self.persons + other.persons,
            self.served + other.served,
            self.measured + other.measured,
            self.kept + other.kept,
        )


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """All visits of a period but the cancelled ones, and how each of them ended.

    Of the `estimated` nobody knows for sure that they were on the day they count on.
    """

    total: Count
    by_state: dict[str, int] = field(default_factory=dict)
    wait_p50_s: float | None = None
    wait_p90_s: float | None = None
    stay_p50_s: float | None = None
    estimated: int = 0

    @property
    def cancelled(self) -> int:
        return self.by_state.get(CANCELLED, 0)


def visit_counts(period: Period, promise_minutes: int) -> VisitCounts:
    """How many visits, how they ended, how long people waited.

    Percentiles are of the measured times alone: nobody waited 0 seconds because no clock knew.
    """
    rows = statements.every(_STATES, (promise_minutes * 60, *period.days))
    counts = {state: Count(*(number or 0 for number in numbers)) for state, *numbers in rows}
    total = sum((one for state, one in counts.items() if state != CANCELLED), Count())
    return VisitCounts(
        total,
        {state: one.visits for state, one in counts.items()},
        _percentile("wait_s", 50, period),
        _percentile("wait_s", 90, period),
        _percentile("stay_s", 50, period),
        (statements.first(_ESTIMATED, period.days) or (0,))[0],
    )


def by_question(period: Period) -> dict[str, dict[str, tuple[int, int]]]:
    """Visits and people by question of the guest book, and there by code.

    By sex and age a group's people are where their head-counts say; everywhere else they are with
    their leader.
    """
    found: dict[str, dict[str, tuple[int, int]]] = {column: {} for column in _COLUMNS}
    rows = statements.every(_BY_COLUMNS, period.days)
    for column in _OF_ONE:
        rows += statements.every(_MEMBERS.format(column=column), period.days)
    for column, text, visits, persons in rows:
        codes = text.split() if column in SEVERAL else [text]
        for code in codes:
            before = found[column].get(code, (0, 0))
            found[column][code] = (before[0] + visits, before[1] + persons)
    return found


def by_part(period: Period, promise_minutes: int, zone: dt.tzinfo) -> dict[str, Count]:
    """The visits by hour of a day, by day of a month, by month of anything longer.

    Keys are ``08`` for the hour from eight on, days and months as ISO writes them; an empty one
    stands for visits of which no clock knew the hour.
    """
    noon = dt.datetime.combine(period.first, dt.time(12), zone)  # Indonesia has no summer time
    minutes = round((noon.utcoffset() or dt.timedelta()).total_seconds() / 60)
    part = {
        Span.DAY: _HOUR.format(shift=minutes),
        Span.MONTH: OF_DAY,
    }.get(period.span, f"substr({OF_DAY}, 1, 7)")
    rows = statements.every(_PARTS.format(part=part), (promise_minutes * 60, *period.days))
    found: defaultdict[str, Count] = defaultdict(Count)
    for name, *numbers in rows:
        found[name or ""] = Count(*(number or 0 for number in numbers))
    return dict(found)


def by_lane(period: Period, promise_minutes: int) -> dict[str, Count]:
    """The visits by the letter of the service whose desk served them."""
    rows = statements.every(_LANES, (promise_minutes * 60, *period.days))
    return {lane: Count(*(number or 0 for number in numbers)) for lane, *numbers in rows}


def promised_minutes(period: Period, promise_minutes: int) -> str:
    """Within how many minutes its visitors were to be served: ``5``, or ``5/10`` once changed."""
    rows = statements.every(_PROMISED, (promise_minutes, *period.days))
    return "/".join(str(minutes) for (minutes,) in rows) or str(promise_minutes)


def late_reasons(period: Period, promise_minutes: int) -> dict[str, int]:
    """Why promises were broken, by code; an empty one stands for those nobody explained."""
    return dict(statements.every(_LATE, (*period.days, promise_minutes * 60)))


def _percentile(column: str, percent: int, period: Period) -> float | None:
    row = statements.first(_COUNT_OF.format(column=column), period.days)
    count = row[0] if row else 0
    if not count:
        return None
    place = place_of_percentile(count, percent)
    found = statements.first(_NTH_OF.format(column=column), (*period.days, place))
    return None if found is None else float(found[0])
