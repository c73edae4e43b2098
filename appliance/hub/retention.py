"""Lets go of old months, a whole partition at a time; the facts that came of them stay."""

import datetime as dt
import re
from dataclasses import dataclass

from psycopg import sql

from appliance.hub import anchors, projector
from appliance.hub.database import Connection, Database
from appliance.hub.partitions import TABLES

_NAME = re.compile(r"(record|health_log)_(\d{4})_(\d{2})")
_CHILDREN = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
    " WHERE i.inhparent = to_regclass(%s) ORDER BY 1"
)
_READ = "SELECT received_id FROM projector WHERE name = 'facts'"
_KEEP = (
    "UPDATE visit_fact SET kept = true WHERE NOT kept AND received_first <= %s",
    "UPDATE locker_fact SET kept = true WHERE NOT kept AND received_id <= %s",
    "UPDATE rating_fact SET kept = true WHERE NOT kept AND received_id <= %s",
)
_SETTLED = "SELECT count(*), coalesce(sum(length(raw)), 0) FROM quarantine WHERE settled_at < %s"


@dataclass(frozen=True, slots=True)
class Old:
    """A month of one table, or what was settled of the quarantine. `is_unread`: it stays, for
    the figures do not have all of it yet."""

    name: str
    rows: int
    size_bytes: int
    is_unread: bool = False


def old(database: Database, today: dt.date, months: int) -> list[Old]:
    """What is older than so many whole months before the present one."""
    found = []
    with database.transaction() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        for table in TABLES:
            found += [
                _measured(connection, name) for name in _names(connection, table, today, months)
            ]
        row = connection.execute(_SETTLED, (_oldest(today, months),)).fetchone()
    if row and row[0]:
        found.append(Old("quarantine", int(row[0]), int(row[1])))
    return found


def drop(database: Database, today: dt.date, months: int) -> list[Old]:
    """Let go of it, one month a transaction; what went, and what had to stay.

    Raises psycopg.errors.LockNotAvailable where the table is too busy: try again later, what
    went is gone.
    """
    done = []
    for one in old(database, today, months):
        with database.transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = 0")
            projector.wait_for_turn(connection)
            if one.name == "quarantine":
                limit = _oldest(today, months)
                connection.execute("DELETE FROM quarantine WHERE settled_at < %s", (limit,))
                done.append(one)
            else:
                done.append(_dropped(connection, one.name))
    return done


def _dropped(connection: Connection, name: str) -> Old:
    """Looked at once more: the projector waits meanwhile."""
    found = _measured(connection, name)
    if found.is_unread:
        return found
    table = name[: -len("_2026_11")]
    if table == "record":
        last = _last(connection, name)
        for statement in _KEEP:
            connection.execute(statement, (last,))
        connection.execute(anchors.FORGET, (last,))
    parts = {"parent": sql.Identifier(table), "part": sql.Identifier(name)}
    # Not CONCURRENTLY, which a table with a default partition does not allow.
    connection.execute(sql.SQL("ALTER TABLE {parent} DETACH PARTITION {part}").format(**parts))
    connection.execute(sql.SQL("DROP TABLE {part}").format(**parts))
    return found


def _measured(connection: Connection, name: str) -> Old:
    count = sql.SQL("SELECT count(*), pg_total_relation_size({}::regclass) FROM {}")
    row = connection.execute(count.format(sql.Literal(name), sql.Identifier(name))).fetchone()
    rows, size = row or (0, 0)
    is_unread = name.startswith("record") and _last(connection, name) > _position(connection)
    return Old(name, int(rows), int(size), is_unread)


def _last(connection: Connection, name: str) -> int:
    newest = sql.SQL("SELECT coalesce(max(received_id), 0) FROM {}").format(sql.Identifier(name))
    row = connection.execute(newest).fetchone()
    return int(row[0]) if row else 0


def _position(connection: Connection) -> int:
    row = connection.execute(_READ).fetchone()
    return int(row[0]) if row else 0


def _names(connection: Connection, table: str, today: dt.date, months: int) -> list[str]:
    names = [row[0] for row in connection.execute(_CHILDREN, (table,)).fetchall()]
    limit = _oldest(today, months)
    return [name for name in names if (found := _month(name)) is not None and found < limit]


def _month(name: str) -> dt.date | None:
    found = _NAME.fullmatch(name)
    return dt.date(int(found[2]), int(found[3]), 1) if found else None


def _oldest(today: dt.date, months: int) -> dt.date:
    """The first day of the oldest month that stays."""
    left = today.year * 12 + today.month - 1 - months
    return dt.date(left // 12, left % 12 + 1, 1)
