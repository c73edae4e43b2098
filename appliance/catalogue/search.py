"""Full-text search that any input can be given to, and whose cost is bounded.

bm25 over all matches grows with the commonest word, and "kabupaten" is in most titles. So only
the newest 2,000 matches are candidates: those with every word in the title come first, the
newest edition ahead; the others follow by bm25. While somebody is still typing there is no bm25
and no look at the records at all: titles first, then the others, the newest entry ahead; and a
cut-off word of two or three letters is not even looked for in titles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playhouse.fts_parser import parse

from appliance.catalogue.rules import (
    CANDIDATES,
    COUNT_LIMIT,
    PAGE_SIZE,
    Holding,
    Kind,
    as_prefix,
    is_short_prefix,
    page_bounds,
    search_text,
)
from appliance.storage.models import Publication

# Every statement yields ids in order, at most one more than are ever counted. The places in
# braces are filled with the texts below, never with anything a person sent.
_NEWEST = "p.year DESC, p.id DESC"
# CROSS JOIN: with the year's index first SQLite would have to look at every match.
_CANDIDATES = """publication_fts CROSS JOIN publication p ON p.id = publication_fts.rowid
    WHERE publication_fts MATCH ? AND {filters}
    ORDER BY publication_fts.rowid DESC LIMIT {candidates}"""
_RANKED = """
    SELECT p.id
    FROM (SELECT p.id AS id, bm25(publication_fts, 8.0, 4.0, 1.0) AS score FROM {matches}) c
    JOIN publication p ON p.id = c.id
    LEFT JOIN (SELECT rowid AS id FROM publication_fts WHERE publication_fts MATCH ?
               ORDER BY rowid DESC LIMIT {candidates}) titled ON titled.id = c.id
    ORDER BY titled.id IS NULL, CASE WHEN titled.id THEN p.year END DESC, c.score, {newest}
    LIMIT {limit}"""
_UNRANKED = """
    SELECT rowid FROM publication_fts WHERE publication_fts MATCH ?
    AND rowid NOT IN (SELECT id FROM publication WHERE withdrawn_at IS NOT NULL)
    ORDER BY rowid DESC LIMIT {limit}"""
_UNRANKED_FILTERED = "SELECT p.id FROM {matches}"
_ALL = "SELECT p.id FROM publication p WHERE {filters} ORDER BY {newest} LIMIT {limit}"
_TITLE_PART = """
    SELECT p.id FROM publication p WHERE {filters} AND p.title LIKE ? ESCAPE '\\'
    ORDER BY {newest} LIMIT {limit}"""
_HITS = """
    SELECT p.id, p.kind, p.title, p.year, p.subject, p.shelf, p.copies,
        (SELECT count(*) FROM reading r WHERE r.publication_id = p.id AND r.returned_at IS NULL),
        p.softcopy_path IS NOT NULL
    FROM publication p WHERE p.id IN ({marks})"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a result list."""

    id: int
    kind: Kind
    title: str
    year: int | None
    subject: str
    holding: Holding


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` stops at 1,000; `is_more` says that there are more."""

    text: str
    kind: Kind | None
    year: int | None
    hits: tuple[Hit, ...]
    total: int
    is_more: bool
    page: int
    pages: int
    is_by_title_part: bool = False


def search(
    text: str, kind: Kind | None, year: int | None, page: int, *, typing: bool = False
) -> Results:
    """The page of hits nearest to the one asked for. An empty text gives the newest first.

    When no record has all the words, parts of titles are tried, and `is_by_title_part` says so.
    """
    wanted = search_text(text)
    found = _matches(wanted, kind, year, typing=typing)
    is_part = bool(wanted) and not found
    if is_part:
        found = _ids(_TITLE_PART, kind, year, (f"%{_literally(wanted)}%",))
    total = min(len(found), COUNT_LIMIT)
    page, pages = page_bounds(page, total)
    return Results(
        text=wanted,
        kind=kind,
        year=year,
        hits=hits(found[:total][(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        total=total,
        is_more=len(found) > COUNT_LIMIT,
        page=page,
        pages=pages,
        is_by_title_part=is_part and bool(found),
    )


def hits(ids: Sequence[int]) -> tuple[Hit, ...]:
    """These records as they stand on the shelf just now, in this order."""
    rows = Publication.raw(_HITS.format(marks=", ".join("?" * len(ids))), *ids).tuples().iterator()
    found = {
        row_id: Hit(
            row_id, Kind(kind), title, year, subject, Holding(shelf, copies, read, bool(softcopy))
        )
        for row_id, kind, title, year, subject, shelf, copies, read, softcopy in rows
    }
    return tuple(found[row_id] for row_id in ids if row_id in found)


def _matches(wanted: str, kind: Kind | None, year: int | None, *, typing: bool) -> list[int]:
    if not wanted:
        return _ids(_ALL, kind, year)
    match = parse(as_prefix(wanted))
    in_title = f"{{title}}: ({match})"
    if is_short_prefix(wanted):
        return _ids(_UNRANKED_FILTERED if kind or year else _UNRANKED, kind, year, before=(match,))
    if typing:
        statement = _UNRANKED_FILTERED if kind or year else _UNRANKED
        titled = _ids(statement, kind, year, before=(in_title,))
        others = _ids(statement, kind, year, before=(match,))
        return list(dict.fromkeys([*titled, *others]))[: COUNT_LIMIT + 1]
    return _ids(_RANKED, kind, year, (in_title,), before=(match,))


def _ids(
    statement: str,
    kind: Kind | None,
    year: int | None,
    after: tuple[object, ...] = (),
    *,
    before: tuple[object, ...] = (),
) -> list[int]:
    """The ids a statement finds; parameters stand before and after those of the filters."""
    chosen = {"p.kind = ?": kind, "p.year = ?": year}
    used = {test: value for test, value in chosen.items() if value is not None}
    filters = " AND ".join(["p.withdrawn_at IS NULL", *used])
    params = (*before, *used.values(), *after)
    places = {"filters": filters, "newest": _NEWEST, "candidates": CANDIDATES}
    sql = statement.format(matches=_CANDIDATES.format(**places), limit=COUNT_LIMIT + 1, **places)
    rows = Publication.raw(sql, *params).tuples().iterator()
    return [row_id for (row_id,) in rows]


def _literally(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
