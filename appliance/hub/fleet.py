"""How the devices of all offices are doing, for whoever looks after them."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.hub.database import Database

SILENT_AFTER_DAYS = 3
_SATURDAY = 5

_LINES = """
SELECT o.province, o.code, d.id::text, d.state, d.software,
    greatest(streams.appended_at, h.at),
    (h.document ->> 'waiting')::bigint,
    (h.document ->> 'oldest_waiting_s')::float8,
    (h.document ->> 'clock_offset_s')::float8,
    coalesce(streams.forks, 0),
    coalesce(h.document ->> 'problem', ''), o.timezone, d.enrolled_at
FROM device d
JOIN office o ON o.code = d.office
LEFT JOIN health_last h ON h.device = d.id
LEFT JOIN (
    SELECT device, max(appended_at) AS appended_at,
        count(*) FILTER (WHERE previous IS NOT NULL) AS forks
    FROM stream GROUP BY device
) streams ON streams.device = d.id
ORDER BY o.province, o.code, d.enrolled_at
"""


@dataclass(frozen=True, slots=True)
class FleetLine:
    """One device. What it said of itself is None until it has said so."""

    province: str
    office: str
    device: str
    state: str
    software: str
    heard_at: dt.datetime | None
    waiting: int | None
    oldest_waiting_s: float | None
    clock_offset_s: float | None
    forks: int
    problem: str
    timezone: str
    enrolled_at: dt.datetime

    def is_silent(self, now: dt.datetime) -> bool:
        """Whether more than three whole office days went by without a word from it.

        A revoked device is not expected to speak. Holidays count as office days here.
        """
        since = self.heard_at or self.enrolled_at
        quiet = office_days_between(since, now, _zone(self.timezone))
        return self.state != "revoked" and quiet > SILENT_AFTER_DAYS


def office_days_between(since: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> int:
    """The days from Monday to Friday that began and ended between the two, at the office."""
    first, today = since.astimezone(zone).date(), now.astimezone(zone).date()
    weeks, rest = divmod(max((today - first).days - 1, 0), 7)
    days = (first + dt.timedelta(days=ahead + 1) for ahead in range(rest))
    return weeks * 5 + sum(1 for day in days if day.weekday() < _SATURDAY)


def lines(database: Database) -> list[FleetLine]:
    """Every device, by province and office."""
    return [FleetLine(*row) for row in database.rows(_LINES)]


def _zone(name: str) -> dt.tzinfo:
    """A mistyped zone of one office must not hide the others."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
