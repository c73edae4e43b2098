"""The other editions of a publication's series."""

from dataclasses import dataclass
from typing import Any

from appliance.catalogue import series_rules as rules
from appliance.offices import Office
from appliance.storage.statements import every, first

MOST_LOOKED_AT = 400  # titles that begin alike
MOST_TOLD = 60
HIGHEST = chr(0x10FFFF)  # behind everything that begins so
_COLUMNS = "id, title, year, released_on, softcopy_path IS NOT NULL"
_THIS = "SELECT title, issn, domain, kind FROM publication WHERE id = ?"
_NEWEST = "kind = ? AND withdrawn_at IS NULL ORDER BY year DESC, released_on DESC, id DESC LIMIT ?"
_ALIKE = f"""
SELECT {_COLUMNS} FROM publication WHERE domain IN (?, ?)
AND substr(title, 1, {rules.PREFIX_CHARS}) COLLATE NOCASE >= ?
AND substr(title, 1, {rules.PREFIX_CHARS}) COLLATE NOCASE < ? AND {_NEWEST}
"""  # noqa: S608 - constants
_SAME_ISSN = f"SELECT {_COLUMNS} FROM publication WHERE issn = ? AND issn <> '' AND {_NEWEST}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Edition:
    """Another edition; `time` is what tells it from the others, such as a year."""

    publication_id: int
    title: str
    time: str
    has_softcopy: bool


class Editions:
    """Reads from any thread."""

    def __init__(self, office: Office) -> None:
        self._domain = office.domain

    def of(self, publication_id: int) -> tuple[Edition, ...]:
        """The other editions, the newest first; nothing for an unknown publication."""
        found = first(_THIS, (publication_id,))
        if found is None:
            return ()
        title, issn, domain, kind = found
        rows = {row[0]: row for row in self._alike(title, domain or self._domain, kind)}
        if rules.is_issn(issn):
            same = {row[0]: row for row in every(_SAME_ISSN, (issn, kind, MOST_LOOKED_AT))}
            if rules.is_renamed([row[2] for row in (same | rows).values()]):
                rows |= same
        rows.pop(publication_id, None)
        newest = sorted(rows.values(), key=_age, reverse=True)
        return tuple(_edition(row) for row in newest[:MOST_TOLD])

    @staticmethod
    def _alike(title: str, domain: str, kind: str) -> list[tuple[Any, ...]]:
        """Those of the same area, or of no known one, whose titles differ in their time alone."""
        prefix, key = rules.title_prefix(title), rules.series_key(title)
        if not (prefix and key):
            return []
        bounds = (domain, "", prefix, prefix + HIGHEST)
        rows = every(_ALIKE, (*bounds, kind, MOST_LOOKED_AT))
        return [row for row in rows if rules.series_key(row[1]) == key]


def _age(row: tuple[Any, ...]) -> tuple[int, str, int]:
    number, _title, year, released_on, _softcopy = row
    return (year or 0, released_on or "", number)


def _edition(row: tuple[Any, ...]) -> Edition:
    number, title, year, _released_on, has_softcopy = row
    return Edition(number, title, rules.time_of(title) or str(year or title), bool(has_softcopy))
