"""Counts of a year over the whole tree of places and months, with what of them stays hidden.

What is hidden is decided for all pages at once, from the nation down to an office and from the
year down to a month: else one page would give away what another one hides. That is 75,000 counts
for 514 offices and a question with seven answers, so they lie in one list, where the parts of
every sum are one slice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from appliance.hub import small_cells
from appliance.hub.periods import Period, Scope
from appliance.hub.small_cells import FEWEST, TOTAL, Cell

Where = tuple[str, ...]  # nothing for the nation, a province, a province and an office
Line = tuple[int, slice]  # where a sum lies, and its parts
NATION: Where = ()
TIMES = 17  # the year, its quarters, its months
_QUARTER, _MONTH = 1, 5  # where those begin
MOST_CODES = 20  # of a question: none has ten answers, only who makes them up has more
OTHERS = "others"
"""What stands for the answers beyond so many."""


@dataclass(frozen=True, slots=True)
class Place:
    """An office, or a province, whose code is its name."""

    code: str
    name: str
    province: str


class Shape:
    """Where the count of a place, a time and a code lies in the list; code 0 is all of them."""

    def __init__(self, offices: Iterable[Where], codes: Sequence[str] = ()) -> None:
        every = sorted(set(offices))
        provinces = [(name,) for name, _ in groupby(every, key=lambda one: one[0])]
        self.wheres: list[Where] = [NATION, *provinces, *every]
        self.places = {where: number for number, where in enumerate(self.wheres)}
        self.codes = tuple(codes)
        self.width = len(self.codes) + 1
        self.size = len(self.wheres) * TIMES * self.width
        self._block = TIMES * self.width
        self._above: dict[int, int] = {1 + number: 0 for number in range(len(provinces))}
        self._below = {0: (1, len(provinces))}
        for number, where in enumerate(every, len(provinces) + 1):
            above = self.places[where[:1]]
            self._above[number] = above
            first, count = self._below.get(above, (number, 0))
            self._below[above] = (first, count + 1)

    def at(self, place: int, time: int, code: int = 0) -> int:
        """Where it lies."""
        return (place * TIMES + time) * self.width + code

    def lines(self, cell: int) -> Iterator[Line]:
        """Every sum that this count is, or is a part of."""
        rest, code = divmod(cell, self.width)
        place, time = divmod(rest, TIMES)
        if self.codes:
            yield self._codes(place, time)
        if time:
            yield self._times(place, 0 if time < _MONTH else (time - _MONTH) // 3 + 1, code)
        if time < _MONTH:
            yield self._times(place, time, code)
        if place:
            yield self._places(self._above[place], time, code)
        if place in self._below:
            yield self._places(place, time, code)

    def sums(self) -> Iterator[Line]:
        """Every sum from its parts on: of codes, then of times, then of places."""
        wheres, codes = range(len(self.wheres)), range(self.width)
        first_office = min((first for place, (first, _) in self._below.items() if place), default=0)
        offices = range(first_office, len(wheres))
        if self.codes:
            yield from (self._codes(one, time) for one in offices for time in range(_MONTH, TIMES))
        for time in (4, 3, 2, 1, 0):
            yield from (self._times(one, time, code) for one in offices for code in codes)
        for place in sorted(self._below, reverse=True):
            yield from (self._places(place, time, code) for time in range(TIMES) for code in codes)

    def _codes(self, place: int, time: int) -> Line:
        first = self.at(place, time)
        return first, slice(first + 1, first + self.width)

    def _times(self, place: int, time: int, code: int) -> Line:
        first, count = (_QUARTER, 4) if not time else (_MONTH + (time - 1) * 3, 3)
        start = self.at(place, first, code)
        return self.at(place, time, code), slice(start, start + count * self.width, self.width)

    def _places(self, place: int, time: int, code: int) -> Line:
        first, count = self._below[place]
        start = self.at(first, time, code)
        return self.at(place, time, code), slice(start, start + count * self._block, self._block)


class Tree:
    """Every count of a year, and which may not be said."""

    def __init__(self, shape: Shape, counts: list[int], above: "Tree | None") -> None:
        self.hidden = bytearray(0 < count < FEWEST for count in counts)
        self.codes = shape.codes
        self._shape, self._counts = shape, counts
        if above is not None:
            for number in (place for place, hides in enumerate(above.hidden) if hides):
                self.hidden[number * shape.width] = 1
        self._hide_what_follows()

    def cell(self, where: Where, period: Period, code: str | None = None) -> Cell:
        """The count as it may be shown."""
        place = self._shape.places.get(where)
        if place is None or (code is not None and code not in self.codes):
            return Cell(0)
        at = self._shape.at(place, _time(period), 0 if code is None else 1 + self.codes.index(code))
        return Cell(None if self.hidden[at] else self._counts[at])

    def _hide_what_follows(self) -> None:
        hidden, lines = self.hidden, self._shape.lines
        waiting = [cell for cell, hides in enumerate(hidden) if hides]
        while waiting:
            cell = waiting.pop()
            for total, parts in lines(cell):
                more = self._another(total, parts)
                if more is not None:
                    hidden[more] = 1
                    waiting += (cell, more)

    def _another(self, total: int, parts: slice) -> int | None:
        cells = range(*parts.indices(len(self.hidden)))
        more = small_cells.another(
            self._counts[parts],
            self.hidden[parts],
            lambda place: self._is_all(cells[place]),
            is_told=not self.hidden[total],
        )
        return more if more is None else total if more == TOTAL else cells[more]

    def _is_all(self, cell: int) -> bool:
        """Whether everybody there gave this answer, so that their number, which is told, is it."""
        code = cell % self._shape.width
        every = cell - code
        return bool(code) and not self.hidden[every] and self._counts[cell] == self._counts[every]


def tree(
    rows: Iterable[Sequence[object]], offices: Iterable[Where], above: Tree | None = None
) -> Tree:
    """From rows of province, office, month, code, count.

    With `above`, the tree of the same visits without codes, the codes are told apart; what is
    hidden there is hidden here.
    """
    found = [(str(row[0]), str(row[1]), int(str(row[2])), str(row[3]), row[4]) for row in rows]
    codes = _told_apart(found) if above is not None else []
    shape = Shape(offices, codes)
    numbers = {code: number for number, code in enumerate(codes, 1)}
    others = numbers.get(OTHERS, 0)
    counts = [0] * shape.size
    for province, office, month, code, count in found:
        place = shape.places.get((province, office))
        if place is not None:
            at = shape.at(place, _MONTH + month - 1, numbers.get(code, others))
            counts[at] += int(str(count))
    for total, parts in shape.sums():
        counts[total] = sum(counts[parts])
    return Tree(shape, counts, above)


def _told_apart(rows: Iterable[tuple[str, str, int, str, object]]) -> list[str]:
    """The codes that have a place of their own: those that most offices use, then most visits.

    One device that makes up a thousand would make every page as much larger.
    """
    offices: dict[str, set[str]] = {}
    visits: Counter[str] = Counter()
    for _, office, _, code, count in rows:
        offices.setdefault(code, set()).add(office)
        visits[code] += int(str(count))
    if len(offices) <= MOST_CODES:
        return sorted({"", *offices})
    first = sorted(offices, key=lambda code: (-len(offices[code]), -visits[code], code))
    return sorted({"", OTHERS, *first[:MOST_CODES]})


def where_of(scope: Scope, province: str = "") -> Where:
    """The place that a scope is; an office's province has to be told."""
    if scope.office:
        return (province or scope.province, scope.office)
    return (scope.province,) if scope.province else NATION


def _time(period: Period) -> int:
    month = period.first.month - 1
    if period.months == 1:
        return _MONTH + month
    return _QUARTER + month // 3 if period.months == 3 else 0
