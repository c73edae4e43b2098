"""Whether a portal that answers badly is felt in the reading room; part of bench_sync.

Two appliances, each with its web and its sync process, on data of the same size: one has no portal,
the other one that answers every request wrongly, with floods and bombs among it. At both somebody
presses 'send now' every second or so, so that the sender never rests as it would. Their pages are
asked for in turns, a block at one, a block at the other, while the processes of the one that is not
asked stand still: whatever else the machine does meets both. Budget: the slowest hundredth at 1.2
times.
"""

import contextlib
import datetime as dt
import http.client
import itertools
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from appliance.config import Settings
from appliance.core import open_core
from appliance.runtime.wakeup import Waker
from appliance.storage.database import FILE_NAME
from appliance.storage.models import Enrolment
from appliance.sync.standing import StandingBook
from tests.bad_answers import HOSTILE, WRONG
from tests.bench.bench_sync import fill
from tests.hub_server import hub_server

PAGES = ("/", "/catalogue", "/staff/login")
ROUNDS, BLOCK = 30, 300
EVENTS = 2000
START_S = 60.0
ASK = "UPDATE portal_state SET asked_at = ? WHERE id = 1"
SEEN = "/seen"  # asked by the bench: how many requests there were
PATIENT = "patience for ever"  # takes a minute of nothing: it would spare the machine


def answer_badly() -> None:
    """The portal, in a process of its own; prints its address."""
    answers = itertools.cycle(
        [*WRONG.values(), *(HOSTILE[one] for one in HOSTILE if one != PATIENT)]
    )
    with hub_server() as room:

        def next_one(handler) -> None:
            if handler.path == SEEN:
                handler.say(200, str(len(room.seen)).encode())
            else:
                next(answers)(handler)

        room.every = next_one
        print(room.url, flush=True)
        room.stopped.wait()


class House:
    """One appliance: a web and a sync process, which may be stopped and let go on."""

    def __init__(self, folder: Path, portal: str) -> None:
        folder.mkdir()
        self.port = _free_port()
        settings = Settings(data=f"{folder}/data", portal=portal)
        core = open_core(settings)  # one at a time: the models belong to the last one opened
        fill(core, EVENTS)
        if portal:
            paper = {"id": 1, "portal": portal, "key_id": "k", "office": "1309"}
            core.writer.run(lambda: Enrolment.create(**paper))
        StandingBook(core.writer, core.clock).ask()
        core.close()
        self._database = sqlite3.connect(settings.data_dir / FILE_NAME, timeout=30)
        self._waker = Waker(settings.run_dir)
        config = folder / "ruangbaca.toml"
        config.write_text(
            f'data = "{folder}/data"\nportal = "{portal}"\nhost = "127.0.0.1"\nport = {self.port}\n'
            "announce = false\n"
        )
        self._processes = [self._start(config, name) for name in ("web", "sync")]
        self._wait_for_web()

    def _start(self, config: Path, name: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "appliance", name],
            env=os.environ | {"RUANGBACA_CONFIG": str(config)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _wait_for_web(self) -> None:
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            with contextlib.suppress(OSError):
                self.block()
                return
            time.sleep(0.2)
        raise TimeoutError("the pages did not come")

    def block(self) -> list[float]:
        """Milliseconds of each of some requests, one after the other."""
        connection, took_ms = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), []
        self._press_send_now()
        for path, _ in zip(itertools.cycle(PAGES), range(BLOCK), strict=False):
            started_s = time.perf_counter()
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            took_ms.append((time.perf_counter() - started_s) * 1000)
            assert response.status == 200, (path, response.status)
        connection.close()
        return took_ms

    def _press_send_now(self) -> None:
        with self._database:
            self._database.execute(ASK, (dt.datetime.now(dt.UTC).isoformat(),))
        self._waker.wake("sync")

    def acknowledged(self) -> int:
        return self._database.execute("SELECT max(acked_seq) FROM stream").fetchone()[0]

    @contextlib.contextmanager
    def alone(self, other: "House") -> Iterator[None]:
        """The other one stands still."""
        other.tell(signal.SIGSTOP)
        try:
            yield
        finally:
            other.tell(signal.SIGCONT)

    def tell(self, word: signal.Signals) -> None:
        for process in self._processes:
            process.send_signal(word)

    def end(self) -> None:
        self.tell(signal.SIGKILL)
        for process in self._processes:
            process.wait()
        self._database.close()


def bench_pages() -> None:
    code = "from tests.bench.bench_sync_pages import answer_badly; answer_badly()"
    portal = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ending:
        ending.callback(portal.wait)
        ending.callback(portal.kill)
        calm = House(Path(folder, "calm"), "")
        ending.callback(calm.end)
        portal_url = portal.stdout.readline().strip()
        troubled = House(Path(folder, "troubled"), portal_url)
        ending.callback(troubled.end)
        took: dict[House, list[float]] = {calm: [], troubled: []}
        for number in range(ROUNDS):
            houses = (calm, troubled) if number % 2 else (troubled, calm)
            for one, other in zip(houses, reversed(houses), strict=True):
                with one.alone(other):
                    took[one] += one.block()
        with urllib.request.urlopen(f"{portal_url}{SEEN}") as answer:
            requests = int(answer.read())
        assert troubled.acknowledged() == 0, "something was taken for sent"
    figures = {}
    for name, house in (("no portal", calm), ("bad portal", troubled)):
        found = sorted(took[house])
        figures[name] = found[int(len(found) * 0.99)]
        print(f"{name:12} p50 {found[len(found) // 2]:6.2f} ms, p99 {figures[name]:6.2f} ms")
    ratio = figures["bad portal"] / figures["no portal"]
    print(f"pages with a bad portal {ratio:.2f} (budget 1.2); {requests} requests answered badly")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
