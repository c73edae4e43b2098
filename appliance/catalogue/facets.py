"""Which years, subjects and areas there are: one look into an index for each, not for each record.

SELECT DISTINCT would read the whole index; stepping from each value to the next one does not.
"""

from appliance.storage import statements

MOST_LISTED = 300
_STEPS = """
    WITH RECURSIVE found (value) AS (
        SELECT min({column}) FROM publication WHERE {column} > ? AND withdrawn_at IS NULL
        UNION ALL
        SELECT (SELECT min({column}) FROM publication
                WHERE {column} > found.value AND withdrawn_at IS NULL)
        FROM found WHERE found.value IS NOT NULL)
    SELECT value FROM found WHERE value IS NOT NULL LIMIT ?"""


def years() -> tuple[int, ...]:
    """Every year, the oldest first."""
    return tuple(row[0] for row in statements.every(_STEPS.format(column="year"), (0, MOST_LISTED)))


def subjects() -> tuple[str, ...]:
    """Every subject, by name; the first few hundred where somebody made that many."""
    return _texts("subject")


def areas() -> tuple[str, ...]:
    """Every BPS domain code."""
    return _texts("domain")


def _texts(column: str) -> tuple[str, ...]:
    rows = statements.every(_STEPS.format(column=column), ("", MOST_LISTED))
    return tuple(row[0] for row in rows)
