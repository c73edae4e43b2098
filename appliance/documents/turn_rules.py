"""Whose turn a scanner is: one job at a time, the others in the order in which they came."""

from collections.abc import Sequence
from dataclasses import dataclass

UNSEEN_S = 90.0  # nobody has touched or shown the station's screen: most likely they have gone
UNUSED_S = 60.0  # to put a page on the glass after one's turn has come


@dataclass(frozen=True, slots=True)
class Turn:
    """One job that has a scanner or waits for it, in the order of `id`.

    `is_busy`: a page of it is on the scanner, or will be at once. `unseen_s` counts from the last
    sign of its station, `granted_s` from when the scanner became theirs.
    """

    id: int
    is_granted: bool
    is_used: bool
    is_busy: bool
    unseen_s: float
    granted_s: float = 0.0

    @property
    def is_there(self) -> bool:
        return self.unseen_s <= UNSEEN_S

    @property
    def may_be_taken(self) -> bool:
        """Whether a holder must give way to somebody who waits: never with paper in it."""
        is_left_unused = not self.is_used and self.granted_s > UNUSED_S
        return not self.is_busy and (not self.is_there or is_left_unused)


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which turns are over, and which one has the scanner from now on."""

    over: tuple[int, ...] = ()
    granted: int | None = None


def settle(turns: Sequence[Turn]) -> Settlement:
    """What is to change among the turns at one scanner; nothing, most of the time."""
    waiting = [turn for turn in turns if not turn.is_granted]
    there = [turn for turn in waiting if turn.is_there]
    over = [turn.id for turn in waiting if not turn.is_there]
    holder = next((turn for turn in turns if turn.is_granted), None)
    if not there or (holder is not None and not holder.may_be_taken):
        return Settlement(tuple(over))
    if holder is not None:
        over.append(holder.id)
    return Settlement(tuple(over), min(turn.id for turn in there))
