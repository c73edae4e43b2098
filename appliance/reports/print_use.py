"""What was read in a period: in print by title and subject, on the screen by title.

A reading in print counts with the visit it belongs to, so a period has the same visits here as
elsewhere.
"""

from dataclasses import dataclass

from appliance.reports.periods import Period
from appliance.storage import statements
from appliance.storage.models.visits import OF_DAY

MOST_LINES = 500
_READ = f"""
    FROM reading r JOIN visit v ON v.id = r.visit_id
    LEFT JOIN publication p ON p.id = r.publication_id
    WHERE {OF_DAY} >= ? AND {OF_DAY} < ?"""
_SHOWN = """
    FROM page_reading r JOIN publication p ON p.id = r.publication_id
    WHERE r.day >= ? AND r.day < ?"""
_COUNTS = "count(*) AS times, count(DISTINCT r.visit_id)"
_ALL = f"SELECT {_COUNTS} {_READ}"
_TITLES = f"""
    SELECT r.title, {_COUNTS} {_READ}
    GROUP BY r.title ORDER BY times DESC, r.title LIMIT {MOST_LINES}"""
_SUBJECTS = f"""
    SELECT coalesce(p.subject, '') AS subject, {_COUNTS} {_READ}
    GROUP BY subject ORDER BY times DESC, subject LIMIT {MOST_LINES}"""
_ON_SCREEN = f"""
    SELECT p.title, sum(r.opened) AS times, sum(r.pages) AS pages, sum(r.searches) {_SHOWN}
    GROUP BY p.id ORDER BY times DESC, pages DESC, p.title LIMIT {MOST_LINES}"""


@dataclass(frozen=True, slots=True)
class PrintUse:
    """How often something was read in print, and in how many visits."""

    name: str
    times: int
    visits: int


def total(period: Period) -> PrintUse:
    """Everything that was read; its name is empty."""
    times, visits = statements.first(_ALL, period.days) or (0, 0)
    return PrintUse("", times, visits)


def titles(period: Period) -> tuple[PrintUse, ...]:
    """What was read most; at most 500."""
    return tuple(PrintUse(*row) for row in statements.every(_TITLES, period.days))


def subjects(period: Period) -> tuple[PrintUse, ...]:
    """The subjects that were read most; an empty name is for books without one."""
    return tuple(PrintUse(*row) for row in statements.every(_SUBJECTS, period.days))


def on_screen(period: Period) -> tuple[tuple[str, int, int, int], ...]:
    """Title, how often it was opened, pages seen, searches inside; at most 500."""
    return tuple((row[0], *row[1:]) for row in statements.every(_ON_SCREEN, period.days))
