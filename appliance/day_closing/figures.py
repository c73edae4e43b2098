"""The figures of one business day, counted from its rows; nothing of them names a person."""

import datetime as dt

from appliance.storage import statements
from appliance.storage.models.visits import OF_DAY
from appliance.visits.rules import VisitState, within_promise

Figures = dict[str, dict[str, int]]

_VISITS = """
    SELECT state, wait_s, persons, rated_at, coalesce(promise_minutes, ?), served_at IS NOT NULL
    FROM visit v WHERE """
_COUNTS = {
    "lockers": """
        SELECT count(*) AS handed_out, count(DISTINCT visit_id) AS visits FROM locker_session""",
    "cards": """
        SELECT coalesce(sum(kind = 'card'), 0), coalesce(sum(kind = 'guarantee'), 0),
            coalesce(sum(kind = 'none'), 0) FROM deposit""",
    "readings": """
        SELECT count(*), coalesce(sum(missing_reason IS NOT NULL), 0) FROM reading""",
    "photocopies": """
        SELECT count(*), coalesce(sum(out_at IS NOT NULL), 0), coalesce(sum(p.state = 'lost'), 0)
        FROM (SELECT * FROM photocopy WHERE state <> 'cancelled') p""",
    "scans": """
        SELECT coalesce(sum(page_count IS NOT NULL), 0), coalesce(sum(page_count), 0)
        FROM scan_job""",
    "requests": "SELECT count(*) FROM softcopy_request",
}
_ON_DAY = f"{OF_DAY} = ?"
_OF_VISITS = f" JOIN visit v ON v.id = visit_id WHERE {_ON_DAY}"
_NAMES = {
    "lockers": ("handed_out", "visits"),
    "cards": ("received", "guarantees", "without"),
    "readings": ("noted", "missing"),
    "photocopies": ("asked", "went_out", "lost"),
    "scans": ("files", "pages"),
    "requests": ("made",),
}


def of_day(date: dt.date, promise_minutes: int) -> Figures:
    """Everything that was counted on a business date: part -> figure -> number."""
    day = date.isoformat()
    found = _visits(day, promise_minutes)
    for part, sql in _COUNTS.items():
        row = statements.first(sql + _OF_VISITS, (day,)) or ()
        found[part] = dict(zip(_NAMES[part], (int(value) for value in row), strict=True))
    return found


def _visits(day: str, promise_minutes: int) -> Figures:
    rows = statements.every(_VISITS + _ON_DAY, (promise_minutes, day))
    states = [VisitState(state) for state, *_ in rows]
    counted = [row for row in rows if row[0] != VisitState.CANCELLED]
    waits = [(float(row[1]), int(row[4])) for row in counted if row[1] is not None]
    visits = {
        "registered": len(counted),
        "persons": sum(int(persons) for _, _, persons, *_ in counted),
        "open": sum(1 for state in states if state.is_open),
        "rated": sum(1 for row in counted if row[3] is not None),
    }
    visits |= {str(state): states.count(state) for state in VisitState if not state.is_open}
    promise = {
        "minutes": promise_minutes,
        "measured": len(waits),
        "kept": sum(1 for wait_s, promised in waits if within_promise(wait_s, promised)),
        "unknown": sum(1 for row in counted if row[1] is None and row[5]),
    }
    return {"visits": visits, "promise": promise}
