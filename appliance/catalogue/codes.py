"""Numbers that stand on covers: catalogue and publication number, ISSN, ISBN, barcode."""

import re

from appliance.catalogue.rules import Filters
from appliance.storage import statements

LEAST_DIGITS = 5  # four alone are a year
MOST_FOUND = 200
# Digits with what people set between them, a few letters ahead (RBP) or an X at the end.
_SHAPE = re.compile(r"[A-Za-z]{0,4}[ -]?\d[\d .\-/]*[A-Za-z]?")
_BETWEEN = re.compile(r"[ .\-/]")
_FOUND = """
    SELECT c.publication_id FROM catalogue_code c JOIN publication p ON p.id = c.publication_id
    WHERE c.code >= ? AND c.code < ? AND p.withdrawn_at IS NULL
        AND (? IS NULL OR p.kind = ?) AND (? IS NULL OR p.year = ?)
        AND (? = '' OR p.subject = ?) AND (? = '' OR p.domain = ?)
    ORDER BY c.code, p.year DESC, p.id DESC LIMIT ?"""


def compact(text: str) -> str:
    """A number as the index keeps it: capitals, nothing between the digits."""
    return _BETWEEN.sub("", text).upper()


def find(text: str, filters: Filters) -> list[int]:
    """Ids of records with a number that begins so, the shortest ahead; none for other text."""
    code = compact(text)
    if not _SHAPE.fullmatch(text) or sum(map(str.isdigit, code)) < LEAST_DIGITS:
        return []
    chosen = (filters.kind, filters.year, filters.subject, filters.area)
    twice = [value for value in chosen for _ in range(2)]
    rows = statements.every(_FOUND, (code, f"{code}~", *twice, MOST_FOUND))
    return list(dict.fromkeys(row[0] for row in rows))
