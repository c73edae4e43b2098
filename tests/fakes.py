"""Fakes that obey the same rules as the real things, and say how to steer them."""

import dataclasses
import datetime as dt

from appliance.clock import ClockQuality, Stamp

# A Monday morning at the office, 09:00 WIB.
START = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


class FakeClock:
    """A clock that stands still.

    `advance(seconds)` lets time pass; `jump(seconds)` moves only the wall clock, as NTP or a
    flat battery would; `reboot(off_s)` starts a new boot.
    """

    def __init__(self, at: dt.datetime = START) -> None:
        self._stamp = Stamp(at, "boot-1", 60_000, ClockQuality.SYNCED)
        self._boots = 1

    def now(self) -> dt.datetime:
        return self._stamp.at

    def stamp(self) -> Stamp:
        return self._stamp

    def advance(self, seconds: float) -> None:
        self._stamp = dataclasses.replace(
            self._stamp,
            at=self._stamp.at + dt.timedelta(seconds=seconds),
            boot_ms=self._stamp.boot_ms + int(seconds * 1000),
        )

    def jump(self, seconds: float) -> None:
        self._stamp = dataclasses.replace(
            self._stamp, at=self._stamp.at + dt.timedelta(seconds=seconds)
        )

    def set_quality(self, quality: ClockQuality) -> None:
        self._stamp = dataclasses.replace(self._stamp, quality=quality)

    def reboot(self, off_s: float = 30) -> None:
        self._boots += 1
        self._stamp = dataclasses.replace(
            self._stamp,
            at=self._stamp.at + dt.timedelta(seconds=off_s),
            boot_id=f"boot-{self._boots}",
            boot_ms=0,
        )
