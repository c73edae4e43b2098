"""How printed publications were read in the room: by title, by subject, month by month.

A reading counts with the visit it belongs to, so a month has the same visits here as elsewhere.
"""

import datetime as dt

from appliance.reports import rules
from appliance.reports.rules import PrintUse
from appliance.storage import statements

MOST_LINES = 500
MONTHS = 12
_READ = """
    FROM reading r JOIN visit v ON v.id = r.visit_id
    LEFT JOIN publication p ON p.id = r.publication_id
    WHERE v.business_date >= ? AND v.business_date < ?"""
_COUNTS = "count(*) AS times, count(DISTINCT r.visit_id)"
_TITLES = f"""
    SELECT r.title, {_COUNTS} {_READ}
    GROUP BY r.title ORDER BY times DESC, r.title LIMIT {MOST_LINES}"""
_SUBJECTS = f"""
    SELECT coalesce(p.subject, '') AS subject, {_COUNTS} {_READ}
    GROUP BY subject ORDER BY times DESC, subject LIMIT {MOST_LINES}"""
_MONTHS = f"""
    SELECT substr(v.business_date, 1, 7) AS month, {_COUNTS} {_READ}
    GROUP BY month ORDER BY month"""


def titles(month: dt.date) -> tuple[PrintUse, ...]:
    """What was read most in this month; at most 500."""
    return _lines(_TITLES, month, 1)


def subjects(month: dt.date) -> tuple[PrintUse, ...]:
    """The subjects that were read most; an empty name is for books without one."""
    return _lines(_SUBJECTS, month, 1)


def months(month: dt.date) -> tuple[PrintUse, ...]:
    """Twelve months up to this one, those in which nothing was read included."""
    first = rules.neighbour(month, 1 - MONTHS)
    found = {line.name: line for line in _lines(_MONTHS, first, MONTHS)}
    names = [rules.month_text(rules.neighbour(first, step)) for step in range(MONTHS)]
    return tuple(found.get(name, PrintUse(name, 0, 0)) for name in names)


def _lines(sql: str, first: dt.date, count: int) -> tuple[PrintUse, ...]:
    after = rules.neighbour(first, count)
    rows = statements.every(sql, (first.isoformat(), after.isoformat()))
    return tuple(PrintUse(*row) for row in rows)
