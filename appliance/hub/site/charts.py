"""Charts as numbers that a template draws: where each bar and each point stands.

Every chart is beside a table with the same numbers. A hidden number has no height: it is drawn as
a short hatched stub, the same for all, and a number that nobody knows yet is not drawn at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

WIDTH, HEIGHT = 960, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 22, 30
STUB = 7  # the height of a hidden number
TICKS = 4
STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
GAP = 0.36  # the share of its place that a bar leaves empty
Value = int | float | Fraction


@dataclass(frozen=True, slots=True)
class Point:
    """One number of a chart: what it is called, how it is written, how much it is.

    `value` is None for one that is hidden (`is_hidden`) or that nobody knows.
    """

    name: str
    text: str
    value: Value | None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in its place; `y` is its upper edge, `height` reaches down to the axis."""

    point: Point
    x: float
    width: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where what is written of it is centred."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, and what stands beside it."""

    y: float
    value: float

    @property
    def text(self) -> str:
        """Indonesian style: a point for thousands, a comma for parts."""
        whole = f"{self.value:,.0f}" if self.value == round(self.value) else f"{self.value:,.1f}"
        return whole.translate(str.maketrans(",.", ".,"))


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template needs, in the units of its view box."""

    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def axis_y(self) -> int:
        """Where the lowest line is."""
        return self.height - BOTTOM

    @property
    def first_x(self) -> int:
        """Where the lines begin."""
        return LEFT

    @property
    def last_x(self) -> int:
        """Where they end."""
        return self.width - RIGHT

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return all(mark.point.value is None and not mark.point.is_hidden for mark in self.marks)

    @property
    def lines(self) -> list[str]:
        """The path of each stretch of known neighbours, for a chart of lines."""
        paths: list[list[str]] = [[]]
        for mark in self.marks:
            if mark.point.value is None:
                paths.append([])
            else:
                paths[-1].append(f"{mark.middle:g} {mark.y:g}")
        return ["M" + "L".join(path) for path in paths if len(path) > 1]


def columns(points: Sequence[Point]) -> Chart:
    """Upright bars from nought."""
    return _chart(points, 0.0, _top([p.value for p in points if p.value is not None]))


def course(points: Sequence[Point], *, low: float, high: float) -> Chart:
    """Points of a measure between two bounds, joined by lines."""
    return _chart(points, low, high)


def share_of(value: Value | None, largest: Value | None) -> float:
    """The length of a bar in a table, from 0 to 100."""
    if not value or not largest:
        return 0.0
    return round(100 * min(float(value) / float(largest), 1.0), 1)


def _chart(points: Sequence[Point], low: float, high: float) -> Chart:
    room = (WIDTH - LEFT - RIGHT) / max(len(points), 1)
    inside = HEIGHT - TOP - BOTTOM
    marks = []
    for place, point in enumerate(points):
        height = _height(point, low, high, inside)
        x = LEFT + room * (place + GAP / 2)
        y = HEIGHT - BOTTOM - height
        marks.append(Mark(point, round(x, 1), round(room * (1 - GAP), 1), y, height))
    step = (high - low) / TICKS
    ticks = [
        Tick(round(HEIGHT - BOTTOM - inside * count / TICKS, 1), low + step * count)
        for count in range(TICKS + 1)
    ]
    return Chart(tuple(marks), tuple(ticks))


def _height(point: Point, low: float, high: float, inside: int) -> float:
    if point.is_hidden:
        return STUB
    if point.value is None:
        return 0.0
    return round(inside * min(max((float(point.value) - low) / (high - low), 0.0), 1.0), 1)


def _top(values: Sequence[Value]) -> float:
    """A round number that no value is above, and that four steps lead up to."""
    largest = float(max(values, default=0))
    if largest <= TICKS:
        return float(TICKS)
    unit = 10.0 ** floor(log10(largest / TICKS))
    step = next(one for one in STEPS if one * unit * TICKS >= largest)
    return ceil(step * unit) * float(TICKS)
