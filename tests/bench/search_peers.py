"""What a catalogue search is compared with: plain FTS5, Datasette and tantivy, same records.

Datasette and tantivy are no requirements of anything: where they are missing, `open_peers` leaves
them out.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Search = Callable[[str], object]
# Its time limit is one of the clock, which says nothing on a busy machine.
SETTINGS = {"num_sql_threads": 1, "sql_time_limit_ms": 60_000}
_COLUMNS = ("id", "title", "subject", "abstract", "year", "kind")
# What one would write first: an index over the table with bm25, prefixes of two and three letters.
# Datasette finds it by its double quotes.
_SCHEMA = """
    CREATE TABLE publication (
        id INTEGER PRIMARY KEY, title TEXT, subject TEXT, abstract TEXT, year INTEGER, kind TEXT);
    CREATE VIRTUAL TABLE publication_fts USING fts5 (
        title, subject, abstract, content="publication", content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3');"""
_RANKED = """
    SELECT rowid FROM publication_fts WHERE publication_fts MATCH ?
    ORDER BY bm25(publication_fts) LIMIT 20"""


class PlainFts:
    """FTS5 over title, subject and abstract, ranked by bm25 over every match."""

    def __init__(self, folder: Path, rows: Sequence[dict[str, object]]) -> None:
        self.path = folder / "plain.db"
        self._connection = sqlite3.connect(self.path)
        self._connection.executescript(_SCHEMA)
        with self._connection:
            self._connection.executemany(
                f"INSERT INTO publication VALUES ({', '.join('?' * len(_COLUMNS))})",
                ([row[name] for name in _COLUMNS] for row in rows),
            )
            for command in ("rebuild", "optimize"):
                self._connection.execute(
                    "INSERT INTO publication_fts (publication_fts) VALUES (?)", (command,)
                )

    def ranked(self, text: str) -> object:
        return self._connection.execute(_RANKED, (_quoted(text),)).fetchall()

    def close(self) -> None:
        self._connection.close()


def datasette_searches(path: Path) -> dict[str, Search]:
    """Datasette's table search while typing: as it comes, and with all its extras off."""
    from datasette.app import Datasette

    loop = asyncio.new_event_loop()
    site = Datasette([str(path)], settings=SETTINGS)
    loop.run_until_complete(site.invoke_startup())
    extras = {"_nofacet": 1, "_nosuggest": 1, "_nocount": 1, "_size": 20, "_col": "title"}

    def search(text: str, more: dict[str, object]) -> Any:
        query = {"_search": _quoted(text, is_open=True), "_searchmode": "raw", **more}
        answer = loop.run_until_complete(
            site.client.get(f"/plain/publication.json?{urlencode(query)}")
        )
        assert answer.status_code == 200, answer.text
        return answer

    found = search("kab", extras)
    assert " match " in found.json()["query"]["sql"], "Datasette has not found the index"
    return {
        "datasette, no extras": lambda text: search(text, extras),
        "datasette _search": lambda text: search(text, {}),
    }


def tantivy_search(folder: Path, rows: Sequence[dict[str, object]]) -> Search:
    """The same fields in tantivy; every word needed, the last one cut off."""
    import tantivy

    fields = ("title", "subject", "abstract")
    builder = tantivy.SchemaBuilder()
    for name in fields:
        builder.add_text_field(name, stored=name == "title")
    builder.add_integer_field("id", stored=True)
    schema = builder.build()
    (folder / "tantivy").mkdir()
    index = tantivy.Index(schema, path=str(folder / "tantivy"))
    writer = index.writer(100_000_000, 1)
    for row in rows:
        writer.add_document(tantivy.Document(**{name: row[name] for name in (*fields, "id")}))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def any_field(make: Callable[[str], object]) -> object:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, make(name)) for name in fields])

    def search(text: str) -> Any:
        *whole, last = text.split()
        parts = [
            any_field(lambda name, word=word: tantivy.Query.term_query(schema, name, word))
            for word in whole
        ]
        parts.append(any_field(lambda name: tantivy.Query.regex_query(schema, name, f"{last}.*")))
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        return searcher.search(query, 20)

    assert search("kab").hits, "tantivy finds nothing"
    return search


def open_peers(
    plain: PlainFts, folder: Path, rows: Sequence[dict[str, object]]
) -> tuple[dict[str, Search], list[str]]:
    """The searches there are by name, and the names of what is not installed."""
    found: dict[str, Search] = {}
    missing = []
    try:
        found |= datasette_searches(plain.path)
    except ImportError:
        missing.append("datasette")
    try:
        found["tantivy"] = tantivy_search(folder, rows)
    except ImportError:
        missing.append("tantivy")
    return found, missing


def _quoted(text: str, *, is_open: bool = False) -> str:
    words = ['"' + word.replace('"', '""') + '"' for word in text.split()]
    return " ".join(words) + ("*" if is_open else "")
