"""The promise 'served within n minutes': what is left of it, and how it was kept."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from appliance.clock import ClockQuality, Stamp, elapsed_s
from appliance.errors import N_
from appliance.hours.rules import OpeningHours

# Why a promise was broken, as the database writes it and as people say it.
LATE_REASONS = {
    "crowd": N_("Pengunjung lebih banyak daripada petugas"),
    "long_service": N_("Layanan sebelumnya lama"),
    "officer_away": N_("Petugas sedang tidak di meja"),
    "system": N_("Gangguan listrik atau sistem"),
    "not_there": N_("Tidak ada saat dipanggil"),
    "other": N_("Sebab lain"),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """What is left of 'served within n minutes'; None where no clock can tell.

    `due_at` is the absolute moment by the wall clock as it stands now, so that a clock that was
    set right meanwhile moves it along. While the room is closed the promise stands still.
    """

    remaining_s: float | None
    due_at: dt.datetime | None
    stands_still: bool = False


SETTLED = Promise(None, None)  # no longer waiting


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """Waits in seconds of opening hours; None without any that a clock measured.

    `unknown` were served, but no clock could tell when. A percentile is the nearest rank: the
    shortest wait that so many of a hundred did not exceed.
    """

    measured: int
    unknown: int
    kept: int
    p50_s: float | None
    p90_s: float | None

    @property
    def late(self) -> int:
        return self.measured - self.kept

    @property
    def share(self) -> float | None:
        """The share of measured waits within the promise; None without any."""
        return self.kept / self.measured if self.measured else None


def promise(start: Stamp, now: Stamp, promise_minutes: int, hours: OpeningHours) -> Promise:
    """The promise as it stands `now`; negative seconds say how late we are."""
    passed_s = waited_s(start, now, hours)
    if passed_s is None:
        return Promise(None, None)
    remaining_s = promise_minutes * 60 - passed_s
    if now.quality is ClockQuality.UNSET:
        return Promise(remaining_s, None)
    due_at = hours.after_open_seconds(_began(start, now), promise_minutes * 60)
    return Promise(remaining_s, due_at, stands_still=not hours.is_open(now.at))


def waited_s(start: Stamp, end: Stamp, hours: OpeningHours) -> float | None:
    """Seconds of opening hours from start to end, never negative; None when no clock can tell.

    How long it was comes from `elapsed_s`; the wall clock, if it is set, only says which part of
    it lay in opening hours. With no clock set every second counts.
    """
    passed_s = elapsed_s(start, end)
    if passed_s is None:
        return None
    passed_s = max(passed_s, 0.0)
    if end.quality is not ClockQuality.UNSET:
        began, ended = _began(start, end), end.at
    elif start.quality is not ClockQuality.UNSET:
        began, ended = start.at, _shifted(start.at, passed_s)
    else:
        return passed_s
    return hours.open_seconds(began, ended)


def is_kept(wait_s: float | None, promise_minutes: int) -> bool | None:
    """Whether the promise was kept; None when the wait is unknown."""
    return None if wait_s is None else wait_s <= promise_minutes * 60


def wait_figures(waits: Iterable[tuple[float | None, int]]) -> WaitFigures:
    """The figures of visits that were served: each one's wait, and the minutes it was promised.

    None stands for a wait that no clock measured.
    """
    everybody = list(waits)
    measured = sorted(wait_s for wait_s, _ in everybody if wait_s is not None)
    return WaitFigures(
        measured=len(measured),
        unknown=len(everybody) - len(measured),
        kept=sum(1 for wait_s, minutes in everybody if is_kept(wait_s, minutes)),
        p50_s=percentile(measured, 50),
        p90_s=percentile(measured, 90),
    )


def percentile(ordered: list[float], percent: int) -> float | None:
    """The nearest rank in an ascending list; None for an empty one."""
    if not ordered:
        return None
    return ordered[max(math.ceil(percent * len(ordered) / 100), 1) - 1]


def _began(start: Stamp, now: Stamp) -> dt.datetime:
    """When it began, by the wall clock as it stands now."""
    return _shifted(now.at, -max(elapsed_s(start, now) or 0.0, 0.0))


def _shifted(moment: dt.datetime, seconds: float) -> dt.datetime:
    try:
        return moment + dt.timedelta(seconds=seconds)
    except OverflowError:
        return moment
