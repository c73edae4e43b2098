"""When something happened, by the clock of its boot and by what time it was at other moments.

The wall clock of a machine without a battery may say any year; how long a boot has run is known
to the millisecond. So one moment of a boot whose time is known dates everything of that boot.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

DRIFT = 0.0005
"""How much too fast or too slow a boot's clock may run: as much as the kernel slews it by."""
ROUNDING = dt.timedelta(milliseconds=2)  # both readings are whole milliseconds
LONGEST = dt.timedelta(days=3660)
"""A boot does not last longer; whoever says so is mistaken."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What time it was at one moment of a boot, off by `err_ms` at most.

    `place` is where it stands in the order in which this device wrote things down; the numbers
    need only grow with it.
    """

    boot_id: str
    boot_ms: int
    utc: dt.datetime
    err_ms: int
    place: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """A moment lies between these; `earliest` is None where nothing says how early it may be."""

    earliest: dt.datetime | None
    latest: dt.datetime

    @property
    def middle(self) -> dt.datetime:
        """The moment that is off the least, at worst."""
        if self.earliest is None:
            return self.latest
        return self.earliest + (self.latest - self.earliest) / 2


def occurred(boot_id: str, boot_ms: int, place: int, anchors: Iterable[Anchor]) -> Bounds | None:
    """When that was: by an anchor of the same boot, else between those before and after it.

    Between: later than the last anchor of an earlier boot, earlier than the next boot of which
    the time is known. Boots are in the order of what they wrote, never of their wall clocks. None
    while no anchor of the same or of a later boot is known.
    """
    known = list(anchors)
    of_boot = [_from(one, boot_ms) for one in known if one.boot_id == boot_id]
    exact = [found for found in of_boot if found is not None]
    if exact:
        return min(exact, key=_width)
    others = [one for one in known if one.boot_id != boot_id]
    later = min((one for one in others if one.place >= place), key=_place, default=None)
    if later is None:
        return None
    before = max((one for one in others if one.place < place), key=_place, default=None)
    latest = _began(later)
    earliest = None if before is None else _ran_since(before, boot_ms)
    # Anchors that contradict each other: the later one has seen more.
    return Bounds(earliest if earliest is not None and earliest <= latest else None, latest)


def _from(anchor: Anchor, boot_ms: int) -> Bounds | None:
    """By how long before or after the anchor it was."""
    passed = _span(boot_ms - anchor.boot_ms)
    if abs(passed) > LONGEST:
        return None
    off = _span(anchor.err_ms) + ROUNDING + abs(passed) * DRIFT
    return Bounds(anchor.utc + passed - off, anchor.utc + passed + off)


def _began(anchor: Anchor) -> dt.datetime:
    """Until when its boot has begun, and every earlier one has ended."""
    run = min(_span(anchor.boot_ms), LONGEST) * (1 - DRIFT)
    return anchor.utc + _span(anchor.err_ms) + ROUNDING - run


def _ran_since(anchor: Anchor, boot_ms: int) -> dt.datetime:
    """How early it may be of a boot that came after the anchor's, and has run so long."""
    run = min(_span(boot_ms), LONGEST) * (1 - DRIFT)
    return anchor.utc - _span(anchor.err_ms) - ROUNDING + run


def _span(milliseconds: int) -> dt.timedelta:
    most = round(LONGEST.total_seconds() * 1000) * 2
    return dt.timedelta(milliseconds=max(-most, min(milliseconds, most)))


def _width(bounds: Bounds) -> dt.timedelta:
    earliest = bounds.earliest
    return dt.timedelta.max if earliest is None else bounds.latest - earliest


def _place(anchor: Anchor) -> int:
    return anchor.place
