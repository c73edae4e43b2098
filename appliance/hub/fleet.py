"""How the devices of all offices are doing, for whoever looks after them."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from appliance.hub.database import Database

SILENT_AFTER_DAYS = 3
_SATURDAY = 5

# Streams that were begun on purpose, with the device knowing why. Any other means that two wrote
# as one, or that either side has lost something.
ON_PURPOSE = ("held", "dropped-telemetry", "restored")

_LINES = """
SELECT o.province, o.code, d.id::text, d.state, d.software,
    greatest(streams.appended_at, h.at),
    CASE WHEN h.device IS NOT NULL THEN coalesce((h.document ->> 'waiting')::bigint, 0) END,
    (h.document ->> 'oldest_waiting_s')::float8,
    (h.document ->> 'clock_offset_s')::float8,
    coalesce(streams.forks, 0),
    coalesce(h.document ->> 'problem', ''), o.timezone, d.enrolled_at,
    o.name, coalesce(streams.odd_forks, 0), coalesce(apart.count, 0),
    coalesce((h.document ->> 'held')::bigint, 0),
    (h.document ->> 'disk_used')::float8,
    coalesce((h.document ->> 'config_version')::bigint, 0),
    (SELECT coalesce(max(c.version), 0) FROM config_document c WHERE c.office = o.code),
    coalesce(h.document -> 'config_refused', '[]'), coalesce(h.document ->> 'config_problem', '')
FROM device d
JOIN office o ON o.code = d.office
LEFT JOIN health_last h ON h.device = d.id
LEFT JOIN (
    SELECT device, max(appended_at) AS appended_at,
        count(*) FILTER (WHERE previous IS NOT NULL) AS forks,
        count(*) FILTER (WHERE previous IS NOT NULL AND reason <> ALL (%(on_purpose)s)) AS odd_forks
    FROM stream GROUP BY device
) streams ON streams.device = d.id
LEFT JOIN (
    SELECT s.device, count(*) FROM quarantine q JOIN stream s ON s.id = q.stream
    WHERE q.settled_at IS NULL GROUP BY s.device
) apart ON apart.device = d.id
WHERE (%(province)s::text IS NULL OR o.province = %(province)s)
    AND (%(office)s::text IS NULL OR o.code = %(office)s)
ORDER BY o.province, o.code, d.enrolled_at
"""


@dataclass(frozen=True, slots=True)
class FleetLine:
    """One device. What it said of itself is None until it has said so.

    `forks` are all streams that replaced another one, `odd_forks` those that nobody meant to begin;
    `apart` are its records in quarantine that nobody has settled, `held` those that it keeps back.
    Of its settings `config_version` is in force there, `config_wanted` the newest issued.
    """

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
    office_name: str
    odd_forks: int
    apart: int
    held: int
    disk_used: float | None
    config_version: int
    config_wanted: int
    config_refused: list[str]
    config_problem: str

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


def lines(
    database: Database, *, province: str | None = None, office: str | None = None
) -> list[FleetLine]:
    """Every device, or those of one province or office, by province and office."""
    asked = {"province": province, "office": office, "on_purpose": list(ON_PURPOSE)}
    return [FleetLine(*row) for row in database.rows(_LINES, asked)]


def zone_name(name: str) -> str:
    """The zone of this name, or UTC for a mistyped one, for PostgreSQL."""
    return str(_zone(name))


def _zone(name: str) -> dt.tzinfo:
    """A mistyped zone of one office must not hide the others."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
