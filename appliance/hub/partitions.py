"""A partition a month for what grows, made ahead of time."""

import datetime as dt

from psycopg import sql

from appliance.hub.database import Connection, Database

TABLES = ("record", "health_log")
MONTHS_AHEAD = 3
_LOCK = 0x5242_5041  # 'RBPA'


def prepare(database: Database, today: dt.date) -> list[str]:
    """Make what is missing for this month and the next three; the names of what was made.

    Raises psycopg.errors.CheckViolation where the default partition holds rows of such a month:
    they came while nobody made partitions, and have to be moved by hand.
    """
    made = []
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        for table in TABLES:
            for ahead in range(MONTHS_AHEAD + 1):
                first, after = _month(today, ahead), _month(today, ahead + 1)
                name = f"{table}_{first:%Y_%m}"
                if not _is_there(connection, name):
                    _make(connection, table, name, first, after)
                    made.append(name)
    return made


def strays(database: Database) -> int:
    """How many rows lie in the default partitions, which should be empty."""
    row = database.row(
        "SELECT (SELECT count(*) FROM record_default) + (SELECT count(*) FROM health_log_default)"
    )
    return int(row[0]) if row else 0


def _make(connection: Connection, table: str, name: str, first: dt.date, after: dt.date) -> None:
    statement = sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})")
    connection.execute(
        statement.format(
            sql.Identifier(name),
            sql.Identifier(table),
            sql.Literal(f"{first}T00:00:00Z"),
            sql.Literal(f"{after}T00:00:00Z"),
        )
    )


def _is_there(connection: Connection, name: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()
    return bool(row and row[0])


def _month(day: dt.date, ahead: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + ahead
    return dt.date(months // 12, months % 12 + 1, 1)
