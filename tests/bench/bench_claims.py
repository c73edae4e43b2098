"""What handing out lockers costs when everybody wants one: ``python -m tests.bench.bench_claims``.

Four processes of many threads claim and give back 48 doors, more visitors than doors, until 10,000
claims are made. The floor is the same number of processes that each write one row a commit. What
counts: no door booked twice and no 'database is locked'. How many commits of the floor a claim
costs is told as well, and depends on the card: its own work is Python, the floor's is flushing.
"""

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import build_services, open_core
from appliance.config import Settings
from appliance.errors import NotFound, Refused, RuangBacaError
from appliance.runtime.wakeup import WakeSocket
from tests.services.library import new_visit

OFFICER = Actor.staff("petugas", "officer")
DOORS, PROCESSES, THREADS, CLAIMS = 48, 4, 16, 10_000


@dataclass(frozen=True)
class Claimed:
    """What became of all claims."""

    claims: int
    given: int
    refused: int
    problems: Counter[str]
    double: int
    seconds: float


def settings(folder: Path) -> Settings:
    return Settings(data=str(folder), office="pasaman", port=0, announce=False)


def claim_all(
    folder: Path, *, doors: int = DOORS, processes: int = PROCESSES,
    threads: int = THREADS, claims: int = CLAIMS,
) -> Claimed:  # fmt: skip
    """Make that many claims from that many processes at once, and count what came of them."""
    prepared = settings(folder)
    with closing(open_core(prepared)) as core:
        build_services(core).lockers.sync_bank(dict.fromkeys(range(1, doors + 1), True), by=SYSTEM)
        wake = WakeSocket(prepared.run_dir, "lockers")  # heard, and never taken up
        context = multiprocessing.get_context("spawn")
        with closing(wake), context.Pool(processes) as pool:
            began_s = time.monotonic()
            jobs = [(folder, threads, claims // processes)] * processes
            counted = sum(pool.starmap(_claim, jobs), Counter())
            seconds = time.monotonic() - began_s
        double = double_bookings(prepared.data_dir / "ruangbaca.db")
    given, refused = counted.pop("given", 0), counted.pop("refused", 0)
    done = given + refused + sum(counted.values())
    return Claimed(done, given, refused, counted, double, seconds)


def _claim(folder: Path, threads: int, claims: int) -> Counter[str]:
    """One process: each thread is a visitor who takes a locker, and gives it back at once."""
    counted: Counter[str] = Counter()
    with closing(open_core(settings(folder))) as core:
        services = build_services(core)
        left = iter(range(claims))
        lock = threading.Lock()

        def visit() -> None:
            mine = new_visit(core, services).id
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                what = "given"
                try:
                    services.lockers.assign(mine, by=OFFICER)
                    services.lockers.release(mine, by=OFFICER)
                except (Refused, NotFound):
                    what = "refused"
                except RuangBacaError as error:
                    what = f"{type(error).__name__}: {error.__cause__ or error}"
                with lock:
                    counted[what] += 1

        workers = [threading.Thread(target=visit) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return counted


def double_bookings(file: Path) -> int:
    """How often the journal gave out a door that was not back yet."""
    taken: set[object] = set()
    double = 0
    query = (
        "SELECT action, json_extract(detail, '$.locker') FROM journal"
        " WHERE action IN ('locker.assigned', 'locker.released') ORDER BY seq"
    )
    with closing(apsw.Connection(str(file))) as connection:
        for action, door in connection.execute(query):
            double += action == "locker.assigned" and door in taken
            (taken.add if action == "locker.assigned" else taken.discard)(door)
    return double


def floor_s(folder: Path, *, processes: int = PROCESSES, commits: int = CLAIMS) -> float:
    """Seconds for that many commits of one row each, from as many processes."""
    folder.mkdir(parents=True)
    file = folder / "floor.db"
    with closing(apsw.Connection(str(file))) as connection:
        connection.pragma("journal_mode", "wal")
        connection.execute("CREATE TABLE claim (id INTEGER PRIMARY KEY, door INTEGER)")
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        began_s = time.monotonic()
        pool.starmap(_commit, [(file, commits // processes)] * processes)
        return time.monotonic() - began_s


def _commit(file: Path, commits: int) -> None:
    with closing(apsw.Connection(str(file))) as connection:
        connection.set_busy_timeout(60_000)
        connection.pragma("synchronous", 2)
        for number in range(commits):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO claim (door) VALUES (?)", (number % DOORS,))
            connection.execute("COMMIT")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    claims = parser.parse_args().claims
    with tempfile.TemporaryDirectory() as folder:
        bare_s = floor_s(Path(folder) / "floor", commits=claims)
        found = claim_all(Path(folder) / "data", claims=claims)
    ratio = found.seconds / bare_s
    print(f"claims {found.claims}: {found.given} given, {found.refused} refused in words")
    print(f"double bookings {found.double}, problems {dict(found.problems) or 'none'}")
    print(
        f"{found.claims / found.seconds:.0f} claims a second; floor {claims / bare_s:.0f} commits"
    )
    print(f"a claim, taken and given back, costs {ratio:.1f} commits of the floor")
    return int(bool(found.double or found.problems))


if __name__ == "__main__":
    raise SystemExit(main())
