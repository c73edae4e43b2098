"""What the bench of the doors measures on: the real web and lockers processes, doors in memory.

Every rise and fall of a simulated coil goes into a file with its time, by the clock that all
processes share (CLOCK_MONOTONIC); so does every code that the bench has a simulated reader read.
"""

import json
import os
import pty
import socket
import subprocess
import sys
import time
import tty
from pathlib import Path

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import build_services
from appliance.codes import CodeKind, barcode
from appliance.config import load_settings
from appliance.core import open_core
from tests.bench.doors_children import HOST
from tests.end_to_end.plain_browser import PlainBrowser
from tests.running_demo import ROOT, clean_environment, free_port, wait_until
from tests.services.library import new_visit

DOORS = 48
PASSWORD = "kuda-laut-biru-27"
OFFICER = Actor.staff("petugas", "officer")
SETTINGS = """
data = "{data}"
host = "127.0.0.1"
port = {port}
announce = false
log_level = "error"
[lockers]
stagger_s = 0.0
[[lockers.bank]]
driver = "simulated"
doors = "1-48"
rest_s = 0.5
[[reader]]
driver = "simulated"
name = "scans"
place = "lockers"
max_per_s = 50
[[reader]]
driver = "serial"
name = "flooded"
place = "lockers"
port = "{tty}"
"""
Change = tuple[float, str, bool]
"""When, which pin, and whether it rose."""


class Rig:
    """The two processes over a fresh data folder, with one officer; `close` kills them."""

    def __init__(self, folder: Path) -> None:
        self.port, self.bare_port = free_port(), free_port()
        self.trace = folder / "coils"
        self.trace.touch()
        # Kept open so that the line does not hang up between two writers.
        self.pty, self._line = pty.openpty()
        tty.setraw(self._line)
        self._settings = folder / "bench.toml"
        text = SETTINGS.format(data=folder / "data", port=self.port, tty=os.ttyname(self._line))
        self._settings.write_text(text)
        self.settings = load_settings(self._settings, env={})
        self.core = open_core(self.settings)
        self.services = build_services(self.core)
        self.services.staff.add("petugas", "Rina", "officer", PASSWORD, by=SYSTEM)
        self._children = [
            self._child("web", self._settings),
            self._child("doors", self._settings, self.trace),
            self._child("bare", self.bare_port),
        ]
        wait_until(lambda: len(self.services.lockers.wall()) == DOORS, 60)
        wait_until(lambda: answers(self.port) and answers(self.bare_port), 60)

    @property
    def lockers_pid(self) -> int:
        """The lockers process."""
        return self._children[1].pid

    def signed_in(self) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and fields of an officer's POST."""
        origin = f"http://{HOST}:{self.port}"
        browser = PlainBrowser(origin)
        browser.submit(browser.get("/staff/login"), "/login", username="petugas", password=PASSWORD)
        form = dict(browser.get("/staff/lockers/1").forms[-1].values)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        fields = {"csrf_token": form["csrf_token"], "reason": "bench", "confirmed": "yes"}
        return headers | {"Cookie": cookies}, fields

    def tickets(self) -> list[str]:
        """A visit with a locker for every door, and what its ticket says to a reader."""
        found = []
        for number in range(1, DOORS + 1):
            visit = new_visit(self.core, self.services)
            self.services.lockers.assign(visit.id, by=OFFICER, number=number)
            found.append(barcode(CodeKind.TICKET, visit.code))
            wait_until(lambda number=number: self.is_at_rest(number))
        return found

    def is_at_rest(self, number: int) -> bool:
        """Whether nothing is on its way to this door."""
        command = self.services.lockers.tile(number).command
        return command is None or not command.outcome.is_running

    def read(self, text: str) -> float:
        """Have the simulated reader read this; returns when it did."""
        doors = self._children[1]
        assert doors.stdin is not None
        assert doors.stdout is not None
        doors.stdin.write(f"{text}\n")
        doors.stdin.flush()
        return float(doors.stdout.readline())

    def changes(self) -> list[Change]:
        """Everything the coils did so far."""
        return [tuple(json.loads(line)) for line in self.trace.read_text().splitlines()]

    def rise_after(self, at_s: float, *, wait_s: float = 5.0) -> float | None:
        """When the first coil rose after this moment; None when none did in time."""
        until_s = time.monotonic() + wait_s
        while time.monotonic() < until_s:
            for when_s, _, rose in self.changes():
                if rose and when_s >= at_s:
                    return when_s
            time.sleep(0.02)  # the times are in the file, whenever it is read
        return None

    def close(self) -> None:
        """Nothing is left."""
        for child in self._children:
            child.kill()
            child.communicate()
        self.core.close()
        os.close(self.pty)
        os.close(self._line)

    def _child(self, *words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.bench.doors_children", *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=clean_environment(),
        )


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True
