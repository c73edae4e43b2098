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
        if not name.startswith(("sqlite_", "title_index", "text_index"))
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


VISIT_COLUMNS = (
    "uuid, token_hash, code, business_date, number, channel, registered_at, registered_boot_id,"
    " registered_boot_ms, registered_clock, sex, age_band, education, occupation,"
    " agency_category, purpose, services, channels"
)
VISIT_VALUES = (
    "'v', 't', 'c', '2026-11-23', 1, 'phone', 'then', 'b', 0, 2,"
    " '1', '2', '3', '1', '6', '1', '1', '1'"
)
CLOCKS = "created_boot_id, created_boot_ms, seen_at, seen_boot_id, seen_boot_ms"
MEDIUM = "resolution_dpi, mode, width_mm, height_mm, asked_at, boot_id, asked_boot_ms"
# What a row says of itself beside its state, and whether it may say so.
CLAIMS = [
    ("visit", "state, closed_at", "'served', NULL", True),
    ("visit", "state, closed_at", "'served', 'then'", False),
    ("visit", "state, closed_at", "'finished', NULL", False),
    ("visit", "state, closed_at", "'not_returned', 'then'", True),
    ("deposit", "state, returned_at", "'held', NULL", True),
    ("deposit", "state, returned_at", "'left_behind', 'then'", False),
    ("deposit", "state, returned_at", "'returned', NULL", False),
    ("deposit", "state, returned_at", "'handed_over', 'then'", True),
    ("deposit", "state, returned_at", "'waived', 'then'", False),
    ("deposit", "state, envelope", "'sealed', NULL", False),
    ("deposit", "state, envelope", "'sealed', 1", True),
    ("photocopy", "state, out_at, back_at", "'asked', 'then', NULL", False),
    ("photocopy", "state, out_at, back_at", "'out', NULL, NULL", False),
    ("photocopy", "state, out_at, back_at", "'out', 'then', NULL", True),
    ("photocopy", "state, out_at, back_at", "'out', 'then', 'then'", False),
    ("photocopy", "state, out_at, back_at", "'back', 'then', NULL", False),
    ("photocopy", "state, out_at, back_at", "'back', 'then', 'then'", True),
    ("scan_page", "state, finished_at", "'scanning', 'then'", False),
    ("scan_page", "state, finished_at", "'kept', NULL", False),
    ("scan_page", "state, finished_at", "'kept', 'then'", True),
    ("staff_session", "ended_at, end_reason", "'then', NULL", False),
    ("staff_session", "ended_at, end_reason", "NULL, 'idle'", False),
    ("staff_session", "ended_at, end_reason", "'then', 'idle'", True),
    ("locker_session", "ended_at, end_reason", "'then', NULL", False),
    ("locker_session", "ended_at, end_reason", "'then', 'visitor'", True),
    ("softcopy_request", "state, changed_at, changed_by", "'sent', NULL, NULL", False),
    ("softcopy_request", "state, changed_at, changed_by", "'new', 'then', 'x'", False),
    ("softcopy_request", "state, changed_at, changed_by", "'refused', 'then', 'x'", True),
    ("softcopy_request", "state, forgotten_at, code", "'new', 'then', 'c'", False),
    ("complaint", "state, answered_at", "'answered', NULL", False),
    ("complaint", "state, answered_at", "'in_hand', 'then'", False),
    ("complaint", "state, answered_at", "'answered', 'then'", True),
]
# The other columns of each table that must hold something; parents are not asked for here.
OTHERS = {
    "visit": (VISIT_COLUMNS, VISIT_VALUES),
    "deposit": (
        "uuid, visit_id, kind, card_type, tray_slot, received_at, received_by",
        "'d', 1, 'card', 'KTP', 1, 'then', 'x'",
    ),
    "photocopy": (
        "uuid, form_id, visit_id, title, pages, created_at",
        "'p', 1, 1, 't', '1', 'then'",
    ),
    "scan_page": (
        f"uuid, job_id, position, scanner, {MEDIUM}",
        "'s', 1, 1, 'x', 300, 'Gray', 210, 297, 'then', 'b', 0",
    ),
    "staff_session": (
        f"token_hash, staff_id, created_at, {CLOCKS}",
        "'t', 1, 'then', 'b', 0, 'then', 'b', 0",
    ),
    "locker_session": (
        "uuid, locker_id, visit_id, started_at, started_by",
        "'l', 1, 1, 'then', 'x'",
    ),
    "softcopy_request": ("uuid, visit_id, wanted, created_at", "'r', 1, 'w', 'then'"),
    "complaint": (
        "uuid, code, topic, body, created_at, due_at",
        "'c', 'c', 'service', 'b', 'then', 'then'",
    ),
}


@pytest.mark.parametrize(("table", "columns", "values", "is_true"), CLAIMS)
def test_a_state_and_its_moment_cannot_disagree(
    core: Core, table: str, columns: str, values: str, is_true: bool
) -> None:
    connection = core.database.connection()
    connection.execute("PRAGMA foreign_keys = 0")
    other_columns, other_values = OTHERS[table]
    insert = f"INSERT INTO {table} ({other_columns}, {columns}) VALUES ({other_values}, {values})"

    if is_true:
        connection.execute(insert)
    else:
        with pytest.raises(apsw.ConstraintError, match="CHECK"):
            connection.execute(insert)
