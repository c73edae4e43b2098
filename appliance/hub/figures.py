"""The figures of the hub, for pages, charts and exports alike: none of them can show more.

Counts of one to four persons are hidden here, and what they could be had from by subtraction.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from appliance.hub import counts
from appliance.hub.counts import NATION, Place, Tree, Where
from appliance.hub.database import Database
from appliance.hub.periods import Period, Scope
from appliance.hub.small_cells import FEWEST, Cell
from appliance.ratings import rules
from appliance.ratings.questions import HIGHEST, LOWEST, Element
from appliance.ratings.rules import Index, Tally

TRAITS = (
    *("sex", "age_band", "education", "occupation", "agency_category", "disability", "purpose"),
    *("channel", "state"),
)
_OFFICES = "SELECT province, code, name FROM office ORDER BY province, name, code"
_VISITS = """
SELECT o.province, o.code, extract(month FROM c.month)::integer, c.code, sum(c.visits)
FROM visit_count c JOIN device d ON d.id = c.device JOIN office o ON o.code = d.office
WHERE c.trait = %(trait)s AND c.month >= %(first)s AND c.month < %(until)s
GROUP BY 1, 2, 3, 4
"""
_TIMES = """
SELECT CASE %(by)s WHEN 'province' THEN o.province WHEN 'office' THEN o.code
    ELSE to_char(f.day, 'YYYY-MM') END AS part,
    grouping(CASE %(by)s WHEN 'province' THEN o.province WHEN 'office' THEN o.code
    ELSE to_char(f.day, 'YYYY-MM') END) AS is_total,
    sum(f.persons), count(f.within_promise), count(*) FILTER (WHERE f.within_promise),
    count(f.wait_s), percentile_disc(0.5) WITHIN GROUP (ORDER BY f.wait_s),
    count(f.stay_s), percentile_disc(0.5) WITHIN GROUP (ORDER BY f.stay_s)
FROM visit_fact f JOIN device d ON d.id = f.device JOIN office o ON o.code = d.office
WHERE f.day >= %(first)s AND f.day < %(until)s AND f.state <> 'cancelled'
    AND (%(province)s = '' OR o.province = %(province)s)
    AND (%(office)s = '' OR o.code = %(office)s)
GROUP BY GROUPING SETS ((1), ())
"""
_LOCKERS = """
SELECT f.kind, o.province, o.code, extract(month FROM f.day)::integer, f.code, count(*)
FROM locker_fact f JOIN device d ON d.id = f.device JOIN office o ON o.code = d.office
WHERE f.day >= %(first)s AND f.day < %(until)s AND f.kind IN ('given', 'ended')
GROUP BY 1, 2, 3, 4, 5
"""
_ALARMS = """
SELECT f.code, count(*)
FROM locker_fact f JOIN device d ON d.id = f.device JOIN office o ON o.code = d.office
WHERE f.day >= %(first)s AND f.day < %(until)s AND f.kind = 'alarm'
    AND (%(province)s = '' OR o.province = %(province)s)
    AND (%(office)s = '' OR o.code = %(office)s)
GROUP BY 1 ORDER BY 2 DESC, 1
"""
_LOCKER_STAY = """
SELECT count(f.stay_s), percentile_disc(0.5) WITHIN GROUP (ORDER BY f.stay_s)
FROM locker_fact f JOIN device d ON d.id = f.device JOIN office o ON o.code = d.office
WHERE f.day >= %(first)s AND f.day < %(until)s AND f.kind = 'ended'
    AND f.stay_s BETWEEN 0 AND 604800
    AND (%(province)s = '' OR o.province = %(province)s)
    AND (%(office)s = '' OR o.code = %(office)s)
"""
_RATINGS = """
SELECT o.province, o.code, extract(month FROM f.month)::integer, f.respondents, f.totals, f.answered
FROM rating_fact f JOIN office o ON o.code = f.office
WHERE f.month >= %(first)s AND f.month < %(until)s
"""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits but the cancelled ones, and their people. What is None was hidden with them, or
    measured too seldom to be told."""

    visits: Cell
    persons: Cell
    promise_percent: int | None = None
    wait_p50_s: float | None = None
    stay_p50_s: float | None = None


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """The visits of one place."""

    place: Place
    figures: Visits


@dataclass(frozen=True, slots=True)
class ByPlace:
    """The visits of each place below, and of all of them."""

    lines: tuple[PlaceLine, ...]
    total: Visits


@dataclass(frozen=True, slots=True)
class MonthLine:
    """The visits of the month that begins on this day."""

    month: dt.date
    figures: Visits


@dataclass(frozen=True, slots=True)
class ByMonth:
    """The visits of the twelve months of a year, and of all of it."""

    months: tuple[MonthLine, ...]
    total: Visits


@dataclass(frozen=True, slots=True)
class Part:
    """The visits, or locker uses, of one code; the empty one is what was not said."""

    code: str
    visits: Cell


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The visits by a trait, the most frequent first."""

    trait: str
    parts: tuple[Part, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Alarm:
    """How often a door alarmed in one way."""

    kind: str
    times: int


@dataclass(frozen=True, slots=True)
class Lockers:
    """Uses of lockers: begun, ended by reason, how long in between; and the doors' alarms."""

    given: Cell
    ends: tuple[Part, ...]
    alarms: tuple[Alarm, ...]
    stay_p50_s: float | None


@dataclass(frozen=True, slots=True)
class Ikm:
    """The satisfaction index of a place. Without index while nobody, or too few, rated."""

    respondents: Cell
    index: Index | None


def places(database: Database, scope: Scope) -> tuple[Place, ...]:
    """What a table of this scope has a line for; nothing for a place that is not there."""
    offices = [Place(code, name, province) for province, code, name in database.rows(_OFFICES)]
    if scope.office:
        known = (one for one in offices if one.code == scope.office)
        return tuple(one for one in known if scope.province in {"", one.province})
    if scope.province:
        return tuple(one for one in offices if one.province == scope.province)
    return tuple(Place(name, name, name) for name in sorted({one.province for one in offices}))


def by_place(database: Database, scope: Scope, period: Period) -> ByPlace:
    """The visits of a period by province, or by office of a province."""
    found, below = _tree(database, period), places(database, scope)
    is_nation = not (scope.province or scope.office)
    times = _times(database, scope, period, "province" if is_nation else "office")
    lines = []
    for place in below:
        where = (place.code,) if is_nation else (place.province, place.code)
        lines.append(PlaceLine(place, _visits(found, where, period, times.get(place.code))))
    total = _visits(found, _where(scope, below), period, times.get(None))
    return ByPlace(tuple(lines), total)


def by_month(database: Database, scope: Scope, year: int) -> ByMonth:
    """The visits of each month of a year."""
    whole = Period.of_year(year)
    found, where = _tree(database, whole), _where(scope, places(database, scope))
    times = _times(database, scope, whole, "month")
    months = []
    for number in range(1, 13):
        month = Period.month(year, number)
        figures = _visits(found, where, month, times.get(str(month)))
        months.append(MonthLine(month.first, figures))
    return ByMonth(tuple(months), _visits(found, where, whole, times.get(None)))


def breakdown(database: Database, scope: Scope, period: Period, trait: str) -> Breakdown:
    """The visits of a period by what visitors said of themselves.

    Raises KeyError for anything that is no trait.
    """
    if trait not in TRAITS:
        raise KeyError(trait)
    found = _tree(database, period, trait)
    where = _where(scope, places(database, scope))
    return Breakdown(trait, _parts(found, where, period), found.cell(where, period))


def estimated(database: Database, scope: Scope, period: Period) -> Cell:
    """How many visits of a period may have been on another day: no clock was set."""
    rows = database.rows(_VISITS, _year(period) | {"trait": "dated"})
    offices, where = _offices(database), _where(scope, places(database, scope))
    return counts.tree([(*row[:3], "", row[4]) for row in rows], offices).cell(where, period)


def lockers(database: Database, scope: Scope, period: Period) -> Lockers:
    """The uses of lockers that began or ended in a period, and the alarms."""
    where = _where(scope, places(database, scope))
    offices, kinds = _offices(database), _lockers(database, period)
    given = counts.tree(kinds["given"], offices).cell(where, period)
    ended = counts.tree(kinds["ended"], offices)
    ends = _parts(counts.tree(kinds["ended"], offices, ended), where, period)
    asked = _asked(scope, period)
    alarms = tuple(Alarm(kind, times) for kind, times in database.rows(_ALARMS, asked))
    measured, stay_s = database.row(_LOCKER_STAY, asked) or (0, None)
    is_told = not given.is_hidden and measured >= FEWEST
    return Lockers(given, ends, alarms, stay_s if is_told else None)


def ikm(database: Database, scope: Scope, period: Period) -> Ikm:
    """The satisfaction index of a place, from the newest word of each office and month."""
    return _Ratings(database, period).of(_where(scope, places(database, scope)), period)


def ikm_by_place(database: Database, scope: Scope, period: Period) -> tuple[tuple[Place, Ikm], ...]:
    """The same for each place below."""
    ratings, below = _Ratings(database, period), places(database, scope)
    is_nation = not (scope.province or scope.office)
    wheres = [(one.code,) if is_nation else (one.province, one.code) for one in below]
    return tuple((one, ratings.of(where, period)) for one, where in zip(below, wheres, strict=True))


class _Ratings:
    """The ratings of a year, read once."""

    def __init__(self, database: Database, period: Period) -> None:
        self._rows = database.rows(_RATINGS, _year(period))
        told = [(*row[:3], "", row[3]) for row in self._rows]
        self._tree = counts.tree(told, _offices(database))

    def of(self, where: Where, period: Period) -> Ikm:
        respondents = self._tree.cell(where, period)
        if not respondents.number:
            return Ikm(respondents, None)
        months = range(period.first.month, period.first.month + period.months)
        rows = [row for row in self._rows if row[2] in months and row[: len(where)] == where]
        return Ikm(respondents, rules.index(_tallies(rows), respondents.number))


def _tallies(rows: Sequence[Sequence[object]]) -> dict[Element, Tally]:
    """Sums over offices and months; what cannot be (a device may say anything) is left out.

    So is what fewer than five answered in an office's month: of a form that was filled in partly
    the mean is one person's answer, and left in a sum it could be had by subtraction.
    """
    found: dict[Element, Tally] = {}
    for *_, totals, answered in rows:
        for element in Element:
            total, number = _number(totals, element), _number(answered, element)
            if number >= FEWEST and LOWEST * number <= total <= HIGHEST * number:
                before = found.get(element, Tally(0, 0))
                found[element] = Tally(before.total + total, before.answered + number)
    return found


def _number(document: object, name: str) -> int:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, int) else 0


def _tree(database: Database, period: Period, trait: str = "") -> Tree:
    offices = _offices(database)
    plain = counts.tree(database.rows(_VISITS, _year(period) | {"trait": ""}), offices)
    if not trait:
        return plain
    return counts.tree(database.rows(_VISITS, _year(period) | {"trait": trait}), offices, plain)


def _lockers(database: Database, period: Period) -> dict[str, list[Sequence[object]]]:
    """What was counted of lockers in the year, by what happened to them."""
    found: dict[str, list[Sequence[object]]] = {"given": [], "ended": []}
    for kind, *row in database.rows(_LOCKERS, _year(period)):
        found[kind].append(row)
    return found


def _offices(database: Database) -> list[Where]:
    return [(province, code) for province, code, _ in database.rows(_OFFICES)]


def _where(scope: Scope, below: Sequence[Place]) -> Where:
    province = below[0].province if below and scope.office else scope.province
    return counts.where_of(scope, province) or NATION


def _visits(found: Tree, where: Where, period: Period, times: Sequence[object] | None) -> Visits:
    visits = found.cell(where, period)
    if visits.is_hidden:
        return Visits(visits, visits)
    if times is None:
        return Visits(visits, Cell(0))
    persons, measured, kept, waits, wait_s, stays, stay_s = times
    promise = round(100 * _float(kept) / _float(measured)) if _is_enough(measured) else None
    told = Visits(visits, Cell(int(_float(persons))), promise)
    if _is_enough(waits):
        told = replace(told, wait_p50_s=_float(wait_s))
    return replace(told, stay_p50_s=_float(stay_s)) if _is_enough(stays) else told


def _is_enough(measured: object) -> bool:
    return _float(measured) >= FEWEST


def _float(value: object) -> float:
    return float(str(value)) if value is not None else 0.0


def _parts(found: Tree, where: Where, period: Period) -> tuple[Part, ...]:
    parts = [Part(code, found.cell(where, period, code)) for code in found.codes]
    shown = [one for one in parts if one.visits.number != 0]
    return tuple(sorted(shown, key=lambda one: (not one.code, -(one.visits.number or 0), one.code)))


def _times(
    database: Database, scope: Scope, period: Period, by: str
) -> dict[str | None, Sequence[object]]:
    """What was measured, by part; under None of all of them."""
    rows = database.rows(_TIMES, _asked(scope, period) | {"by": by})
    return {None if is_total else part: tuple(rest) for part, is_total, *rest in rows}


def _asked(scope: Scope, period: Period) -> dict[str, object]:
    asked = {"province": scope.province, "office": scope.office}
    return asked | {"first": period.first, "until": period.until}


def _year(period: Period) -> dict[str, object]:
    year = Period.of_year(period.first.year)
    return {"first": year.first, "until": year.until}
