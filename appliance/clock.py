"""What time it is, and how far that may be believed.

A Pi without a battery can wake up in the wrong year, so a wall time never travels alone: a Stamp
also carries the boot, the milliseconds since that boot, and the quality of the wall clock.
Order comes from sequence numbers, durations from the boot clock.
"""

import datetime as dt
import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

BUILD_DATE = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)  # no true clock is earlier than the release
# Durations across boots rest on wall time; anything longer than a day in the room is a wrong clock.
LONGEST_CREDIBLE_S = 24 * 3600


class ClockQuality(IntEnum):
    """How the wall clock was set: not at all, estimated or by RTC, by the network."""

    UNSET = 0
    ESTIMATED = 1
    SYNCED = 2


@dataclass(frozen=True, slots=True)
class Stamp:
    """One moment: UTC wall time, boot id, milliseconds since that boot, clock quality."""

    at: dt.datetime
    boot_id: str
    boot_ms: int
    quality: ClockQuality


class Clock(Protocol):
    """Where services and workers get the time from."""

    def stamp(self) -> Stamp:
        """The present moment. Never blocks."""
        ...

    def now(self) -> dt.datetime:
        """The present UTC wall time."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def __init__(self, *, sync_flag: Path = Path("/run/systemd/timesync/synchronized")) -> None:
        self._sync_flag = sync_flag
        self._boot_id = _read_boot_id()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def stamp(self) -> Stamp:
        now = self.now()
        boot_ms = int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
        return Stamp(now, self._boot_id, boot_ms, self._quality(now))

    def _quality(self, now: dt.datetime) -> ClockQuality:
        if now < BUILD_DATE:
            return ClockQuality.UNSET
        return ClockQuality.SYNCED if self._sync_flag.exists() else ClockQuality.ESTIMATED


def elapsed_s(start: Stamp, end: Stamp) -> float | None:
    """Seconds from start to end, or None when no clock can tell.

    Within one boot the boot clock decides, whatever the wall clock did meanwhile. Across boots
    both wall times must be set and the difference credible; otherwise it is unknown, not zero.
    """
    if start.boot_id == end.boot_id:
        return (end.boot_ms - start.boot_ms) / 1000
    if ClockQuality.UNSET in (start.quality, end.quality):
        return None
    seconds = (end.at - start.at).total_seconds()
    return seconds if 0 <= seconds <= LONGEST_CREDIBLE_S else None


def keeps_until(known: dt.datetime | None, now: Stamp, kept: dt.timedelta) -> dt.datetime | None:
    """Until when something is kept for `kept`, as far as a clock can tell; None while none is set.

    `known` is what was reckoned before. A moment further off than it can be, or from before this
    product, came from a wrong clock: it counts from now on.
    """
    if now.quality is ClockQuality.UNSET:
        return known
    if known is None or not BUILD_DATE <= known <= now.at + kept:
        return now.at + kept
    return known


def has_come(moment: dt.datetime | None, now: Stamp) -> bool:
    """Whether a moment has come. Never by a clock that is not set: the year may be any."""
    return moment is not None and now.quality is not ClockQuality.UNSET and moment <= now.at


def _read_boot_id() -> str:
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        # Without a kernel boot id every start counts as a boot of its own.
        return f"{time.time_ns():x}"[-16:]
    return text.strip().replace("-", "")[:16]
