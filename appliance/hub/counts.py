"""Counts of a year over the whole tree of places and months, with what of them stays hidden.

What is hidden is decided for all pages at once, from the nation down to an office and from the
year down to a month: else one page would give away what another one hides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from appliance.hub import small_cells
from appliance.hub.periods import Period, Scope
from appliance.hub.small_cells import Cell

Where = tuple[str, ...]  # nothing for the nation, a province, a province and an office
When = str  # as a period is written
Key = tuple[Where, When, str | None]  # the last is a code; None: all of them together
NATION: Where = ()


@dataclass(frozen=True, slots=True)
class Place:
    """An office, or a province, whose code is its name."""

    code: str
    name: str
    province: str

    @property
    def where(self) -> Where:
        return (self.province,) if self.code == self.province else (self.province, self.code)


@dataclass(frozen=True, slots=True)
class Tree:
    """Every count of a year, and which may not be said."""

    counts: dict[Key, int]
    hidden: set[Key] = field(default_factory=set)
    codes: tuple[str, ...] = ()

    def cell(self, where: Where, period: Period, code: str | None = None) -> Cell:
        """The count as it may be shown."""
        key = (where, str(period), code)
        return Cell(None if key in self.hidden else self.counts.get(key, 0))


def tree(
    rows: Iterable[Sequence[object]], offices: Iterable[Where], year: int, above: Tree | None = None
) -> Tree:
    """From rows of province, office, month, code, count.

    With `above`, the tree of the same visits without codes, the codes are told apart; what is
    hidden there is hidden here.
    """
    counts: dict[Key, int] = defaultdict(int)
    whens = {month: _whens(year, month) for month in range(1, 13)}
    codes = {""}
    for province, office, month, code, count in rows:
        of = (str(province), str(office))
        told = [None, str(code)] if above is not None else [None]
        codes.add(str(code))
        for where in (NATION, of[:1], of):
            for when in whens[int(str(month))]:
                for value in told:
                    counts[where, when, value] += int(str(count))
    told_apart = tuple(sorted(codes)) if above is not None else ()
    sums = [line for line in lines(offices, year, told_apart) if counts.get(line[0])]
    already = above.hidden if above is not None else ()
    hidden = small_cells.hidden(counts, sums, already)
    return Tree(dict(counts), hidden, told_apart)


def where_of(scope: Scope, province: str = "") -> Where:
    """The place that a scope is; an office's province has to be told."""
    if scope.office:
        return (province or scope.province, scope.office)
    return (scope.province,) if scope.province else NATION


def _whens(year: int, month: int) -> tuple[When, ...]:
    periods = Period.month(year, month), Period.quarter(year, (month + 2) // 3)
    return (*map(str, periods), str(year))


def lines(offices: Iterable[Where], year: int, codes: Sequence[str]) -> Iterator[Sequence[Key]]:
    """Every sum with its parts: of places, of times, and of codes."""
    below, times = _places_below(offices), _times_below(year)
    wheres = [NATION, *(one for places in below.values() for one in places)]
    whens = [str(year), *(when for parts in times.values() for when in parts)]
    for code in (None, *codes):
        for where, (whole, parts) in product(wheres, times.items()):
            yield [(where, whole, code), *((where, part, code) for part in parts)]
        for when, (around, places) in product(whens, below.items()):
            yield [(around, when, code), *((place, when, code) for place in places)]
    if codes:
        for where, when in product(wheres, whens):
            yield [(where, when, None), *((where, when, code) for code in codes)]


def _places_below(offices: Iterable[Where]) -> dict[Where, list[Where]]:
    below: dict[Where, list[Where]] = {NATION: []}
    for office in sorted(set(offices)):
        if office[:1] not in below:
            below[NATION].append(office[:1])
        below.setdefault(office[:1], []).append(office)
    return below


def _times_below(year: int) -> dict[When, list[When]]:
    below = {str(year): [str(Period.quarter(year, number)) for number in range(1, 5)]}
    for place, quarter in enumerate(below[str(year)]):
        months = range(place * 3 + 1, place * 3 + 4)
        below[quarter] = [str(Period.month(year, month)) for month in months]
    return below
