"""What a device has sent so far: its streams, and how it said it was."""

import datetime as dt
import uuid
from dataclasses import dataclass

from appliance.hub.database import Database
from appliance.hub.fleet import ON_PURPOSE

DAYS = 14
WORDS = 20
_STREAMS = (
    "SELECT epoch::text, sequence, opened_at, appended_at, previous::text, reason FROM stream"
    " WHERE device = %s ORDER BY opened_at DESC, id DESC LIMIT 50"
)
# The last word of a day stands for it; days without a word are left out.
_DAYS = """
SELECT DISTINCT ON (day) (at AT TIME ZONE %(zone)s)::date AS day,
    coalesce((document ->> 'waiting')::bigint, 0), (document ->> 'disk_used')::float8
FROM health_log WHERE device = %(device)s AND at >= %(since)s
ORDER BY day, at DESC
"""
_WORDS = """
SELECT at, coalesce((document ->> 'waiting')::bigint, 0),
    (document ->> 'oldest_waiting_s')::float8, (document ->> 'clock_offset_s')::float8,
    (document ->> 'disk_used')::float8, coalesce(document ->> 'problem', ''),
    coalesce(document ->> 'software', '')
FROM health_log WHERE device = %s ORDER BY at DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class StreamLine:
    """A stream of a device, as far as the hub has it."""

    epoch: str
    sequence: int
    opened_at: dt.datetime
    appended_at: dt.datetime | None
    previous: str | None
    reason: str

    @property
    def is_odd(self) -> bool:
        """Whether it replaced another one without anybody having meant it to."""
        return self.previous is not None and self.reason not in ON_PURPOSE


@dataclass(frozen=True, slots=True)
class HealthDay:
    """How a device was at the end of a day: records waiting, share of its disk in use."""

    day: dt.date
    waiting: int
    disk_used: float | None


@dataclass(frozen=True, slots=True)
class HealthWord:
    """One time that a device said how it was."""

    at: dt.datetime
    waiting: int
    oldest_waiting_s: float | None
    clock_offset_s: float | None
    disk_used: float | None
    problem: str
    software: str


def streams(database: Database, device: uuid.UUID) -> list[StreamLine]:
    """Its newest streams first."""
    return [StreamLine(*row) for row in database.rows(_STREAMS, (device,))]


def health_days(
    database: Database, device: uuid.UUID, now: dt.datetime, zone: str
) -> list[HealthDay]:
    """The days of two weeks on which it spoke, by the office's own days."""
    asked = {"device": device, "since": now - dt.timedelta(days=DAYS), "zone": zone}
    return [HealthDay(*row) for row in database.rows(_DAYS, asked)]


def health_words(database: Database, device: uuid.UUID) -> list[HealthWord]:
    """What it said last, the newest first."""
    return [HealthWord(*row) for row in database.rows(_WORDS, (device, WORDS))]
