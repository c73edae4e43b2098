"""What a mirror costs, and whether cuts change it: ``python -m tests.bench.bench_mirror``.

One mirror of 100,000 records is pulled without a break, another is interrupted at 50 random
points: the pulling process is killed, or the source cuts its answer at a random byte. Then the
source changes a little, and both pull again, with the rest of the interruptions. What counts is
that both mirrors are equal, and that an interruption costs one request.
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from appliance.bootstrap import open_core
from appliance.config import Settings
from appliance.mirror.trouble import SourceTrouble
from appliance.storage.models import MirrorRecord, Publication
from tests.mirror_kit import Mirror
from tests.webapi_server import (
    WebApiServer,
    cut_after,
    press_release,
    pub_id,
    publication,
    static_table,
)

WORDS = ("penduduk", "kabupaten", "pasaman", "panen", "padi", "inflasi", "rakyat", "indikator")
LATEST_KILL_S = 0.03  # after a request: its answer may be on the way, read, or being written down
TRIES_AT_MOST = 500
CUT_EXIT = 3


@dataclass
class Interruptions:
    """Requests after which the puller is killed or its answer is cut."""

    points: set[int]
    chance: random.Random
    child: subprocess.Popen[bytes] | None = None
    asked: int = 0
    done: list[str] = field(default_factory=list)

    def before(self, server: WebApiServer, _path: str) -> None:
        self.asked += 1
        if self.asked not in self.points:
            return
        if self.chance.random() < 0.5:
            server.faults.append(cut_after(self.chance.randrange(1, 2000)))
            self.done.append("cut")
        elif self.child is not None:
            wait_s = self.chance.random() * LATEST_KILL_S
            threading.Timer(wait_s, self.child.kill).start()
            self.done.append("killed")


def records(chance: random.Random, count: int) -> dict[str, list[dict]]:
    """One in ten is a publication, whose numbers are asked for one by one."""

    def text() -> str:
        return " ".join(chance.choices(WORDS, k=60))

    tenth = count // 10
    return {
        "publication": [publication(n, abstract=text()) for n in range(tenth)],
        "pressrelease": [press_release(n, abstract=text()) for n in range(6 * tenth)],
        "statictable": [static_table(n) for n in range(count - 7 * tenth)],
    }


def changed(chance: random.Random, before: list[dict]) -> list[dict]:
    """The same list some days later: a few gone, a few new titles."""
    kept = [one for one in before if chance.random() > 0.01]
    return [
        one | {"title": one["title"] + " (Revisi)"} if chance.random() < 0.01 else one
        for one in kept
    ]


def pull(folder: Path, server: WebApiServer, breaks: Interruptions) -> int:
    """Pull until nothing is left; how many processes it took."""
    command = [sys.executable, "-m", "tests.bench.bench_mirror", "--child", str(folder), server.url]
    server.before = breaks.before
    ask = ["--ask"]
    for tries in range(1, TRIES_AT_MOST):
        breaks.child = subprocess.Popen([*command, *ask])
        code = breaks.child.wait()
        ask = []
        if code == 0:
            return tries
        if code not in (CUT_EXIT, -signal.SIGKILL):
            raise SystemExit(f"the pulling process ended with {code}")
    raise SystemExit("the mirror does not come to an end")


def child(folder: str, url: str, *, ask: bool) -> int:
    class Told:
        """What the kit asks of a server, which is another process's."""

        @staticmethod
        def settings(**changes):
            return WebApiServer.settings(Told, **changes)

    Told.url = url
    with closing(open_core(Settings(data=folder))) as core:
        mirror = Mirror(core, Told)
        if ask:
            mirror.state.ask()
        try:
            mirror.pull()
        except SourceTrouble:
            return CUT_EXIT
    return 0


def fingerprint(folder: Path) -> tuple[int, int, str]:
    """Records, withdrawn ones, and a digest of everything that readers see."""
    digest = hashlib.sha256()
    names = ("source_id", "kind", "title", "abstract", "subject", "year", "released_on", "issn")
    with closing(open_core(Settings(data=str(folder)))):
        rows = Publication.select().order_by(Publication.source_id)
        gone = total = 0
        for row in rows.iterator():
            values = [getattr(row, name) for name in (*names, "publication_number", "domain")]
            digest.update(repr((values, row.withdrawn_at is None)).encode())
            total, gone = total + 1, gone + (row.withdrawn_at is not None)
        links = MirrorRecord.select(
            MirrorRecord.model, MirrorRecord.remote_id, MirrorRecord.gone_at.is_null()
        ).order_by(MirrorRecord.model, MirrorRecord.remote_id)
        for link in links.tuples().iterator():
            digest.update(repr(link).encode())
    return total, gone, digest.hexdigest()


def mirrored(
    folder: Path, count: int, points: int
) -> tuple[tuple[int, int, str], Interruptions, float, int]:
    """Fill a mirror in two visits to a source that changes between them."""
    chance = random.Random(1309)
    lists = records(chance, count)
    server = WebApiServer()
    breaks = Interruptions(set(), random.Random(points))
    tries = 0
    began_s = time.monotonic()
    try:
        for visit in range(2):
            if visit:
                lists = {name: changed(chance, found) for name, found in lists.items()}
            for name, found in lists.items():
                server.put(name, found)
            server.numbers = {
                pub_id(n): (f"1102001.{n}", f"13090.{n:06d}") for n in range(count // 10)
            }
            expected = count // 10 + (count // 10 if not visit else count // 1000)
            first = breaks.asked
            if points:
                places = breaks.chance.sample(range(1, max(expected, points) + 1), points // 2)
                breaks.points = {first + place for place in places}
            tries += pull(folder, server, breaks)
    finally:
        server.close()
    return fingerprint(folder), breaks, time.monotonic() - began_s, tries


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        return child(*arguments.child, ask=arguments.ask)
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, points in (("in one go", 0), ("interrupted", arguments.points)):
            target = Path(folder) / name.replace(" ", "-")
            found[name], breaks, seconds, tries = mirrored(target, arguments.records, points)
            total, gone, _ = found[name]
            told = f"{breaks.done.count('killed')} killed, {breaks.done.count('cut')} cut"
            print(
                f"{name:12} {total} records, {gone} withdrawn, {breaks.asked} requests,"
                f" {tries} processes, {told}, {seconds:.0f} s",
                flush=True,
            )
        is_equal = found["in one go"] == found["interrupted"]
    print("equal" if is_equal else "DIFFERENT")
    return int(not is_equal)


if __name__ == "__main__":
    raise SystemExit(main())
