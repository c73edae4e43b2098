"""Copies of the database: made, damaged, refused, put back."""

import datetime as dt
import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from appliance.actor import SYSTEM
from appliance.bootstrap import Core
from appliance.config import Settings
from appliance.core import open_core
from appliance.errors import NotFound, Refused, Unavailable
from appliance.health.upkeep import back_up, maintain, restore
from appliance.runtime.ownership import own
from appliance.storage import backup
from appliance.storage.models import Idempotency, Meta, Stream
from tests.fakes import START, FakeClock


def keep(core: Core, value: str) -> None:
    core.writer.run(lambda: Meta.replace(key="canary", value=value).execute())


def canary(settings: Settings, clock: FakeClock) -> str:
    with closing(open_core(settings, clock=clock)) as core:
        assert core.journal.first_broken_link() is None
        assert core.outbox.first_broken_link() is None
        return str(Meta.get(Meta.key == "canary").value)


def add_event(core: Core) -> None:
    core.writer.run(
        lambda: core.recorder.fact("locker.released", "locker/1", {"locker": 1}, by=SYSTEM)
    )


def copy_of(core: Core, folder: Path) -> Path:
    return back_up(core.database, core.writer, core.recorder, folder, core.clock.now()).path


def test_a_copy_is_private_verified_and_says_what_it_is(core: Core, tmp_path: Path) -> None:
    copy = copy_of(core, tmp_path / "copies")

    said = json.loads(backup.manifest_path(copy).read_text())
    assert said["sha256"] == backup.sha256(copy)
    assert said["size_bytes"] == copy.stat().st_size
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert backup.verify(copy) == said["schema"]
    assert sorted(path.suffix for path in copy.parent.iterdir()) == [".db", ".json"]
    assert core.journal.latest(1)[0].action == "backup.made"


def test_what_was_written_after_the_copy_is_set_aside_and_not_lost(
    core: Core, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    keep(core, "before")
    add_event(core)
    copy = copy_of(core, tmp_path)
    keep(core, "after")
    old_epoch = core.outbox.state().epoch
    core.close()

    done = restore(copy, settings.data_dir, settings.run_dir, clock)

    assert canary(settings, clock) == "before"
    assert done.aside is not None
    assert canary_in(done.aside) == "after"
    with closing(open_core(settings, clock=clock)) as restored:
        state = restored.outbox.state()
        opened = Stream.get(Stream.open)
        assert (state.epoch, opened.reason, opened.prev_epoch) == (
            done.epoch,
            "restored",
            old_epoch,
        )
        assert state.waiting == 1  # the event of the old epoch still waits
        add_event(restored)
        assert restored.outbox.state().last_sequence == 1
        assert restored.outbox.first_broken_link() is None
        assert restored.journal.latest(2)[1].action in ("backup.restored", "locker.released")


def canary_in(file: Path) -> str:
    import apsw

    connection = apsw.Connection(str(file))
    with closing(connection):
        return str(connection.execute("SELECT value FROM meta WHERE key = 'canary'").get)


@pytest.mark.parametrize("damage", ["flip", "truncate", "header", "empty", "not a database"])
@pytest.mark.parametrize("has_manifest", [True, False])
def test_a_damaged_copy_is_refused_and_changes_nothing(
    core: Core,
    settings: Settings,
    clock: FakeClock,
    tmp_path: Path,
    damage: str,
    has_manifest: bool,
) -> None:
    keep(core, "present")
    copy = copy_of(core, tmp_path / "copies")
    core.close()
    hurt(copy, damage)
    if not has_manifest:
        backup.manifest_path(copy).unlink()
    before = sorted(os.listdir(settings.data_dir))

    with pytest.raises((Refused, Unavailable)):
        restore(copy, settings.data_dir, settings.run_dir, clock)

    assert canary(settings, clock) == "present"
    assert [name for name in os.listdir(settings.data_dir) if name not in before] == []


def hurt(file: Path, damage: str) -> None:
    content = bytearray(file.read_bytes())
    if damage == "flip":
        # A page in the middle, all of it: a single bit may fall on unused space.
        content[4096 * 6 : 4096 * 7] = bytes(255 - byte for byte in content[4096 * 6 : 4096 * 7])
    elif damage == "truncate":
        del content[len(content) // 2 :]
    elif damage == "header":
        content[:100] = bytes(100)
    elif damage == "empty":
        content.clear()
    else:
        content[:] = b"SELECT * FROM visit;\n" * 1000
    file.write_bytes(content)


def test_a_present_database_beyond_reading_is_replaced_and_kept(
    core: Core, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    keep(core, "good")
    copy = copy_of(core, tmp_path)
    core.close()
    present = settings.data_dir / "ruangbaca.db"
    hurt(present, "header")
    damaged = present.read_bytes()

    done = restore(copy, settings.data_dir, settings.run_dir, clock)

    assert canary(settings, clock) == "good"
    assert done.aside is not None
    assert done.aside.read_bytes() == damaged


def test_a_foreign_log_is_never_replayed_into_the_restored_file(
    core: Core, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    keep(core, "copied")
    copy = copy_of(core, tmp_path)
    keep(core, "only in the log")
    present = settings.data_dir / "ruangbaca.db"
    log = Path(f"{present}-wal").read_bytes()
    core.close()
    Path(f"{present}-wal").write_bytes(log)  # as a power cut would have left it
    hurt(present, "header")

    done = restore(copy, settings.data_dir, settings.run_dir, clock)

    assert canary(settings, clock) == "copied"
    assert done.aside is not None
    assert Path(f"{done.aside}-wal").read_bytes() == log


def test_nothing_is_restored_while_a_process_runs(
    core: Core, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    copy = copy_of(core, tmp_path)
    held = own(settings.run_dir, "sync")

    with pytest.raises(Refused, match="sync"):
        restore(copy, settings.data_dir, settings.run_dir, clock)
    held.release()
    with pytest.raises(NotFound):
        restore(tmp_path / "none.db", settings.data_dir, settings.run_dir, clock)


def test_a_damaged_copy_never_pushes_out_a_sound_one(core: Core, tmp_path: Path) -> None:
    copies = [
        backup.make_copy(core.database, tmp_path, START + dt.timedelta(days=day))[0]
        for day in range(4)
    ]
    hurt(copies[3], "header")

    dropped = backup.keep_newest(tmp_path, 2)

    assert dropped == [copies[0]]
    assert [copy.exists() for copy in copies] == [False, True, True, True]


def test_a_full_or_forbidden_folder_leaves_nothing_behind(core: Core, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")

    with pytest.raises((Unavailable, OSError)):
        copy_of(core, blocked / "copies")

    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_daily_cleaning_forgets_old_keys_but_never_by_an_insane_clock(
    core: Core, clock: FakeClock
) -> None:
    core.writer.run(
        lambda: Idempotency.create(scope="x", key_hash="y", subject="z", created_at=clock.now())
    )
    clock.jump(-400 * 24 * 3600)
    assert "idempotency" not in maintain(core.database, core.writer, clock)
    clock.jump(403 * 24 * 3600)

    done = maintain(core.database, core.writer, clock)

    assert done["idempotency"] == 1
    assert not Idempotency.select().exists()
