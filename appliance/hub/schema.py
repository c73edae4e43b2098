"""The schema, brought to the newest version by numbered scripts."""

import re
from importlib import resources

from appliance.errors import ConfigError
from appliance.hub.database import Connection, Database

_LOCK = 0x5242_4855  # 'RBHU': one migration at a time, of however many hubs start at once
TOO_OLD = (
    "Skema basis data pusat nomor %(present)s, perlu %(wanted)s: jalankan `ruangbaca hub migrate`."
    " / The hub's schema is %(present)s, not %(wanted)s: run `ruangbaca hub migrate`."
)


def migrate(database: Database) -> int:
    """Bring the schema to the newest version and return its number.

    Each script runs in one transaction together with its number.
    """
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute("CREATE TABLE IF NOT EXISTS schema_version (number integer PRIMARY KEY)")
        done = _done(connection)
        for number, script in _scripts():
            if number not in done:
                connection.execute(script)
                connection.execute("INSERT INTO schema_version VALUES (%s)", (number,))
    return newest()


def check(database: Database) -> None:
    """Raises ConfigError unless the schema is the one that this version works with."""
    with database.transaction() as connection:
        found = connection.execute("SELECT to_regclass('schema_version') IS NOT NULL").fetchone()
        done = _done(connection) if found and found[0] else frozenset()
    if done != {number for number, _ in _scripts()}:
        raise ConfigError(TOO_OLD, present=max(done, default=0), wanted=newest())


def newest() -> int:
    """The number of the newest script."""
    return _scripts()[-1][0]


def _done(connection: Connection) -> frozenset[int]:
    """Every script that this database has had: numbers need not come in their order."""
    rows = connection.execute("SELECT number FROM schema_version").fetchall()
    return frozenset(row[0] for row in rows)


def _scripts() -> list[tuple[int, bytes]]:
    folder = resources.files("appliance.hub") / "migrations"
    found = []
    for entry in folder.iterdir():
        numbered = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if numbered:
            found.append((int(numbered[1]), entry.read_bytes()))
    return sorted(found)
