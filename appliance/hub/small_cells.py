"""Hides counts of one to four persons, and what they could be had from by subtraction.

Pure: counts in, what else has to be hidden out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

FEWEST = 5
TOTAL = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that may be shown; without its number where it is hidden."""

    number: int | None

    @property
    def is_hidden(self) -> bool:
        return self.number is None

    def __str__(self) -> str:
        return f"<{FEWEST}" if self.number is None else str(self.number)


def another(
    parts: Sequence[int],
    unsaid: Sequence[int],
    is_barred: Callable[[int], bool],
    *,
    is_told: bool,
) -> int | None:
    """Which part of a sum has to be hidden, too: its place, or TOTAL; None when all is well.

    `unsaid` has a 1 for each hidden part; one that `is_barred` would be known all the same. What
    is hidden of a sum that `is_told` adds up to five at least and is two or more, or the sum of
    it or its only member would be known again. A lone hidden sum is the sum of the shown parts.
    """
    count = sum(unsaid)
    if bool(count) != is_told or (count > 1 and sum(compress(parts, unsaid)) >= FEWEST):
        return None
    # Never nothing at all: that is no disguise where it is expected.
    left = sorted((part, place) for place, part in enumerate(parts) if part and not unsaid[place])
    fitting = next((place for _, place in left if not is_barred(place)), None)
    if fitting is not None:
        return fitting
    if is_told:
        return TOTAL
    return left[0][1] if left else None
