"""The one database file: opened, checked, and brought to the newest schema."""

import re
from importlib import resources
from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase

from appliance.errors import N_, ConfigError, Unavailable
from appliance.storage import models
from appliance.storage.turns import BUSY_TIMEOUT_S, TurnTakingDatabase

# Before 3.51.3 a checkpoint racing a commit of another process can lose committed pages
# (https://sqlite.org/wal.html#walresetbug), and four processes share this file.
OLDEST_SAFE_SQLITE = (3, 51, 3)
FILE_NAME = "ruangbaca.db"
_PRAGMAS = (
    ("foreign_keys", 1),
    ("synchronous", 2),
    ("secure_delete", 1),
    ("cache_size", -4000),
    ("temp_store", 2),
    ("trusted_schema", 0),
    ("mmap_size", 0),
    ("cell_size_check", 1),
)


def open_database(path: Path) -> APSWDatabase:
    """The opened database with every model bound to it; creates nothing.

    Each thread gets a connection of its own at first use and keeps it: opening one per request
    costs four times the rate and twice the wear. Raises ConfigError when SQLite is too old.
    """
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < OLDEST_SAFE_SQLITE:
        raise ConfigError(
            N_("SQLite %(version)s terlalu lama; perlu 3.51.3 atau lebih baru."),
            version=apsw.sqlite_lib_version(),
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    database = TurnTakingDatabase(  # type: ignore[no-untyped-call] # Peewee is typed in part only
        str(path), timeout=BUSY_TIMEOUT_S, pragmas=_PRAGMAS
    )
    database.bind(models.ALL)
    return database


def migrate(database: APSWDatabase) -> int:
    """Bring the schema to the newest version and return its number.

    Every script runs in one IMMEDIATE transaction together with its number, so that two
    processes starting at once, or a power cut, leave either the old schema or the new one.
    """
    connection = database.connection()
    # Set once, at creation: asking for WAL again can itself meet 'database is locked'.
    if connection.pragma("journal_mode") != "wal":
        connection.pragma("journal_mode", "wal")
    for number, script in _scripts():
        if connection.pragma("user_version") >= number:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.pragma("user_version") < number:
                connection.execute(script)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if not connection.getautocommit():
                connection.execute("ROLLBACK")
            raise
    return int(connection.pragma("user_version"))


def quick_check(database: APSWDatabase) -> None:
    """Return when the file is sound; raises Unavailable when SQLite finds damage."""
    connection = database.connection()
    found = connection.pragma("quick_check")
    connection.execute("PRAGMA shrink_memory")  # it read every page into the cache
    if found != "ok":
        raise Unavailable(N_("Basis data rusak. Pulihkan dari cadangan terakhir."))


def newest_schema() -> int:
    """The number of the newest migration this version knows."""
    return _scripts()[-1][0]


def _scripts() -> list[tuple[int, str]]:
    folder = resources.files("appliance.storage.migrations")
    found = []
    for entry in folder.iterdir():
        numbered = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if numbered:
            found.append((int(numbered[1]), entry.read_text(encoding="utf-8")))
    return sorted(found)
