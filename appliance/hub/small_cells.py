"""Hides counts of one to four persons, and what they could be had from by subtraction.

Pure: counts in, the names of those to hide out.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

FEWEST = 5
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell:
    """A count that may be shown; without its number where it is hidden."""

    number: int | None

    @property
    def is_hidden(self) -> bool:
        return self.number is None

    def __str__(self) -> str:
        return f"<{FEWEST}" if self.number is None else str(self.number)


def hidden(
    counts: Mapping[Key, int], lines: Iterable[Sequence[Key]], already: Iterable[Key] = ()
) -> set[Key]:
    """Which of the counts stay unsaid, together with those that already do.

    In each line the first is the sum of the others. What is hidden in a line adds up to five at
    least and is two or more, or its sum or its only member would be known again.
    """
    found = {key for key, count in counts.items() if 0 < count < FEWEST} | set(already)
    sums = list(lines)
    of_key: dict[Key, list[int]] = defaultdict(list)
    for place, line in enumerate(sums):
        for key in line:
            of_key[key].append(place)
    waiting = dict.fromkeys(place for place, line in enumerate(sums) if not found.isdisjoint(line))
    while waiting:
        place = waiting.popitem()[0]
        another = _another(sums[place], counts, found)
        if another is not None:
            found.add(another)
            waiting |= dict.fromkeys(of_key[another])
    return found


def _another(line: Sequence[Key], counts: Mapping[Key, int], found: set[Key]) -> Key | None:
    """What has to be hidden in this line, too; the smallest, and rather nothing than the sum."""
    total, *parts = line
    unsaid = [key for key in parts if key in found]
    if not unsaid or total in found:
        # A lone hidden sum is the sum of the parts that are shown.
        return _smallest(parts, counts, found) if total in found and not unsaid else None
    if len(unsaid) > 1 and sum(counts.get(key, 0) for key in unsaid) >= FEWEST:
        return None
    fitting = _smallest(parts, counts, found)
    return fitting if fitting is not None or len(unsaid) > 1 else total


def _smallest(parts: Sequence[Key], counts: Mapping[Key, int], found: set[Key]) -> Key | None:
    left = [key for key in parts if key not in found]
    return min(left, key=lambda key: (not counts.get(key, 0), counts.get(key, 0)), default=None)
