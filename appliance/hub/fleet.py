"""How the devices of all offices are doing, for whoever looks after them."""

import datetime as dt
from dataclasses import dataclass

from appliance.hub.database import Database

_LINES = """
SELECT o.province, o.code, d.id::text, d.state, d.software,
    greatest(streams.appended_at, h.at),
    (h.document ->> 'waiting')::bigint,
    (h.document ->> 'oldest_waiting_s')::float8,
    (h.document ->> 'clock_offset_s')::float8,
    coalesce(streams.forks, 0),
    coalesce(h.document ->> 'problem', '')
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


def lines(database: Database) -> list[FleetLine]:
    """Every device, by province and office."""
    return [FleetLine(*row) for row in database.rows(_LINES)]
