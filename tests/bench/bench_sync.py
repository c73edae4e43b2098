"""How fast one office catches up, and what the sync process takes while it has nothing to do.

    python -m tests.bench.bench_sync [--only catch-up|idle|pages] [--records N]

Catch-up is measured against a bare http.client that packs and posts the same events in batches of
500 to the same receiver, which unpacks them and keeps the chain, in the same run. Budget: 0.7 of
its records a second. The sync process may take 45 MB with a portal set; Peewee loads psycopg where
that is installed, which no Pi does, so it is hidden here.
"""

import argparse
import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import msgspec

from appliance.actor import SYSTEM
from appliance.clock import SystemClock
from appliance.config import Settings
from appliance.core import Core, open_core
from appliance.storage.models import Enrolment
from appliance.sync import protocol
from appliance.sync.backlog import Backlog
from appliance.sync.envelope import link
from appliance.sync.identity import Identity
from appliance.sync.portal import Address, Line
from appliance.sync.protocol import Appended, Head
from appliance.sync.sender import Sender

RECORDS, BATCH = 100_000, 500
IDLE_S = 6.0
DEVICE = "0b4c1f0e-6f0c-4f5e-9d0c-3c6c6f7d8e9f"
SECRET = bytes(range(32))


class Took(NamedTuple):
    """Seconds by the clock, and of this process's CPU."""

    wall_s: float
    cpu_s: float


class Receiver(BaseHTTPRequestHandler):
    """Unpacks a batch, follows its chain, and answers as the protocol wants; keeps nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    head = protocol.NOTHING

    def log_message(self, *_) -> None:
        pass

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.head = protocol.NOTHING
        self._say({"head": Receiver.head.etag})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        events = msgspec.json.decode(gzip.decompress(body), type=list[msgspec.Raw])
        sequence, chain = Receiver.head
        for event in events:
            chain = link(chain, bytes(event))
        Receiver.head = Head(sequence + len(events), chain)
        self._say(Appended(Receiver.head.etag, len(events)))

    def _say(self, body: object) -> None:
        data = msgspec.json.encode(body)
        self.send_response(200)
        self.send_header("Content-Type", protocol.JSON_TYPE)
        self.send_header("ETag", Receiver.head.etag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def receive() -> None:
    """The receiver, in a process of its own; prints its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_port, flush=True)
    server.serve_forever()


def fill(core: Core, records: int) -> None:
    """So many events such as an office makes."""

    def some(first: int) -> None:
        for number in range(first, min(first + 1000, records + 1)):
            data = {"wait_s": number % 300 + 0.5, "within_promise": number % 9 > 0}
            core.outbox.append("visit.served", f"visit/{number:032x}", data)

    for first in range(1, records + 1, 1000):
        core.writer.run(lambda start=first: some(start))


def catch_up(core: Core, port: int) -> Took:
    """Until nothing waits."""
    clock = SystemClock()
    line = Line(Address(f"http://127.0.0.1:{port}"), clock, Identity(DEVICE, "k", SECRET))
    sender = Sender(
        portal=line,
        backlog=Backlog(clock),
        writer=core.writer,
        clock=clock,
        device_id=DEVICE,
    )
    started_s, cpu_s = time.perf_counter(), time.process_time()
    while sender.turn().judgement is not None:
        pass
    took = Took(time.perf_counter() - started_s, time.process_time() - cpu_s)
    line.close()
    return took


def bare(events: list[bytes], port: int) -> Took:
    """The standard library alone: rows in memory in, batches of 500 out."""
    rows = [msgspec.json.decode(event) for event in events]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("PUT", "/", b"{}")
    connection.getresponse().read()
    started_s, cpu_s = time.perf_counter(), time.process_time()
    for first in range(0, len(rows), BATCH):
        body = gzip.compress(json.dumps(rows[first : first + BATCH]).encode(), 1)
        connection.request("POST", "/", body, {"Content-Encoding": "gzip"})
        connection.getresponse().read()
    took = Took(time.perf_counter() - started_s, time.process_time() - cpu_s)
    connection.close()
    return took


def bench_catch_up(records: int) -> None:
    receiver = subprocess.Popen(
        [sys.executable, "-c", "from tests.bench.bench_sync import receive; receive()"],
        stdout=subprocess.PIPE,
        text=True,
    )
    port = int(receiver.stdout.readline())
    try:
        with tempfile.TemporaryDirectory() as folder:
            core = open_core(Settings(data=folder))
            fill(core, records)
            events = list(core.outbox.pending())
            floors, own = [bare(events, port)], catch_up(core, port)
            floors.append(bare(events, port))
            assert core.outbox.state().waiting == 0
            core.close()
    finally:
        receiver.kill()
        receiver.wait()
    for name, took in (("bare", floors[0]), ("catch-up", own), ("bare again", floors[1])):
        rate, cpu_us = records / took.wall_s, took.cpu_s / records * 1e6
        print(f"{name:12} {rate:8.0f} records/s, {cpu_us:5.1f} us of CPU a record")
    wall_s = sum(one.wall_s for one in floors) / len(floors)
    cpu_s = sum(one.cpu_s for one in floors) / len(floors)
    print(
        f"of the bare rate {wall_s / own.wall_s:.2f} (budget 0.7); by CPU {cpu_s / own.cpu_s:.2f}"
    )


def bench_idle() -> None:
    """What `sync` takes, with a portal that is not there and one that has everything."""
    with tempfile.TemporaryDirectory() as folder:
        hidden = Path(folder, "hidden")
        hidden.mkdir()
        (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['psycopg'] = None\n")
        config = Path(folder, "ruangbaca.toml")
        portal = "http://127.0.0.1:9"
        config.write_text(f'data = "{folder}/data"\nportal = "{portal}"\n')
        core = open_core(Settings(data=f"{folder}/data"))
        core.writer.run(lambda: Enrolment.create(id=1, portal=portal, key_id="k", office="1309"))
        core.writer.run(lambda: core.recorder.note("started", "bench", by=SYSTEM))
        fill(core, 100)
        core.close()
        env = os.environ | {
            "RUANGBACA_CONFIG": str(config),
            "PYTHONPATH": f"{hidden}:{Path.cwd()}",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "sync"], env=env, stdout=subprocess.DEVNULL
        )
        threading.Event().wait(IDLE_S)
        print(f"sync, idle            {_rss_mb(process.pid):8.1f} MB (budget 45)")
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["catch-up", "idle", "pages"])
    parser.add_argument("--records", type=int, default=RECORDS)
    asked = parser.parse_args()
    if asked.only in (None, "catch-up"):
        bench_catch_up(asked.records)
    if asked.only in (None, "idle"):
        bench_idle()
    if asked.only in (None, "pages"):
        from tests.bench.bench_sync_pages import bench_pages  # which fills as this one does

        bench_pages()


if __name__ == "__main__":
    main()
