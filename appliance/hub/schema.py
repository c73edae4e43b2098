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
        present = _present(connection)
        for number, script in _scripts():
            if number > present:
                connection.execute(script)
                connection.execute("INSERT INTO schema_version VALUES (%s)", (number,))
    return newest()


def check(database: Database) -> None:
    """Raises ConfigError unless the schema is the one that this version works with."""
    with database.transaction() as connection:
        found = connection.execute("SELECT to_regclass('schema_version') IS NOT NULL").fetchone()
        present = _present(connection) if found and found[0] else 0
    if present != newest():
        raise ConfigError(TOO_OLD, present=present, wanted=newest())


def newest() -> int:
    """The number of the newest script."""
    return _scripts()[-1][0]


def _present(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(number), 0) FROM schema_version").fetchone()
    return int(row[0]) if row else 0


def _scripts() -> list[tuple[int, bytes]]:
    folder = resources.files("appliance.hub") / "migrations"
    found = []
    for entry in folder.iterdir():
        numbered = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if numbered:
            found.append((int(numbered[1]), entry.read_bytes()))
    return sorted(found)
