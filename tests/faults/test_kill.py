"""kill -9 of any process at any moment: what was acknowledged is there, and nothing half done."""

import datetime as dt
import os
import random
import signal
import threading
import time
import urllib.error
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path

import apsw
import pytest

from appliance.actor import Actor
from appliance.bootstrap import build_services, open_core
from appliance.config import load_settings
from appliance.errors import RuangBacaError
from appliance.lockers.rules import COMMAND_LIFE_MS
from appliance.services import Services
from appliance.storage.models import DoorCommand, Outbox, Visit
from tests.end_to_end.plain_browser import PlainBrowser
from tests.entries import filled
from tests.running_demo import NAMES, RunningDemo, wait_until

ROUNDS = int(os.environ.get("RUANGBACA_KILL_ROUNDS", "6"))
BACK_IN_S = 20.0  # on two busy cores; a quiet machine takes about one second
OFFICER = Actor.staff("petugas", "officer")
LOCKERS = 12
SEED = 20261122

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + 30 * ROUNDS)]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path / "data")
    try:
        running.wait_ready()
        yield running
    finally:
        running.end()


class Guests(threading.Thread):
    """Registers one visitor after another; who got a ticket stands in `acknowledged`."""

    def __init__(self, origin: str) -> None:
        super().__init__(name="guests")
        self._origin = origin
        self.stopping = threading.Event()
        self.acknowledged: list[str] = []
        self.failed_tries = 0

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            self._register(PlainBrowser(self._origin), f"Tamu {number}")

    def _register(self, browser: PlainBrowser, name: str) -> None:
        form = None
        while True:  # also after the end was asked for: a form once sent is sent to its end
            try:
                form = form or browser.get("/guestbook")
                answer = browser.submit(form, "/guestbook", **filled(name=name))
            except (urllib.error.URLError, HTTPException, OSError):
                self.failed_tries += 1
                time.sleep(0.1)
                continue
            if answer.path.startswith("/visits/"):
                self.acknowledged.append(answer.path.rsplit("/", 1)[1])
                return
            assert answer.status >= 500, f"{answer.status} {answer.text[:400]}"
            self.failed_tries += 1
            time.sleep(0.1)


class Officer(threading.Thread):
    """Opens one door after another, whether or not anybody is there to do it."""

    def __init__(self, services: Services) -> None:
        super().__init__(name="officer")
        self._services = services
        self.stopping = threading.Event()
        self.asked = 0

    def run(self) -> None:
        number = 0
        while not self.stopping.wait(0.3):
            number = number % LOCKERS + 1
            try:
                self._services.lockers.open_for(number, by=OFFICER, reason="uji")
                self.asked += 1
            except RuangBacaError:
                continue


def test_nothing_acknowledged_is_lost_and_no_door_opens_late(demo: RunningDemo) -> None:
    chance = random.Random(SEED)
    settings = load_settings(demo.data / "demo.toml", env={})
    with closing(open_core(settings)) as core:
        services = build_services(core)
        guests, officer = Guests(f"http://127.0.0.1:{demo.port}"), Officer(services)
        guests.start()
        officer.start()
        try:
            for _ in range(ROUNDS):
                time.sleep(chance.uniform(0.2, 1.5))  # somewhere in the middle of something
                name = chance.choice(sorted(NAMES))
                os.kill(demo.pids()[name], signal.SIGKILL)
                wait_until(demo.is_whole, BACK_IN_S)
        finally:
            for thread in (guests, officer):
                thread.stopping.set()
            for thread in (guests, officer):
                thread.join(60)
        wait_until(lambda: not DoorCommand.select().where(DoorCommand.result.is_null()).exists())

        assert guests.acknowledged
        assert officer.asked
        tokens = guests.acknowledged
        assert len({services.visits.by_token(token).number for token in tokens}) == len(tokens)
        registered = Outbox.select().where(Outbox.type.contains("visit.registered")).count()
        today = services.office.business_date(services.clock.now()).isoformat()
        visits = Visit.select().where(Visit.business_date == today).count()
        assert registered == visits == len(tokens)  # each tap one visit, each visit one event
        assert services.journal.first_broken_link() is None
        assert services.outbox.first_broken_link() is None
        assert late_commands() == []
    code, _ = demo.stop()
    assert code == 0
    assert_sound(demo.data / "ruangbaca.db")


def late_commands() -> list[int]:
    """Door commands that were taken up after their deadline."""
    life = dt.timedelta(milliseconds=COMMAND_LIFE_MS)
    claimed = DoorCommand.select().where(DoorCommand.pulsed_at.is_null(False))
    return [row.id for row in claimed if row.claimed_at - row.created_at > life]


def test_a_command_from_before_the_crash_is_not_carried_out_late(demo: RunningDemo) -> None:
    settings = load_settings(demo.data / "demo.toml", env={})
    with closing(open_core(settings)) as core:
        stamp = core.clock.stamp()
        old = stamp.at - dt.timedelta(milliseconds=COMMAND_LIFE_MS + 1)
        os.kill(demo.pids()["lockers"], signal.SIGKILL)

        command = core.writer.run(
            lambda: (
                DoorCommand.create(
                    uuid="0b0e7a52-5d0a-4d9c-9a53-0a0b0c0d0e0f",
                    locker=1,
                    purpose="staff",
                    requested_by=str(OFFICER),
                    created_at=old,
                    boot_id=stamp.boot_id,
                    created_boot_ms=stamp.boot_ms - COMMAND_LIFE_MS - 1,
                    expires_boot_ms=stamp.boot_ms - 1,
                ).id
            )
        )
        wait_until(demo.is_whole, BACK_IN_S)
        wait_until(lambda: DoorCommand.get_by_id(command).result is not None)

        row = DoorCommand.get_by_id(command)
        assert (row.result, row.pulsed_at) == ("expired", None)


def assert_sound(file: Path) -> None:
    connection = apsw.Connection(str(file))
    with closing(connection):
        assert connection.pragma("integrity_check") == "ok"
        assert list(connection.execute("PRAGMA foreign_key_check")) == []
