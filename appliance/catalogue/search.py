"""Search that any input can be given to, and whose cost hardly grows with the catalogue.

The index is walked from the newest record on and left after 1,001 matches; every filter is a
token in it, so nothing is thrown away after it was found. While somebody is still typing that
order stands, titles ahead of the rest; a finished search is ranked by titles (ranking.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from appliance.catalogue import codes, ranking
from appliance.catalogue.index import id_at, year_at
from appliance.catalogue.query import Query, read
from appliance.catalogue.rules import (
    COUNT_LIMIT,
    KIND_LIMIT,
    PAGE_SIZE,
    RANKED,
    TYPING_LIMIT,
    Filters,
    Holding,
    Kind,
    Order,
    page_bounds,
    search_text,
)
from appliance.catalogue.words import stem, words
from appliance.storage import statements

_NEWEST = "SELECT place FROM catalogue_entry ORDER BY place LIMIT ?"
_IN_TITLE = "SELECT rowid FROM title_index WHERE title_index MATCH ? ORDER BY rowid LIMIT ?"
_IN_TEXT = "SELECT rowid FROM text_index WHERE text_index MATCH ? ORDER BY rowid LIMIT ?"
_TITLED = """
    SELECT f.rowid, e.title_words FROM (
        SELECT rowid FROM title_index WHERE title_index MATCH ? ORDER BY rowid LIMIT ?) f
    CROSS JOIN catalogue_entry e ON e.place = f.rowid"""
# The first and the last of the newest thirty thousand; no row up to a hundred thousand in all.
# So few, because a list of years costs as much again as the lists of the words it stands beside.
_NEWEST_SPAN = """
    SELECT (SELECT min(place) FROM catalogue_entry), (
        SELECT place FROM catalogue_entry
        WHERE publication_id % 1000 = 0 ORDER BY place LIMIT 1 OFFSET 30)
    FROM catalogue_entry WHERE publication_id % 1000 = 0 ORDER BY place LIMIT 1 OFFSET 100"""
_COUNTED = "SELECT count(*) FROM (SELECT 1 FROM text_index WHERE text_index MATCH ? LIMIT ?)"
_HITS = """
    SELECT p.id, p.kind, p.title, p.year, p.subject, p.shelf, p.copies,
        (SELECT count(*) FROM reading r WHERE r.publication_id = p.id AND r.returned_at IS NULL),
        p.softcopy_path IS NOT NULL,
        (SELECT count(*) FROM book_copy b
         WHERE b.publication_id = p.id AND b.state IN ('out', 'repair') AND NOT EXISTS (
            SELECT 1 FROM reading r WHERE r.copy_id = b.id AND r.returned_at IS NULL))
    FROM publication p WHERE p.id IN (SELECT value FROM json_each(?))"""


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
    """One page of hits. `total` stops at 1,000, or at 200 while typing; `is_more` says so."""

    text: str
    filters: Filters
    order: Order
    hits: tuple[Hit, ...]
    total: int
    is_more: bool
    page: int
    pages: int
    shown_for: str = ""  # what was looked for instead, when something was put right
    left_out: tuple[str, ...] = ()  # words that no record has
    is_partial: bool = False  # no record has all the words: these miss one of them
    is_cut: bool = False  # typing: nobody has looked beyond the newest
    counts: Mapping[Kind, int] = field(default_factory=dict)  # of each kind, at most 100


@dataclass(frozen=True, slots=True)
class _Found:
    ids: Sequence[int]
    query: Query | None
    left_out: tuple[str, ...] = ()
    is_partial: bool = False
    is_cut: bool = False


def search(
    text: str,
    filters: Filters,
    page: int,
    *,
    order: Order = Order.RELEVANCE,
    typing: bool = False,
    literal: bool = False,
) -> Results:
    """The page of hits nearest to the one asked for. An empty text gives the newest first.

    `literal` puts nothing right and leaves no word out. A number of a record is found as such.
    """
    wanted = search_text(text)
    coded = codes.find(wanted, filters)
    if coded:
        found = _Found(coded, None)
    else:
        found = _find(wanted, filters, order, typing=typing, literal=literal)
    limit = TYPING_LIMIT if typing else COUNT_LIMIT
    total = min(len(found.ids), limit)
    page, pages = page_bounds(page, total)
    shown = hits(found.ids[:total][(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Results(
        text=wanted,
        filters=filters,
        order=order,
        hits=shown,
        total=total,
        is_more=len(found.ids) > limit,
        page=page,
        pages=pages,
        shown_for=_shown_for(found.query, shown),
        left_out=found.left_out,
        is_partial=found.is_partial,
        is_cut=found.is_cut,
        counts={} if typing else _counts(found),
    )


def hits(ids: Sequence[int]) -> tuple[Hit, ...]:
    """These records as they stand on the shelf just now, in this order."""
    found = {
        row_id: Hit(
            row_id,
            Kind(kind),
            title,
            year,
            subject,
            Holding(shelf, copies, read, bool(softcopy), away),
        )
        for row_id, kind, title, year, subject, shelf, copies, read, softcopy, away in (
            statements.every(_HITS, (json.dumps(list(ids)),))
        )
    }
    return tuple(found[row_id] for row_id in ids if row_id in found)


def _find(text: str, filters: Filters, order: Order, *, typing: bool, literal: bool) -> _Found:
    query = read(text, filters, typing=typing, literal=literal)
    unknown = query.unknown
    if unknown and (literal or len(unknown) == len(query.terms)):
        return _Found((), query)
    query = query.without_unknown()
    look = _typed if typing else _ranked
    found = look(query, order, unknown)
    if not found.ids and query.is_open:
        rarer = query.with_rare_words()
        if rarer != query:
            query = rarer
            found = look(query, order, unknown)
    if found.ids or typing or literal:
        return found
    wider = query.with_neighbours()
    found = _ranked(wider, order, unknown)
    if found.ids or len(query.terms) < 2:
        return found
    partly = _places(_IN_TEXT, query.match_all_but_one(), COUNT_LIMIT + 1)
    return _Found(ranking.by_text(query, partly), query, unknown, is_partial=True)


def _typed(query: Query, order: Order, unknown: tuple[str, ...]) -> _Found:
    """Titles first, the newest ahead; the oldest of very many only for a rare word."""
    most = TYPING_LIMIT + 1
    span = statements.first(_NEWEST_SPAN) if query.terms else None
    if span is None:
        return _Found(_unranked(query, order, most), query, unknown)
    # Lists of years end where those years do. A limit of rowid would not end a search that finds
    # nothing: FTS5 looks at it when something was found.
    newest, last = map(year_at, span)
    ids = _unranked(replace(query, years=range(last, newest + 2)), order, most)
    if not ids and query.is_rare:
        return _Found(_unranked(query, order, most), query, unknown)
    return _Found(ids, query, unknown, is_cut=len(ids) < most)


def _ranked(query: Query, order: Order, unknown: tuple[str, ...]) -> _Found:
    most, match = COUNT_LIMIT + 1, query.match()
    if order is Order.NEWEST or not query.terms or query.is_short:
        return _Found(_unranked(query, order, most), query, unknown)
    titled = statements.every(_TITLED, (match, most))
    ranked = ranking.by_title(query, titled)
    if len(ranked) < most:
        known = {place for place, _ in titled}
        texts = _places(_IN_TEXT, match, most)
        others = [place for place in texts if place not in known]
        # Behind ten pages of titles nobody looks for the best of the rest.
        is_near = len(ranked) < RANKED
        ranked += ranking.by_text(query, others) if is_near else _numbers(others)
    return _Found(ranked[:most], query, unknown)


def _unranked(query: Query, order: Order, most: int) -> list[int]:
    match = query.match()
    if not match:
        return _numbers(row[0] for row in statements.every(_NEWEST, (most,)))
    titled: list[int] = []
    if query.terms and order is not Order.NEWEST:
        titled = _places(_IN_TITLE, match, most)
    if len(titled) < most:
        titled += _places(_IN_TEXT, match, most)
    return _numbers(dict.fromkeys(titled))[:most]


def _places(sql: str, match: str, most: int) -> list[int]:
    return [row[0] for row in statements.every(sql, (match, most))]


def _counts(found: _Found) -> dict[Kind, int]:
    if found.query is None or found.is_partial or found.query.unknown:
        return {}
    counts = {}
    for kind in Kind:
        match = replace(found.query, filters=replace(found.query.filters, kind=kind)).match()
        counts[kind] = statements.every(_COUNTED, (match, KIND_LIMIT + 1))[0][0]
    return counts


def _numbers(places: Iterable[int]) -> list[int]:
    return [id_at(place) for place in places]


def _shown_for(query: Query | None, shown: Sequence[Hit]) -> str:
    """The words that were looked for, when some of them are not those that were typed."""
    if query is None or not shown or not any(term.corrections for term in query.terms):
        return ""
    first = words(f"{shown[0].title} {shown[0].subject}")
    said = []
    for term in query.terms:
        likely = [one.word for one in term.corrections]
        at_hit = [word for word in likely if word in first]
        # A word that was only widened stays as typed where the hit has it so.
        is_right = not likely or any(stem(term.word) == stem(word) for word in first)
        said.append(term.word if is_right else (at_hit or likely)[0])
    text = " ".join(said)
    return "" if text == " ".join(term.word for term in query.terms) else text
