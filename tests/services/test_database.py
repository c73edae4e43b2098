"""The schema, its migrations and its models."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from appliance.bootstrap import Core, open_core
from appliance.config import Settings
from appliance.errors import Unavailable
from appliance.storage import database as storage
from appliance.storage import models
from tests.fakes import FakeClock


def test_every_model_mirrors_its_table(core: Core) -> None:
    connection = core.database.connection()
    tables = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if not name.startswith(("sqlite_", "publication_fts"))
    }

    assert {model._meta.table_name for model in models.ALL} == tables
    for model in models.ALL:
        columns = {
            name: (bool(notnull) or bool(key))
            for _, name, _, notnull, _, key in connection.execute(
                f"PRAGMA table_info({model._meta.table_name})"
            )
        }
        assert {f.column_name: not f.null for f in model._meta.sorted_fields} == columns


def test_the_pragmas_hold_on_every_thread(core: Core) -> None:
    def pragmas() -> list[object]:
        connection = core.database.connection()
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
        found = [connection.pragma(name) for name in names]
        core.database.close()
        return found

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(pragmas).result() == pragmas() == ["wal", 2, 1, 1, 0]


def test_two_processes_starting_at_once_migrate_once(tmp_path: Path) -> None:
    def start(_: int) -> int:
        database = storage.open_database(tmp_path / "x.db")
        version = storage.migrate(database)
        database.close()
        return version

    storage.open_database(tmp_path / "x.db").connection().pragma("journal_mode", "wal")
    with ThreadPoolExecutor(4) as pool:
        versions = set(pool.map(start, range(4)))

    assert len(versions) == 1
    assert versions.pop() >= 1


def test_a_failing_migration_leaves_the_old_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = storage.open_database(tmp_path / "x.db")
    version = storage.migrate(database)
    broken = "CREATE TABLE half (x); CREATE TABLE half (x);"
    monkeypatch.setattr(storage, "_scripts", lambda: [(version + 1, broken)])

    with pytest.raises(apsw.SQLError):
        storage.migrate(database)

    assert database.connection().pragma("user_version") == version
    assert "half" not in database.get_tables()
    database.close()


def test_a_damaged_file_is_told_at_start(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), port=0)
    open_core(settings, clock=FakeClock()).close()
    file = tmp_path / storage.FILE_NAME
    torn = bytearray(file.read_bytes())
    torn[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    file.write_bytes(torn)

    with pytest.raises((Unavailable, apsw.Error)):
        open_core(settings, clock=FakeClock())


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal"])
def test_the_journal_cannot_be_rewritten(core: Core, statement: str) -> None:
    from appliance.actor import SYSTEM

    core.writer.run(lambda: core.recorder.note("test", "x", by=SYSTEM))

    with pytest.raises(apsw.ConstraintError):
        core.database.connection().execute(statement)
