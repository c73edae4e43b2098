"""The hub and its PostgreSQL killed in the middle of appends: nothing lost, nothing there twice."""

import contextlib
import http.client
import json
import os
import random
import signal
import threading
from urllib.parse import urlsplit

import psycopg

from appliance.hub.database import Database, opened
from appliance.sync import protocol
from tests.hub_kit import LIMIT_S, Device, cluster, enrol_at, head_after, hub_process, running_hub

BATCH = 20
KILLS = 6
AMPLE_S = 120  # on a machine that is busy with other tests


class Sender:
    """Sends batch after batch of one device; after whatever happened it asks for the head."""

    def __init__(self, device: Device, batches: int) -> None:
        self.device = device
        self.events = device.events(batches * BATCH)
        self.interrupted = 0
        self.sent = threading.Semaphore(0)
        self._may_send = threading.Semaphore(0)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        heads = {head_after(self.events[:at]): at for at in range(0, len(self.events) + 1, BATCH)}
        head = None
        while not self.ended.is_set():
            try:
                if head is None:
                    reply = self.device.ask("GET", self.device.stream)
                    if reply.status != 200:
                        raise ConnectionError(reply.status)
                    head = reply.head
                at = heads[head]  # any other head would be one that the device never made
                if at == len(self.events):
                    return
                self._may_send.acquire()
                reply = self.device.append(self.events[at : at + BATCH], head)
                if reply.status != 200:
                    raise ConnectionError(reply.status)
                head = reply.head
                self.sent.release()
            except (OSError, http.client.HTTPException):
                self.interrupted += 1
                head = None
                self.ended.wait(0.02)

    def may_send(self, batches: int) -> None:
        """Let it go on, so that it can never be done before the last kill."""
        self._may_send.release(batches)

    def has_sent(self, batches: int) -> None:
        """Wait until so many more batches have been taken."""
        for _ in range(batches):
            assert self.sent.acquire(timeout=AMPLE_S)


@contextlib.contextmanager
def sending(device: Device, batches: int):
    device.open()
    sender = Sender(device, batches)
    sender.thread.start()
    try:
        yield sender
    finally:
        sender.ended.set()
        sender.may_send(batches)
        sender.thread.join(AMPLE_S)


def check(database: Database, sender: Sender) -> None:
    """Every event is there once, in its place, and the head is the last one's."""
    rows = database.rows("SELECT sequence, event_id::text FROM record ORDER BY sequence")
    ids = [json.loads(event)["id"] for event in sender.events]
    assert rows == list(enumerate(ids, 1))
    head = database.row("SELECT sequence, chain FROM stream")
    assert head == head_after(sender.events)


def test_a_hub_killed_in_mid_append_loses_and_doubles_nothing(postgres, tmp_path):
    dsn, chance = postgres.new_database(), random.Random(7)
    with contextlib.ExitStack() as stack:
        process, url = stack.enter_context(hub_process(dsn, tmp_path))
        port = urlsplit(url).port
        database = stack.enter_context(opened(dsn))
        sender = stack.enter_context(sending(enrol_at(url, database), 400))
        sender.may_send(100)
        for _ in range(3):
            sender.has_sent(chance.randrange(1, 20))
            process.send_signal(signal.SIGKILL)
            process.wait(LIMIT_S)
            sender.may_send(100)
            process, _url = stack.enter_context(hub_process(dsn, tmp_path, port))
        sender.may_send(400)
        sender.thread.join(AMPLE_S)

        assert sender.interrupted >= 1
        check(database, sender)


def test_backends_killed_in_mid_append_lose_and_double_nothing():
    """Whoever kills one brings the whole cluster through its recovery: this one has its own."""
    chance = random.Random(11)
    with (
        cluster() as postgres,
        running_hub(postgres.new_database()) as hub,
        sending(hub.enrol(), 400) as sender,
    ):
        for _ in range(KILLS):
            sender.may_send(60)
            sender.has_sent(chance.randrange(1, 12))
            os.kill(a_backend_of(hub.dsn), signal.SIGKILL)
        sender.may_send(400)
        sender.thread.join(AMPLE_S)

        assert sender.interrupted >= 1
        check(hub.database, sender)


def a_backend_of(dsn: str) -> int:
    """The process that serves the hub's appends; waits out a recovery."""
    query = (
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'ruangbaca-hub'"
        " AND datname = current_database() ORDER BY query_start DESC NULLS LAST LIMIT 1"
    )
    waiting = threading.Event()
    for _ in range(int(LIMIT_S / 0.05)):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(dsn) as connection:
            found = connection.execute(query).fetchone()
            if found is not None:
                return found[0]
        waiting.wait(0.05)
    raise AssertionError("the database did not come back")


def test_hubs_side_by_side_take_each_batch_once(postgres, tmp_path):
    dsn = postgres.new_database()
    with (
        hub_process(dsn, tmp_path) as (_one, url),
        hub_process(dsn, tmp_path) as (_two, other_url),
        opened(dsn) as database,
    ):
        device = enrol_at(url, database)
        device.open()
        events = device.events(50)
        twin = Device(other_url, device.id, device.key_id, device.secret, epoch=device.epoch)
        answers = []
        threads = [
            threading.Thread(target=lambda one=one: answers.append(one.append(events).status))
            for one in (device, twin) * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT_S)

        assert sorted(answers) == [200, *[412] * 7]
        assert database.row("SELECT count(*) FROM record") == (50,)
        assert device.ask("GET", device.stream).head == head_after(events)


def test_while_the_database_is_away_devices_are_told_to_wait(postgres):
    with running_hub(postgres.new_database()) as hub:
        device = hub.enrol()
        device.open()
        name = psycopg.conninfo.conninfo_to_dict(hub.dsn)["dbname"]
        with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                (name,),
            )
            away = device.append(device.events(1))
            connection.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        back = device.append(device.events(1))

    assert (away.status, json.loads(away.body)["type"]) == (503, protocol.UNAVAILABLE.uri)
    assert int(away.headers["retry-after"]) > 0
    assert back.status == 200
