"""How many complaints came and how soon they were answered, counted by the database."""

import datetime as dt

from appliance.complaints.rules import ComplaintFigures, ComplaintKind
from appliance.storage import statements
from appliance.storage.models import utc_text

_COUNT = """
    SELECT kind, count(*),
        coalesce(sum(coalesce(taken_at, answered_at) <= first_due_at), 0),
        coalesce(sum(answered_at <= due_at), 0), coalesce(sum(answered_at > due_at), 0),
        coalesce(sum(answered_at IS NULL AND due_at < ?3), 0), count(reopened_at),
        coalesce(sum(coalesce(taken_at, answered_at, ?3) > first_due_at), 0), count(closed_at)
    FROM complaint WHERE created_at >= ?1 AND created_at < ?2 GROUP BY kind ORDER BY kind"""

_CHANNELS = """
    SELECT channel, count(*) FROM complaint WHERE created_at >= ?1 AND created_at < ?2
    GROUP BY channel ORDER BY channel"""


def count(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> tuple[ComplaintFigures, ...]:
    """What came from `start` to before `end`, as it stands at `now`; kinds that came at all."""
    moments = tuple(utc_text(moment) for moment in (start, end, now))
    found = statements.every(_COUNT, moments)
    return tuple(ComplaintFigures(ComplaintKind(kind), *told) for kind, *told in found)


def channels(start: dt.datetime, end: dt.datetime) -> dict[str, int]:
    """How many came from `start` to before `end`, by the code of their channel."""
    found = statements.every(_CHANNELS, (utc_text(start), utc_text(end)))
    return {str(code): count for code, count in found}
