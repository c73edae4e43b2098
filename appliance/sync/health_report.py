"""What this device tells the portal of itself, so that whoever looks after many sees it in time.

Told before events are sent, for it should be heard also while those are refused.
"""

import datetime as dt
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance import __version__
from appliance.clock import Clock, ClockQuality, Stamp
from appliance.portal_settings import book as portal_settings
from appliance.storage import statements
from appliance.sync import answers, protocol
from appliance.sync.answers import Kind
from appliance.sync.desk import oldest_at
from appliance.sync.outbox import Outbox
from appliance.sync.portal import Line, LineTrouble
from appliance.sync.protocol import CONFIG_REFUSED_LIMIT
from appliance.sync.standing import StandingBook

EVERY_S = 900.0
NEWS_EVERY_S = 60.0
"""How soon after the last word a change is told."""
OVER = (Kind.OFFLINE, Kind.CERTIFICATE, Kind.REFUSED, Kind.REVOKED)
"""Troubles that are over when the portal hears of them."""
SHUT = (Kind.REFUSED, Kind.REVOKED, Kind.VERSION)
_MB = 1_000_000


class HealthReport:
    """Belongs on the thread of the line.

    `heard` is told what time it is by the portal, at which moment of ours, and how far that may
    be off in seconds.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        standing: StandingBook,
        clock: Clock,
        data_dir: Path,
        heard: Callable[[Stamp, dt.datetime, float], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._standing = standing
        self._clock = clock
        self._data_dir = data_dir
        self._heard = heard
        self._monotonic = monotonic
        self._told_s = self._looked_s = float("-inf")
        self._told: tuple[object, ...] = ()

    def is_due(self) -> bool:
        """Whether a quarter of an hour has gone by, or something has changed since."""
        now_s = self._monotonic()
        if now_s - self._told_s >= EVERY_S:
            return True
        if now_s - self._looked_s < NEWS_EVERY_S:  # asked before every batch
            return False
        self._looked_s = now_s
        return self._news() != self._told

    def run(self, line: Line) -> None:
        """Compare clocks with the portal and tell it how we are. Raises LineTrouble.

        Where nothing waits, this alone hears that we are no longer let in, and asks again at every
        look. A portal that merely does not want to know is left alone until it is due again.
        """
        self._told_s = self._looked_s = self._monotonic()
        self._told = self._news()
        if (offset_s := self._portal_ahead_s(line)) is not None:
            self._standing.heard_clock(offset_s)
        target = f"{protocol.PREFIX}/devices/{line.device_id}/health"
        headers = {"content-type": protocol.JSON_TYPE}
        body = msgspec.json.encode(self.health())
        reply = line.ask("PUT", target, body=body, headers=headers)
        judgement = answers.judge(reply, self._clock.now())
        if judgement.kind in SHUT:
            self._told_s = float("-inf")
            raise LineTrouble(judgement)

    def health(self) -> protocol.Health:
        """How this device is at this moment."""
        stamp, state, standing = (
            self._clock.stamp(),
            self._outbox.state(),
            self._standing.standing(),
        )
        is_set = stamp.quality is not ClockQuality.UNSET
        usage = shutil.disk_usage(self._data_dir)
        oldest, taken = oldest_at(), portal_settings.taken()
        return protocol.Health(
            software=__version__,
            at=stamp.at.isoformat(timespec="seconds") if is_set else "",
            clock_quality=int(stamp.quality),
            clock_offset_s=standing.clock_offset_s,
            waiting=state.waiting,
            oldest_waiting_s=_passed_s(oldest, stamp.at) if oldest and is_set else None,
            held=state.held,
            epochs=_count_streams(),
            disk_free_mb=usage.free // _MB,
            disk_used=round(1 - usage.free / usage.total, 3),
            backup_age_s=self._backup_age_s(stamp.at) if is_set else None,
            uptime_s=stamp.boot_ms / 1000,
            config_version=taken.version,
            config_refused=list(taken.refused[:CONFIG_REFUSED_LIMIT]),
            config_problem=taken.problem or "",
            problem=self._problem(),
        )

    def _problem(self) -> str:
        found = self._standing.standing().problem
        return "" if found is None or found in OVER else str(found)

    def _news(self) -> tuple[object, ...]:
        standing = self._standing.standing()
        has_held = self._outbox.state().held > 0
        quality, settings = self._clock.stamp().quality, portal_settings.state()
        return self._problem(), standing.forks, has_held, quality, settings

    def _portal_ahead_s(self, line: Line) -> float | None:
        """How far its clock is ahead of ours, by half the way there and back."""
        reply = line.ask("GET", f"{protocol.PREFIX}/time")
        now, half_s = self._clock.stamp(), reply.took_s / 2
        try:
            told = msgspec.json.decode(reply.body, type=protocol.Now).utc
            utc = dt.datetime.fromisoformat(told) + dt.timedelta(seconds=half_s)
            ahead = utc - now.at
        except (ValueError, TypeError, OverflowError, RecursionError, msgspec.DecodeError):
            return None  # not the portal's: what follows will tell
        self._heard(now, utc, half_s)
        return round(ahead.total_seconds(), 3)

    def _backup_age_s(self, now: dt.datetime) -> float | None:
        copies = self._data_dir.glob("backups/ruangbaca-*.db")
        newest = max((path.stat().st_mtime for path in copies), default=None)
        return None if newest is None else max(round(now.timestamp() - newest), 0)


def _passed_s(since: dt.datetime, now: dt.datetime) -> float:
    return max((now - since).total_seconds(), 0.0)


def _count_streams() -> int:
    found = statements.first("SELECT count(*) FROM stream")
    return max(int(found[0]), 1) if found else 1
