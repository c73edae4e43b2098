"""What keeps the data safe: copies made, put back, and the daily cleaning."""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playhouse.apsw_ext import APSWDatabase

from appliance.actor import SYSTEM
from appliance.clock import BUILD_DATE, Clock
from appliance.journal import Journal
from appliance.privacy import tombstones
from appliance.record import Recorder
from appliance.runtime.logs import get_logger
from appliance.runtime.ownership import owning
from appliance.runtime.wakeup import OWNERS
from appliance.storage import backup
from appliance.storage import database as storage
from appliance.storage.models import Idempotency, utc_text
from appliance.storage.writer import Writer
from appliance.sync.outbox import Outbox

COPIES_KEPT = 14  # erased people leave the copies within two weeks of daily ones
SET_ASIDE_KEPT = dt.timedelta(days=14)  # as long as the copies: erased people are in them too
KEYS_KEPT = dt.timedelta(days=2)  # a repeated form comes within minutes, a stale tab within a day
log = get_logger("upkeep")


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made, and how many older ones were dropped for it."""

    path: Path
    size_bytes: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back; `aside` is None when there was no database before."""

    aside: Path | None
    epoch: str


def back_up(
    database: APSWDatabase,
    writer: Writer,
    recorder: Recorder,
    folder: Path,
    now: dt.datetime,
    *,
    keep: int = COPIES_KEPT,
) -> Copied:
    """Make a verified copy in `folder`, and only then drop what is too old."""
    path, manifest = backup.make_copy(database, folder, now)
    tombstones.keep(folder)
    dropped = backup.keep_newest(folder, keep)
    detail = {"sha256": manifest.sha256, "dropped": len(dropped)}
    writer.run(
        lambda: recorder.note("backup.made", f"backup/{path.name}", by=SYSTEM, detail=detail)
    )
    return Copied(path, manifest.size_bytes, len(dropped))


def restore(copy: Path, data_dir: Path, run_dir: Path, clock: Clock) -> Restored:
    """Put a copy in the place of the database, in a new epoch of the outbox.

    Raises Refused while a process of this data folder runs, and what backup.put_back raises.
    """
    epochs: list[str] = []
    journal, outbox = Journal(clock), Outbox(clock)
    erased = tombstones.read([data_dir, copy.parent])

    def write() -> None:
        epochs.append(outbox.open_epoch("restored"))
        recorder = Recorder(journal, outbox)
        recorder.note("backup.restored", f"backup/{copy.name}", by=SYSTEM)
        for uuid in tombstones.apply(erased):
            recorder.fact("person.erased", f"visit/{uuid}", by=SYSTEM)

    def prepare(draft: Path) -> None:
        with closing(storage.open_database(draft)) as database:
            storage.migrate(database)
            with closing(Writer(database)) as writer:
                writer.run(write)

    with owning(run_dir, OWNERS):
        aside = backup.put_back(copy, data_dir, clock.now(), prepare)
    return Restored(aside if aside.is_file() else None, epochs[0])


def maintain(
    database: APSWDatabase,
    writer: Writer,
    clock: Clock,
    hooks: Iterable[tuple[str, Callable[[], object]]] = (),
) -> dict[str, int]:
    """The daily cleaning; returns how much each part removed.

    `hooks` are the features' own retention jobs. None of them runs while the clock is insane:
    a Pi that woke up in 2035 must not erase a year of visits.
    """
    done: dict[str, int] = {}
    if clock.now() >= BUILD_DATE:
        done["idempotency"] = writer.run(lambda: _forget_keys(clock.now() - KEYS_KEPT))
        for name, hook in hooks:
            removed = hook()
            done[name] = removed if isinstance(removed, int) else 0
    else:
        log.warning("the wall clock cannot be right; nothing is erased")
    connection = database.connection()
    connection.pragma("optimize")
    done["wal_pages"] = empty_log(database)
    return done


def empty_log(database: APSWDatabase) -> int:
    """Bring the log into the database and empty its file; how many pages it had.

    What was erased lies in the log until then. Somebody who reads just now can put it off.
    """
    connection = database.connection()
    busy, pages, _moved = next(iter(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")))
    if busy:
        log.info("others were reading; the log file is shortened next time")
    return max(int(pages), 0)


def drop_set_aside(data_dir: Path, now: dt.datetime) -> int:
    """Delete the databases that a restore replaced so long ago that no copy is kept; how many."""
    due = [
        path
        for path in (data_dir / "set-aside").glob("ruangbaca-*")
        if now.timestamp() - path.stat().st_mtime > SET_ASIDE_KEPT.total_seconds()
    ]
    for path in due:
        path.unlink(missing_ok=True)
    return len(due)


def _forget_keys(before: dt.datetime) -> int:
    expired = Idempotency.created_at < utc_text(before)
    return int(Idempotency.delete().where(expired).execute())  # type: ignore[misc]
