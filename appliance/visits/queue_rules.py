"""Who comes next: the least remaining promise first, those who were skipped behind others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a visit stands in the queue.

    `series` and `ticket` are its number and stay; `lane` is the series whose desk serves it,
    `for_desk` the one desk it was passed on to, empty for any. `others_first` so many others go
    before one who was not there when called, `is_aside` none is called until they come back.
    """

    series: str = "A"
    ticket: int = 0
    lane: str = "A"
    for_desk: str = ""
    skips: int = 0
    others_first: int = 0
    is_aside: bool = False
    was_served: bool = False

    @property
    def label(self) -> str:
        """The number as it is shown and called out: A-012."""
        return number_label(self.ticket, self.series)

    def is_for(self, desk: str, lanes: Iterable[str] = ()) -> bool:
        """Whether this desk may take them, which serves these lanes; none named: all of them."""
        chosen = tuple(lanes)
        return self.for_desk in ("", desk) and (not chosen or self.lane in chosen)


class Waiting(Protocol):
    """What the order of the queue is made from."""

    @property
    def id(self) -> int: ...
    @property
    def remaining_s(self) -> float | None: ...
    @property
    def standing(self) -> Standing: ...


W = TypeVar("W", bound=Waiting)


def number_label(number: int, series: str = "A") -> str:
    """The number of the day as it is called out: A-012."""
    return f"{series}-{number:03d}"


def parse_label(text: str) -> tuple[str, int] | None:
    """Series and number behind 'A-012', 'a12' or '12', whose series is empty; else None."""
    label = text.strip().upper()
    series = label[:1] if label[:1].isascii() and label[:1].isalpha() else ""
    digits = label[len(series) :].lstrip("- ")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        return None
    return series, int(digits)


def in_order(waiting: Iterable[W]) -> tuple[W, ...]:
    """Those who can be called, whoever is to come next first; who is aside is left out.

    Those whose clock nobody can read have waited since before this boot, so they come first.
    Somebody who was skipped stands behind as many others as are still to go first.
    """
    everybody = sorted((one for one in waiting if not one.standing.is_aside), key=_urgency)
    order = [one for one in everybody if not one.standing.others_first]
    skipped = [one for one in everybody if one.standing.others_first]
    for one in sorted(skipped, key=lambda one: one.standing.others_first):
        order.insert(min(one.standing.others_first, len(order)), one)
    return tuple(order)


def next_for(order: Sequence[W], desk: str, lanes: Iterable[str] = ()) -> W | None:
    """Whom this desk calls next; None when nobody waits for it."""
    chosen = tuple(lanes)
    return next((one for one in order if one.standing.is_for(desk, chosen)), None)


def _urgency(one: Waiting) -> tuple[float, int]:
    return (float("-inf") if one.remaining_s is None else one.remaining_s, one.id)
