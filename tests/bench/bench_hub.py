"""All offices back at once: ``python -m tests.bench.bench_hub [--only storm|sustained]``.

514 offices send 200 records each in two requests, at the same moment: to the hub, and in the same
run to the receiver that one would write first, Flask and waitress with the same 6 threads and
Peewee's `insert_many(...).on_conflict_ignore()`, which checks neither signature nor chain nor kind.
Budgets: no request fails, the slowest hundredth of the offices waits 6 s at most, three times the
records a second of that receiver. Sustained is the same clients with batches of 500 until 100,000
records more are there, budget 14,000 records a second. PostgreSQL flushes to the disk. Requests
are made and signed beforehand.
"""

import argparse
import asyncio
import contextlib
import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from appliance.hub.database import opened
from tests.bench.bench_hub_append import cpu_s, requests_of
from tests.hub_kit import Device, Postgres, cluster, enrol_at, hub_process

OFFICES, RECORDS, BATCH = 514, 200, 100
STEADY_OFFICES, STEADY_RECORDS, STEADY_BATCH = 16, 10_000, 500
LIMIT_S = 120


class Round(NamedTuple):
    """What the offices of one round saw."""

    wall_s: float
    office_s: list[float]  # sorted
    failed: int

    def at(self, share: float) -> float:
        return self.office_s[min(len(self.office_s) - 1, int(len(self.office_s) * share))]


def receive_by_peewee(dsn: str) -> None:
    """The receiver to compare with, in a process of its own; prints its port."""
    import json
    import logging

    import peewee
    import psycopg
    from flask import Flask, request
    from waitress.server import create_server

    from appliance.hub.server import WAITRESS

    for name in ("waitress", "waitress.queue"):  # a full house is no news, line by line
        logging.getLogger(name).setLevel(logging.ERROR)
    words = psycopg.conninfo.conninfo_to_dict(dsn)
    database = peewee.PostgresqlDatabase(
        words["dbname"], user=words["user"], host=words["host"], autoconnect=True
    )

    class Received(peewee.Model):
        event_id = peewee.UUIDField(primary_key=True)
        source, type = peewee.TextField(), peewee.TextField()
        sequence = peewee.BigIntegerField()
        subject, time = peewee.TextField(), peewee.TextField()
        recorded, boot_id = peewee.TextField(), peewee.TextField()
        boot_ms, clock = peewee.BigIntegerField(), peewee.IntegerField()
        data = peewee.TextField()

        class Meta:
            pass

    Received.bind(database)
    database.create_tables([Received])
    app = Flask(__name__)

    @app.post("/<path:_any>")
    def take(_any: str) -> dict[str, int]:
        events = json.loads(gzip.decompress(request.get_data()))
        rows = [
            {
                "event_id": one["id"],
                "source": one["source"],
                "type": one["type"],
                "sequence": int(one["sequence"]),
                "subject": one["subject"],
                "time": one["time"],
                "recorded": one["recordedtime"],
                "boot_id": one["bootid"],
                "boot_ms": one["bootms"],
                "clock": one["clockq"],
                "data": json.dumps(one["data"]),
            }
            for one in events
        ]
        with database.atomic():
            Received.insert_many(rows).on_conflict_ignore().execute()
        return {"stored": len(rows)}

    server = create_server(app, host="127.0.0.1", port=0, **WAITRESS)
    print(server.effective_port, flush=True)
    server.run()


@contextlib.contextmanager
def peewee_process(dsn: str) -> Iterator[tuple[subprocess.Popen, str]]:
    code = f"from tests.bench.bench_hub import receive_by_peewee; receive_by_peewee({dsn!r})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        yield process, f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()


def wire(device: Device, count: int, size: int) -> list[bytes]:
    """The requests of one office, byte by byte."""
    made = []
    for body, headers in requests_of(device, count, size):
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        start = f"POST {device.stream}/events HTTP/1.1\r\n{head}"
        made.append(f"{start}content-length: {len(body)}\r\n\r\n".encode() + body)
    return made


async def _office(address: tuple[str, int], requests: list[bytes], began_s: float) -> float | None:
    """One office, one connection, one request under way; when it was done, None if refused."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        for request in requests:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            if not head.startswith(b"http/1.1 200"):
                return None
    except (OSError, EOFError):
        return None
    finally:
        writer.close()
    return time.perf_counter() - began_s


async def _all(url: str, plans: list[list[bytes]]) -> Round:
    parts = urlsplit(url)
    began_s = time.perf_counter()
    address = (str(parts.hostname), int(parts.port or 0))
    offices = [_office(address, plan, began_s) for plan in plans]
    done = await asyncio.wait_for(asyncio.gather(*offices), LIMIT_S)
    took = sorted(one for one in done if one is not None)
    return Round(time.perf_counter() - began_s, took or [float("inf")], len(done) - len(took))


def shown(name: str, found: Round, records: int, pid: int, before_s: float) -> None:
    cpu_us = (cpu_s([pid]) - before_s) / records * 1e6
    print(
        f"{name:18} {records / found.wall_s:7.0f} records/s, office p50 {found.at(0.5):5.2f} s,"
        f" p99 {found.at(0.99):5.2f} s, {found.failed} failed, {cpu_us:5.1f} us of CPU a record",
        flush=True,
    )


def hub_round(postgres: Postgres, name: str, offices: int, records: int, size: int):
    """One round at the hub, and the requests it was made of."""
    dsn = postgres.new_database()
    with (
        tempfile.TemporaryDirectory() as folder,
        hub_process(dsn, Path(folder)) as (process, url),
        opened(dsn) as database,
    ):
        devices = [enrol_at(url, database, f"kantor-{number}") for number in range(offices)]
        for device in devices:
            device.open()
        plans = [wire(device, records, size) for device in devices]
        before_s = cpu_s([process.pid])
        found = asyncio.run(_all(url, plans))
        shown(name, found, offices * records, process.pid, before_s)
        stored = database.rows("SELECT count(*), count(DISTINCT event_id) FROM record")[0]
        assert stored == (offices * records,) * 2, stored
    return found, plans


def bench_storm(postgres: Postgres, offices: int) -> None:
    records = offices * RECORDS
    own, plans = hub_round(postgres, "hub", offices, RECORDS, BATCH)
    with peewee_process(postgres.new_database()) as (process, url):
        before_s = cpu_s([process.pid])
        other = asyncio.run(_all(url, plans))
        shown("Peewee insert_many", other, records, process.pid, before_s)
    again, _plans = hub_round(postgres, "hub again", offices, RECORDS, BATCH)
    wall_s = (own.wall_s + again.wall_s) / 2
    print(
        f"of the Peewee receiver's rate {other.wall_s / wall_s:.2f} (budget 3);"
        f" p99 {max(own.at(0.99), again.at(0.99)):.2f} s (budget 6);"
        f" failed {own.failed + again.failed} (budget 0)"
    )


def bench_sustained(postgres: Postgres) -> None:
    found, _plans = hub_round(postgres, "sustained", STEADY_OFFICES, STEADY_RECORDS, STEADY_BATCH)
    rate = STEADY_OFFICES * STEADY_RECORDS / found.wall_s
    print(f"sustained {rate:,.0f} records/s (budget 14,000), {os.cpu_count()} cores for all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["storm", "sustained"])
    parser.add_argument("--offices", type=int, default=OFFICES)
    asked = parser.parse_args()
    with cluster(durable=True) as postgres:
        if asked.only != "sustained":
            bench_storm(postgres, asked.offices)
        if asked.only != "storm":
            bench_sustained(postgres)


if __name__ == "__main__":
    main()
