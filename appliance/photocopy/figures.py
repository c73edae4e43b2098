"""How much was photocopied, counted by the database."""

import datetime as dt

from appliance.photocopy.rules import PhotocopyFigures
from appliance.storage import statements
from appliance.storage.models import utc_text

_COUNT = """
    SELECT count(DISTINCT form_id), count(*), coalesce(sum(page_count), 0), count(out_at),
        coalesce(sum(out_at IS NOT NULL AND lost_at IS NULL
            AND coalesce(back_at, ?3) > coalesce(due_at, out_at)), 0),
        coalesce(sum(state = 'lost'), 0)
    FROM photocopy WHERE created_at >= ?1 AND created_at < ?2 AND state <> 'cancelled'"""


def count(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> PhotocopyFigures:
    """What was asked for from `start` to before `end`, as it stands at `now`."""
    moments = tuple(utc_text(moment) for moment in (start, end, now))
    return PhotocopyFigures(*next(iter(statements.every(_COUNT, moments))))
