"""What a journal of a million lines costs: ``python -m tests.bench.bench_journal``.

The lines are written as they are in a year or so of a busy room, in their chain. Each page is told
as CPU time of this process, beside that of the newest page without a filter, while the index is
filled and with a day of lines that it does not know; then the proof of every line with the memory
it took, and what a line adds to the write-ahead log: by itself, and its share of a day's filling.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw

from appliance.actor import SYSTEM
from appliance.config import Settings
from appliance.core import Core, open_core
from appliance.journal.index import JournalIndex
from appliance.journal.proof import COLUMNS, GENESIS, link
from appliance.journal.reading import APPLIANCE, VISITORS, Wanted
from appliance.storage.database import FILE_NAME

LINES, TIMES = 1_000_000, 20
DAY = 5000  # lines
USUAL = (
    *("visit.registered", "visit.called", "visit.served", "visit.closed", "locker.assigned"),
    *("locker.commanded", "locker.outcome", "locker.released", "reading.noted", "scan.page"),
)
WANTED = {
    "newest page": Wanted(),
    "an officer": Wanted(who="sari"),
    "an admin who hardly acts": Wanted(who="admin"),
    "visitors": Wanted(who=VISITORS),
    "the appliance": Wanted(who=APPLIANCE),
    "a usual kind": Wanted(kind="visit"),
    "a rare kind": Wanted(kind="staff"),
    "one visit": Wanted(subject="visit/000000ff"),
    "an officer and a kind": Wanted(who="sari", kind="locker"),
    "an officer and a rare kind": Wanted(who="sari", kind="staff"),
    "a kind nobody has": Wanted(who="admin", kind="scan"),
}


def rows(count: int) -> Iterator[tuple[object, ...]]:
    """Lines in their chain, a rare one among ten thousand."""
    chance, chain = random.Random(1), GENESIS
    for seq in range(1, count + 1):
        is_rare = seq % 10_000 == 0
        visit = f"{seq // 12:08x}"
        who = chance.choice(("officer:sari", "officer:budi", f"visitor:{visit}"))
        told = (
            *(seq, f"2026-{seq * 12 // (count + 1) + 1:02d}-01T01:00:00.000Z", "boot", seq, 2),
            "admin:admin" if is_rare else who,
            "staff.added" if is_rare else chance.choice(USUAL),
            f"visit/{visit}",
            "",
            '{"locker": 7, "purpose": "store"}',
        )
        chain = link(chain, dict(zip(COLUMNS, told, strict=True)))
        yield (*told, chain)


def fill(core: Core, count: int) -> None:
    connection = core.database.connection()
    marks = ", ".join("?" * (len(COLUMNS) + 1))
    sql = f"INSERT INTO journal ({', '.join(COLUMNS)}, chain) VALUES ({marks})"
    connection.execute("BEGIN")
    connection.executemany(sql, rows(count))
    connection.execute("COMMIT")
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def cpu_ms(core: Core, wanted: Wanted) -> float:
    core.journal.page(wanted, 51)
    begun = time.process_time()
    for _ in range(TIMES):
        core.journal.page(wanted, 51)
    return (time.process_time() - begun) * 1000 / TIMES


def append(core: Core, lines: int) -> None:
    for n in range(lines):
        subject = f"visit/{n:032x}"
        core.writer.run(
            lambda s=subject: core.journal.append("visit.called", s, by=SYSTEM, detail={})
        )


def empty_log(core: Core) -> None:
    core.database.connection().wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def pages(core: Core) -> None:
    floor = cpu_ms(core, WANTED["newest page"])
    for name, wanted in WANTED.items():
        took = cpu_ms(core, wanted)
        print(f"  {name:28} {took:8.2f} ms of CPU  {took / floor:6.1f} x the newest page")


def proof(core: Core) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, found = time.process_time(), core.journal.prove()
    took_s = time.process_time() - begun
    more_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    print(f"proof: whole {found.is_whole}, {took_s:.1f} s of CPU, {more_mb:.1f} MB more")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAME
        log = file.with_name(f"{FILE_NAME}-wal")
        with closing(open_core(Settings(data=folder, announce=False))) as core:
            fill(core, count)
            lines_mb = file.stat().st_size / 1e6
            begun = time.process_time()
            JournalIndex(core.writer).catch_up()
            took_s = time.process_time() - begun
            empty_log(core)
            more_mb = file.stat().st_size / 1e6 - lines_mb
            print(
                f"{count} lines, {lines_mb:.0f} MB; index {more_mb:.0f} MB in {took_s:.0f} s of CPU"
            )
            pages(core)
            empty_log(core)
            append(core, 200)
            print(f"one line: {log.stat().st_size / 200 / 1024:.1f} kB of log")
            append(core, DAY - 200)
            print(f"with {DAY} lines that the index does not know:")
            pages(core)
            empty_log(core)
            JournalIndex(core.writer).catch_up()
            print(f"entering them: {log.stat().st_size / DAY / 1024:.1f} kB of log a line")
            proof(core)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    main(parser.parse_args().lines)
