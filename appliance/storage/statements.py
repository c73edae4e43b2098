"""Statements as text, for the few that run with every fact.

Peewee builds its SQL anew at each call, which costs twenty times the statement itself. Journal
and outbox are written by everything that happens, so theirs are written out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw

from appliance.storage.bound import bound_database

Value = str | int | float | bytes | None


def first(sql: str, values: Sequence[Value] = ()) -> tuple[Any, ...] | None:
    """The first row, or None; on the calling thread's own connection."""
    row: tuple[Any, ...] | None = _execute(sql, values).fetchone()
    return row


def every(sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
    """Every row; on the calling thread's own connection."""
    rows: list[tuple[Any, ...]] = _execute(sql, values).fetchall()
    return rows


def run_many(sql: str, rows: Iterable[Sequence[Value]]) -> None:
    """Run a statement that returns nothing for each of these rows. Belongs where `run` does."""
    bound_database().connection().executemany(sql, rows)


def run(sql: str, values: Sequence[Value] = ()) -> None:
    """Run a statement that returns nothing. Belongs inside a function given to the writer."""
    _execute(sql, values)


def insert(sql: str, values: Sequence[Value]) -> int:
    """Insert one row; its id. Belongs where `run` does."""
    _execute(sql, values)
    return int(bound_database().connection().last_insert_rowid())


def changes() -> int:
    """How many rows the calling thread's connection has changed since it was opened."""
    return int(bound_database().connection().total_changes())


def _execute(sql: str, values: Sequence[Value]) -> apsw.Cursor:
    cursor: apsw.Cursor = bound_database().execute_sql(sql, values)
    return cursor
