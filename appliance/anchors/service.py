"""Writes down what time it is once somebody knows, and dates what a wrong clock has dated."""

import datetime as dt
from enum import StrEnum

from appliance.actor import SYSTEM
from appliance.anchors import rules
from appliance.clock import BUILD_DATE, ClockQuality, Stamp
from appliance.errors import Unavailable
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage import statements
from appliance.storage.models import Anchor, utc_text

AGAIN_MS = 24 * 3600 * 1000
"""The clock of a boot drifts: after a day its time is written down once more."""
NTP_ERR_MS = 1000
"""What timesyncd steps at once is less; anything further off it has just put right."""
LATEST = BUILD_DATE.replace(year=BUILD_DATE.year + 50)  # whoever says a later time is mistaken
AT_ONCE = 200  # visits a transaction: others wait for it
NO_LIMIT = (1 << 63) - 1
MOVED_S = 60.0
"""How far an estimated clock may be off and still be as good as any."""
_NEWEST = "SELECT max(boot_ms) FROM anchor WHERE boot_id = ? AND source IN (?, 'ntp')"
_ANCHORS = "SELECT boot_id, boot_ms, utc, err_ms, after_visit FROM anchor"
_LAST = "SELECT boot_id, after_visit FROM anchor ORDER BY id DESC LIMIT 1"
_UNDATED = """
SELECT id, uuid, business_date, registered_at, registered_boot_id, registered_boot_ms,
    registered_clock
FROM visit WHERE dated = '' AND registered_clock < 2 AND id <= ? ORDER BY id LIMIT ?
"""
_KEEP = "UPDATE visit SET dated = 'kept' WHERE id = ?"
_DATE = "UPDATE visit SET dated = ?, dated_at = ?, dated_on = ? WHERE id = ?"
log = get_logger("sync")


class Source(StrEnum):
    """Who told the time; the values are those of the database."""

    NTP = "ntp"
    PORTAL = "portal"


class AnchorBook:
    """What time it was when. Writes through the writer; any thread of the sync process."""

    def __init__(self, *, books: Books, office: Office) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office

    def look(self) -> None:
        """Write down the network's time once a boot and a day, and date what it dates.

        On a full card at the next look: e-mail and what else this process does go on.
        """
        try:
            self._look()
        except Unavailable as error:
            log.error("what time it is could not be written down", exc_info=error)

    def _look(self) -> None:
        now = self._clock.stamp()
        if now.quality is ClockQuality.SYNCED and _is_due(now, Source.NTP):
            self._write(now, now.at, Source.NTP, NTP_ERR_MS)
        while statements.first(_UNDATED, (_last_datable(now.boot_id), 1)) is not None:
            self._writer.run(lambda: self._date(now.boot_id))

    def heard(self, now: Stamp, utc: dt.datetime, err_s: float) -> None:
        """The portal said what time it was at `now`; the network, where it has, knows better."""
        is_credible = BUILD_DATE <= utc <= LATEST
        if now.quality is ClockQuality.SYNCED or not is_credible:
            return
        if _is_due(now, Source.PORTAL):
            self._write(now, utc, Source.PORTAL, max(round(err_s * 1000), 0))

    def _write(self, now: Stamp, utc: dt.datetime, source: Source, err_ms: int) -> None:
        told: dict[str, object] = {"boot_ms": now.boot_ms, "source": source, "err_ms": err_ms}

        def write() -> None:
            newest = statements.first("SELECT coalesce(max(id), 0) FROM visit") or (0,)
            Anchor.create(boot_id=now.boot_id, utc=utc, after_visit=newest[0], **told)
            data = {"boot": now.boot_id, "utc": utc_text(utc), **told}
            self._recorder.fact("clock.anchored", "clock", data, by=SYSTEM)
            self._date(now.boot_id)

        self._writer.run(write)

    def _date(self, present_boot: str) -> None:
        """Date some visits; those that stay as they were written are not looked at again."""
        anchors = [
            rules.Anchor(boot, boot_ms, dt.datetime.fromisoformat(utc), err_ms, place)
            for boot, boot_ms, utc, err_ms, place in statements.every(_ANCHORS)
        ]
        for visit_id, uuid, was, at, boot, boot_ms, clock in statements.every(
            _UNDATED, (_last_datable(present_boot), AT_ONCE)
        ):
            found = rules.occurred(boot, boot_ms, visit_id, anchors)
            of_boot = any(one.boot_id == boot for one in anchors)
            written = None if clock == ClockQuality.UNSET else dt.datetime.fromisoformat(at)
            if found is None or not _is_news(found, written, of_boot=of_boot):
                statements.run(_KEEP, (visit_id,))
                continue
            how, day = self._day(found)
            statements.run(_DATE, (how, utc_text(found.middle), day, visit_id))
            detail = {"business_date": day, "was": was, "how": how}
            self._recorder.note("visit.dated", f"visit/{uuid}", by=SYSTEM, detail=detail)

    def _day(self, found: rules.Bounds) -> tuple[str, str]:
        """How well the day is known, and which it is."""
        ends = (found.earliest, found.latest)
        days = {None if end is None else self._office.business_date(end) for end in ends}
        how = "known" if len(days) == 1 else "estimated"
        return how, self._office.business_date(found.middle).isoformat()


def _is_due(now: Stamp, source: Source) -> bool:
    row = statements.first(_NEWEST, (now.boot_id, source))
    newest = row[0] if row else None
    return newest is None or now.boot_ms - newest >= AGAIN_MS


def _last_datable(present_boot: str) -> int:
    """Up to which visit anchors say all they ever will: while a boot runs, its own may come."""
    boot, place = statements.first(_LAST) or ("", 0)
    return NO_LIMIT if boot == present_boot else int(place)


def _is_news(found: rules.Bounds, written: dt.datetime | None, *, of_boot: bool) -> bool:
    """Whether the bounds say more than what was written; None was written by no clock at all."""
    if written is None:
        return True
    return of_boot and abs((found.middle - written).total_seconds()) > MOVED_S
