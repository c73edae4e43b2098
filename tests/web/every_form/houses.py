"""The same house again and again: forms end visits and sessions, and then there is less to try."""

import shutil
from pathlib import Path

from appliance.bootstrap import build_services
from appliance.config import Settings
from appliance.core import Core, open_core
from appliance.runtime.wakeup import WakeSocket
from tests.fakes import FakeClock
from tests.web.every_form.day import spend_a_day
from tests.web.every_form.house import House
from web.app import create_app

PROCESSES = ("lockers", "documents", "sync")


class Houses:
    """After `build`, `fresh` gives the house as it was after its first day. Close it at the end."""

    def __init__(self, settings: Settings, clock: FakeClock, pattern: Path) -> None:
        self._settings, self._clock, self._pattern = settings, clock, pattern
        self._core: Core | None = None
        settings.run_dir.mkdir(parents=True, exist_ok=True)
        self._listening = [WakeSocket(settings.run_dir, process) for process in PROCESSES]

    def build(self) -> None:
        """Let the first day go by; every later house is a copy of what it leaves."""
        first = self._open()
        first.furnish()
        spend_a_day(first, lambda step: first.send(step.form, step.at, **step.changes))
        self._shut()
        ignored = shutil.ignore_patterns("run")
        shutil.copytree(self._settings.data_dir, self._pattern, ignore=ignored)

    def fresh(self) -> House:
        """The house as it was; the one before must not be used any more."""
        self._shut()
        for kept in self._settings.data_dir.glob("ruangbaca.db*"):
            kept.unlink()
        shutil.copytree(self._pattern, self._settings.data_dir, dirs_exist_ok=True)
        house = self._open()
        house.enter()
        return house

    def close(self) -> None:
        """Close what is open."""
        self._shut()
        for socket in self._listening:
            socket.close()

    def _open(self) -> House:
        self._core = open_core(self._settings, clock=self._clock)
        services = build_services(self._core)
        return House(create_app(services, self._settings), self._core, services, self._clock)

    def _shut(self) -> None:
        if self._core is not None:
            self._core.close()
            self._core = None
