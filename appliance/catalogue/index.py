"""The search index, kept in step with the records.

Triggers note every record whose words, kind, year, area or withdrawal changed, whoever wrote it;
`refresh` then makes its entry anew. Writers call it in the same transaction, searches call it when
they find something noted, and the daily cleaning does the rest.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.catalogue.words import PARTICLES, stem, words
from appliance.storage import statements

ID_BITS = 24  # of a place; the day stands above them
LARGEST_ID = (1 << ID_BITS) - 1
LAST_DAY = (1 << 22) - 1
REFRESH_LIMIT = 200  # entries at a time: others wait for the writer at most that long
MERGE_PAGES = 400  # of the index that one cleaning step puts in order
_EPOCH = dt.date(1900, 1, 1)
_MIDDLE_OF_YEAR = "07-01"  # where a record with nothing but a year stands
_INDEXES = ("title_index", "text_index")
_STALE = "SELECT publication_id FROM catalogue_stale ORDER BY publication_id DESC LIMIT ?"
_RECORDS = """
    SELECT id, kind, title, subject, abstract, year, released_on, domain
    FROM publication WHERE withdrawn_at IS NULL AND id IN (SELECT value FROM json_each(?))"""
_ENTRIES = """
    SELECT publication_id, place FROM catalogue_entry
    WHERE publication_id IN (SELECT value FROM json_each(?))"""
_COUNT_WORD = """
    INSERT INTO catalogue_word (word, stem, records) VALUES (?, ?, ?)
    ON CONFLICT (word) DO UPDATE SET records = records + excluded.records"""
_KNOW_WORD = "INSERT OR IGNORE INTO catalogue_word (word, stem, records) VALUES (?, ?, 1)"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record as the index keeps it."""

    place: int
    title: str
    text: str
    title_words: int
    words: frozenset[str]


def place_of(publication_id: int, year: int | None, released_on: str | None) -> int:
    """Where a record stands among all: the newest day first, then the largest number.

    FTS5 walks upwards faster than back.
    """
    try:
        day = dt.date.fromisoformat(released_on or f"{year}-{_MIDDLE_OF_YEAR}")
    except ValueError:  # not known, or not a date: such a record is old, not lost
        day = _EPOCH
    days = max((day - _EPOCH).days, 0)
    return (LAST_DAY - days) << ID_BITS | (LARGEST_ID - publication_id)


def id_at(place: int) -> int:
    """The record that stands there."""
    return LARGEST_ID - (place & LARGEST_ID)


def year_at(place: int) -> int:
    """The year of the day that stands there."""
    return (_EPOCH + dt.timedelta(days=LAST_DAY - (place >> ID_BITS))).year


def is_behind() -> bool:
    """Whether some record's entry is not made yet."""
    return statements.first("SELECT 1 FROM catalogue_stale LIMIT 1") is not None


def refresh(limit: int = REFRESH_LIMIT) -> int:
    """Make the entries that are behind, the newest records first, and say how many were made.

    Belongs inside a function given to the writer.
    """
    stale = [row[0] for row in statements.every(_STALE, (limit,))]
    if not stale:
        return 0
    ids = json.dumps(stale)
    known = dict(statements.every(_ENTRIES, (ids,)))
    entries = {row[0]: _entry(*row) for row in statements.every(_RECORDS, (ids,))}
    _forget(known.values())
    _keep(sorted(entries.items(), key=lambda item: item[1].place))
    _count([entry.words for key, entry in entries.items() if key not in known], _COUNT_WORD)
    _count([entry.words for key, entry in entries.items() if key in known], _KNOW_WORD)
    statements.run(
        "DELETE FROM catalogue_stale WHERE publication_id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    return len(stale)


def is_whole() -> bool:
    """Whether every record that is not withdrawn has an entry, and no other has one."""
    row = statements.first(
        """SELECT count(*) FROM publication p LEFT JOIN catalogue_entry e
           ON e.publication_id = p.id WHERE (p.withdrawn_at IS NULL) <> (e.place IS NOT NULL)"""
    )
    strays = statements.first(
        "SELECT 1 FROM catalogue_entry WHERE publication_id NOT IN (SELECT id FROM publication)"
    )
    return row == (0,) and strays is None


def start_anew() -> None:
    """Empty the index and note every record; `refresh` then fills it. Inside the writer."""
    for name in _INDEXES:
        statements.run(f"INSERT INTO {name} ({name}) VALUES ('delete-all')")  # noqa: S608 - ours
    statements.run("DELETE FROM catalogue_entry")
    statements.run("DELETE FROM catalogue_word")
    statements.run("INSERT OR IGNORE INTO catalogue_stale SELECT id FROM publication")


def merge(*, is_first: bool) -> bool:
    """Put some more of the index in order, so that a word is read from few places.

    Returns whether there is more to do. `is_first` begins anew; a bounded step, inside the writer.
    """
    pages = -MERGE_PAGES if is_first else MERGE_PAGES
    before = statements.changes()
    for name in _INDEXES:
        statements.run(
            f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)",  # noqa: S608 - ours
            (pages,),
        )
    # Each command counts as one change by itself, and as more where it did something.
    return statements.changes() - before >= 2 * len(_INDEXES)


def filter_tokens(
    *, kind: str | None, year: int | None, subject: str, area: str
) -> tuple[str, ...]:
    """What an entry says and a search asks beside words; nothing for what is empty.

    The same however a subject is spaced and capitalised.
    """
    texts = (("k", kind or ""), ("s", subject), ("a", area))
    tokens = [f"{letter}:{''.join(words(text))}" for letter, text in texts if text]
    return (*tokens, year_token(year)) if year else tuple(tokens)


def year_token(year: int | str) -> str:
    """What stands for a year, which a title need not say."""
    return f"y:{year}"


def _entry(
    publication_id: int,
    kind: str,
    title: str,
    subject: str,
    abstract: str,
    year: int | None,
    released_on: str | None,
    domain: str,
) -> _Entry:
    in_title, elsewhere = words(title), words(f"{subject} {abstract}")
    stems = dict.fromkeys(map(stem, in_title))
    filters = filter_tokens(kind=kind, year=year, subject=subject, area=domain)
    telling = {stem(word) for word in in_title if not word.isdigit() and word not in PARTICLES}
    return _Entry(
        place=place_of(publication_id, year, released_on),
        title=" ".join((*stems, *filters)),
        text=" ".join((*dict.fromkeys((*stems, *map(stem, elsewhere))), *filters)),
        title_words=len(telling),
        words=frozenset((*in_title, *elsewhere)),
    )


def _forget(places: Iterable[int]) -> None:
    gone = [(place,) for place in places]
    statements.run_many("DELETE FROM title_index WHERE rowid = ?", gone)
    statements.run_many("DELETE FROM text_index WHERE rowid = ?", gone)
    statements.run_many(
        "DELETE FROM catalogue_entry WHERE publication_id = ?",
        [(id_at(place),) for (place,) in gone],
    )


def _keep(entries: Sequence[tuple[int, _Entry]]) -> None:
    statements.run_many(
        "INSERT INTO title_index (rowid, stems) VALUES (?, ?)",
        [(entry.place, entry.title) for _, entry in entries],
    )
    statements.run_many(
        "INSERT INTO text_index (rowid, stems) VALUES (?, ?)",
        [(entry.place, entry.text) for _, entry in entries],
    )
    statements.run_many(
        "INSERT INTO catalogue_entry (publication_id, place, title_words) VALUES (?, ?, ?)",
        [(key, entry.place, entry.title_words) for key, entry in entries],
    )


def _count(found: Sequence[frozenset[str]], sql: str) -> None:
    counted = Counter(word for each in found for word in each)
    rows = sorted(counted.items())
    if sql == _COUNT_WORD:
        statements.run_many(sql, [(word, stem(word), count) for word, count in rows])
    else:
        statements.run_many(sql, [(word, stem(word)) for word, _ in rows])
