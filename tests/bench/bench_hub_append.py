"""What an append costs at the hub: ``python -m tests.bench.bench_hub_append``.

The hub is a process of its own over a PostgreSQL that flushes to the disk. The devices' requests
are made, packed and signed beforehand, so that the clients cost little; each device has one
connection and one request under way. Told are records a second through HTTP, the CPU time of the
hub and of PostgreSQL and the disk per record, beside a bare COPY of the same rows into the table.
"""

import argparse
import gzip
import os
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from appliance.hub.database import opened
from appliance.sync import protocol, signing
from tests.hub_kit import Device, Postgres, cluster, enrol_at, head_after, hub_process

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def requests_of(device: Device, count: int, size: int) -> list[tuple[bytes, dict[str, str]]]:
    """Appends of `size` events each that bring `count` of them, ready to be sent."""
    head, ready = protocol.NOTHING, []
    for first in range(1, count + 1, size):
        events = device.events(min(size, count + 1 - first), first)
        body = gzip.compress(b"[" + b",".join(events) + b"]", 1)
        headers = {
            "host": urlsplit(device.url).netloc,
            "content-type": protocol.BATCH_TYPE,
            "content-encoding": "gzip",
            "content-digest": signing.content_digest(body),
            "if-match": head.etag,
        }
        message = signing.Message(
            "POST", headers["host"], f"{device.stream}/events", headers=headers
        )
        signed = signing.sign(
            message, device.secret, key_id=device.key_id, created=None, nonce=uuid.uuid4().hex
        )
        ready.append((body, headers | signed))
        head = head_after(events, head)
    return ready


def send(device: Device, ready: list[tuple[bytes, dict[str, str]]], failed: list[int]) -> None:
    connection = HTTPConnection(urlsplit(device.url).netloc, timeout=60)
    for body, headers in ready:
        connection.request("POST", f"{device.stream}/events", body, headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            failed.append(response.status)
    connection.close()


def cpu_s(pids: list[int]) -> float:
    """User and system time of these processes."""
    total = 0
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(words[11]) + int(words[12])
    return total * TICK_S


def backends(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT pid FROM pg_stat_activity")]


def measure(postgres: Postgres, devices: int, count: int, size: int) -> Iterator[str]:
    dsn = postgres.new_database()
    with (
        tempfile.TemporaryDirectory() as folder,
        hub_process(dsn, Path(folder)) as (process, url),
        opened(dsn) as database,
    ):
        posts = [enrol_at(url, database, f"office-{n}") for n in range(devices)]
        for post in posts:
            post.open()
        plans = [(post, requests_of(post, count, size)) for post in posts]
        failed: list[int] = []
        threads = [threading.Thread(target=send, args=(*plan, failed)) for plan in plans]
        hub_before, base_before = cpu_s([process.pid]), cpu_s(backends(dsn))
        started_s = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = time.perf_counter() - started_s
        hub_s = cpu_s([process.pid]) - hub_before
        base_s = cpu_s(backends(dsn)) - base_before
        records = devices * count
        stored = database.rows("SELECT count(*), count(DISTINCT event_id) FROM record")[0]
        (size_bytes,) = database.rows(
            "SELECT sum(pg_total_relation_size(relid))::bigint"
            " FROM pg_partition_tree('record') WHERE isleaf"
        )[0]
        assert not failed, failed
        assert stored == (records, records), stored
        yield (
            f"{devices} devices, batches of {size}: {records / took_s:,.0f} records/s;"
            f" hub {hub_s / records * 1e6:.1f} us, PostgreSQL {base_s / records * 1e6:.1f} us"
            f" of CPU and {size_bytes / records:.0f} bytes of disk a record"
        )


def copied(postgres: Postgres, count: int) -> str:
    """The floor: the same rows by COPY, in transactions of 500, on one connection."""
    lines = [
        f"1\t{n}\t{uuid.uuid4()}\tid.go.bps.ruangbaca.locker.released.v1\tlocker/7\t2026-11-05"
        f' 02:00Z\t2026-11-05 02:00Z\t2\t0123456789abcdef\t{n}\t\\N\t{{"locker":7,"end_reason":'
        '"visitor"}\n'
        for n in range(1, count + 1)
    ]
    columns = "stream, sequence, event_id, type, subject, occurred_at, recorded_at, clock, boot_id"
    started_s = time.perf_counter()
    with psycopg.connect(postgres.new_database()) as connection:
        for first in range(0, count, 500):
            with connection.cursor().copy(
                f"COPY record ({columns}, boot_ms, links, data) FROM STDIN"
            ) as copy:
                copy.write("".join(lines[first : first + 500]))
            connection.commit()
    return f"COPY alone: {count / (time.perf_counter() - started_s):,.0f} records/s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=8)
    parser.add_argument("--records", type=int, default=10_000, help="of each device")
    asked = parser.parse_args()
    subprocess.run(["sync"], check=False)
    with cluster(durable=True) as postgres:
        print(copied(postgres, asked.devices * asked.records))
        for size in (200, 500):
            for line in measure(postgres, asked.devices, asked.records, size):
                print(line, flush=True)


if __name__ == "__main__":
    main()
