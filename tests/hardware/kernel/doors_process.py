"""The appliance's own lockers process on the simulated header, with its database in any folder."""

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.hardware.kernel.machine import CHECKOUT

COILS, DOORS, BUTTON = (12, 13, 16), (4, 5), 26
PULSE_S, LEFT_OPEN_S, HOLD_S = 1.0, 1.0, 0.3
# The longest pulse: ending it takes a few tenths of a second more on a busy machine, no part of it.
START_S, WAIT_S = 60.0, 20.0
SETTINGS = f"""
data = "{{data}}"
announce = false
[lockers]
open_timeout_s = 3.0
left_open_s = {LEFT_OPEN_S}
[[lockers.bank]]
driver = "gpio"
doors = "1-2"
coils = {list(COILS[:2])}
sensors = {list(DOORS)}
pulse_s = {PULSE_S}
rest_s = 0.5
[[lockers.bank]]
driver = "gpio"
doors = "3"
coils = [{COILS[2]}]
pulse_s = {PULSE_S}
rest_s = 0.5
[lockers.emergency]
pin = {BUTTON}
rests = "open"
hold_s = {HOLD_S}
"""


class Doors:
    """The lockers of one data folder, as an officer's screen and the database know them."""

    def __init__(self, data: Path, settings: Path) -> None:
        self.data = data
        self.settings = settings

    def ask(self, number: int) -> None:
        """Ask for a door as an officer does at a screen, through the same services."""
        from appliance.actor import Actor, Role
        from appliance.config import load_settings
        from appliance.core import open_core
        from appliance.room import build_room

        os.environ["RUANGBACA_CONFIG"] = str(self.settings)
        with closing(open_core(load_settings())) as core:
            by = Actor.staff("petugas", Role.OFFICER)
            build_room(core).lockers.open_for(number, by=by, reason="a test")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of the database finds."""
        with closing(sqlite3.connect(self.data / "ruangbaca.db", timeout=10)) as database:
            return database.execute(query).fetchall()

    def finds(self, query: str) -> list[tuple[Any, ...]]:
        """Wait until a query finds something."""
        until_s = time.monotonic() + WAIT_S
        while not (found := self.rows(query)):
            assert time.monotonic() < until_s, f"nothing is found by {query}"
            time.sleep(0.05)
        return found

    def result(self) -> str:
        """Wait for the result of the newest door command."""
        newest = "SELECT MAX(id) FROM door_command"
        query = f"SELECT result FROM door_command WHERE id = ({newest}) AND result IS NOT NULL"
        ((result,),) = self.finds(query)
        return str(result)


class DoorsProcess(Doors):
    """`ruangbaca lockers` from READY to SIGKILL, for the length of its `with` block."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, data / "ruangbaca.toml")
        data.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(SETTINGS.format(data=data))
        self.environment = os.environ | {"RUANGBACA_CONFIG": str(self.settings)}

    def __enter__(self) -> Self:
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(f"\0manager-{time.monotonic_ns()}")
        name = self._manager.getsockname().decode().replace("\0", "@")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "lockers"],
            cwd=CHECKOUT,
            env=self.environment | {"NOTIFY_SOCKET": name},
        )
        assert select.select([self._manager], [], [], START_S)[0], "the process is not ready"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._manager.close()

    def stop(self, number: signal.Signals) -> int:
        """Send the signal and wait for the end; returns its code."""
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)
