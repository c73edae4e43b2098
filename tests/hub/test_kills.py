"""Sender, hub and PostgreSQL killed in turns in the middle of an append, while events come in."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from appliance.actor import SYSTEM
from appliance.config import Settings
from appliance.core import open_core
from appliance.hub.database import opened
from appliance.hub.offices import Offices
from appliance.runtime.wakeup import Waker
from appliance.sync.enrolment import Enrolment
from appliance.sync.standing import StandingBook
from tests.hub_kit import LIMIT_S, cluster, hub_process

ROUNDS = int(os.environ.get("SYNC_KILL_ROUNDS", "1"))  # of three kills each
AMPLE_S = 120
PAUSE_S = 0.05
AT_ONCE = 5
BLOCKED = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'ruangbaca-hub'"
    " AND datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO%'"
)


class Office:
    """A data folder in which events are recorded without a pause, and its sync process."""

    def __init__(self, folder: Path, portal: str) -> None:
        self._config = folder / "ruangbaca.toml"
        self._config.write_text(f'data = "{folder}/data"\nportal = "{portal}"\n')
        settings = Settings(data=f"{folder}/data", portal=portal)
        self.core = open_core(settings)
        self.enrolment = Enrolment(
            writer=self.core.writer,
            clock=self.core.clock,
            portal=portal,
            data_dir=settings.data_dir,
        )
        self._standing = StandingBook(self.core.writer, self.core.clock)
        self._waker = Waker(settings.run_dir)
        self._ended = threading.Event()
        self._recording = threading.Thread(target=self._record, daemon=True)
        self.process: subprocess.Popen | None = None

    def open(self, code: str) -> None:
        self.core.writer.run(lambda: self.enrolment.ask(code))
        self._recording.start()
        self.start_sync()

    def start_sync(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "sync"],
            env=os.environ | {"RUANGBACA_CONFIG": str(self._config)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_sync(self) -> None:
        self.process.kill()
        self.process.wait(LIMIT_S)

    def send_now(self) -> None:
        self._standing.ask()
        self._waker.wake("sync")

    def end_recording(self) -> None:
        self._ended.set()
        if self._recording.is_alive():
            self._recording.join(LIMIT_S)

    def close(self) -> None:
        self.end_recording()
        if self.process is not None:
            self.kill_sync()
        self.core.close()

    def _record(self) -> None:
        while not self._ended.wait(PAUSE_S):
            for number in range(1, AT_ONCE + 1):
                data = {"locker": number, "end_reason": "visitor"}
                self.core.writer.run(
                    lambda d=data: self.core.recorder.fact(
                        "locker.released", "locker/1", d, by=SYSTEM
                    )
                )


@contextlib.contextmanager
def in_mid_append(dsn: str, office: Office):
    """Until the end of the block an append has moved the head, and cannot store its events."""
    connection = _soon(lambda: _connected(dsn), office)
    try:
        connection.execute("LOCK TABLE record IN SHARE MODE")
        yield _soon(lambda: _blocked(dsn), office)
    finally:
        connection.close()


def _connected(dsn: str) -> psycopg.Connection | None:
    """None while the database is in its recovery."""
    with contextlib.suppress(psycopg.OperationalError):
        return psycopg.connect(dsn)
    return None


def _blocked(dsn: str) -> int | None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(BLOCKED).fetchone()
        return found[0] if found else None


def _soon(found, office: Office):
    """What this brings as soon as it brings something; whatever waits is asked to be sent."""
    waiting = threading.Event()
    for turn in range(int(AMPLE_S / PAUSE_S)):
        if turn % 10 == 0:
            office.send_now()
        if result := found():
            return result
        waiting.wait(PAUSE_S)
    raise AssertionError("it never came to it")


def test_whoever_dies_in_mid_append_nothing_is_lost_and_nothing_doubled(tmp_path) -> None:
    with contextlib.ExitStack() as stack:
        dsn = stack.enter_context(cluster()).new_database()
        hub, url = stack.enter_context(hub_process(dsn, tmp_path))
        database = stack.enter_context(opened(dsn))
        office = Office(tmp_path, url)
        stack.callback(office.close)
        offices = Offices(database)
        offices.add("pasaman", "BPS Kabupaten Pasaman", province="Sumatera Barat")
        office.open(offices.issue("pasaman").code)
        for _ in range(ROUNDS):
            with in_mid_append(dsn, office):
                office.kill_sync()
            office.start_sync()
            with in_mid_append(dsn, office):
                hub.kill()
                hub.wait(LIMIT_S)
            hub, _ = stack.enter_context(hub_process(dsn, tmp_path, urlsplit(url).port))
            with in_mid_append(dsn, office) as backend:
                os.kill(backend, signal.SIGKILL)
        office.end_recording()
        _soon(lambda: office.core.outbox.state().waiting == 0, office)

        rows = office.core.database.execute_sql("SELECT seq, event_id FROM outbox ORDER BY seq")
        with psycopg.connect(dsn) as connection:
            stored = connection.execute(
                "SELECT sequence, event_id::text FROM record ORDER BY sequence"
            ).fetchall()
            assert stored == list(rows)
            assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
            assert connection.execute("SELECT count(*) FROM stream").fetchone() == (1,)
        assert len(stored) > 3 * AT_ONCE * ROUNDS
