"""The emergency button while the database is locked or the card is full: doors first."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from appliance.bootstrap import Core, build_services, open_core
from appliance.clock import SystemClock
from appliance.config import Settings
from appliance.device_settings import SimulatedReader
from appliance.lockers.emergency_run import EmergencyRun
from appliance.processes import _serve_doors
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from hardware.simulated_button import SimulatedEmergencyButton
from tests.faults.killed_lockers import settings
from tests.faults.lockers_with_button import DOORS
from tests.lockers_kit import PULSE_S, QUICK
from tests.running_demo import ROOT, clean_environment, wait_until

OPENED_WITHIN_S = 30  # four doors, on a machine with better things to do
WRITTEN_WITHIN_S = 60

pytestmark = pytest.mark.slow


class Process:
    """A lockers process whose button the test presses."""

    def __init__(self, data: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lockers_with_button", data],
            cwd=ROOT,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def press(self) -> None:
        self.popen.send_signal(signal.SIGUSR2)

    def opened(self) -> int:
        return sum(line.startswith("opened") for line in self.said)

    def end(self) -> int:
        self.popen.terminate()
        try:
            return self.popen.wait(20)
        finally:
            self.popen.kill()
            self._listening.join(10)

    def _listen(self) -> None:
        assert self.popen.stdout is not None
        with self.popen.stdout as stdout:
            for line in stdout:
                self.said.append(line.strip())


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Core]:
    with closing(open_core(settings(str(tmp_path / "data")))) as core:
        yield core


@pytest.fixture
def process(data: Core) -> Iterator[Process]:
    started = Process(data.settings.data)
    wait_until(lambda: "ready" in started.said, 30)
    yield started
    started.end()


def is_written(core: Core) -> bool:
    view = build_services(core).emergency.latest()
    return view is not None and view.opened == DOORS


def is_serving(core: Core) -> bool:
    return core.waker.is_listening("lockers")


def test_a_running_process_and_a_locked_database(data: Core, process: Process) -> None:
    wait_until(lambda: is_serving(data), 30)
    with closing(apsw.Connection(str(data.settings.data_dir / "ruangbaca.db"))) as locker:
        locker.set_busy_timeout(10_000)  # the process still writes of its start
        locker.execute("BEGIN IMMEDIATE")
        process.press()

        wait_until(lambda: process.opened() == DOORS, OPENED_WITHIN_S)
        assert build_services(data).emergency.latest() is None, "the lock was not in the way"

    wait_until(lambda: is_written(data), WRITTEN_WITHIN_S)
    assert process.end() == 0


def test_a_process_that_starts_into_a_locked_database(data: Core) -> None:
    with closing(apsw.Connection(str(data.settings.data_dir / "ruangbaca.db"))) as locker:
        locker.execute("BEGIN IMMEDIATE")
        process = Process(data.settings.data)
        try:
            wait_until(lambda: "ready" in process.said, 30)
            # SIGUSR2 is heard from the first line on, the button a moment later.
            wait_until(lambda: (process.press(), process.opened())[1] == DOORS, OPENED_WITHIN_S)
            assert not is_serving(data)
            locker.execute("COMMIT")
            wait_until(lambda: is_written(data), WRITTEN_WITHIN_S)
        finally:
            code = process.end()
    assert code == 0


def test_a_full_card(data: Core, process: Process) -> None:
    wait_until(lambda: is_serving(data), 30)
    _, hard = resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (4096, hard))
    process.press()

    wait_until(lambda: process.opened() == DOORS, OPENED_WITHIN_S)
    assert build_services(data).emergency.latest() is None, "the limit was not in the way"

    resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (hard, hard))
    wait_until(lambda: is_written(data), WRITTEN_WITHIN_S)
    assert process.end() == 0


def test_waiting_for_a_damaged_database_leaves_nothing_open(tmp_path: Path) -> None:
    readers = (SimulatedReader(name="loker", place="lockers"),)
    config = Settings(data=str(tmp_path), port=0, announce=False, reader=readers)
    (tmp_path / "ruangbaca.db").write_bytes(b"no database" * 1000)
    with (
        closing(SimulatedLockerBank(simulated_wiring(1, pulse_s=PULSE_S), QUICK)) as bank,
        closing(SimulatedEmergencyButton()) as button,
    ):
        run = EmergencyRun(bank, now=SystemClock().now)
        held = len(os.listdir("/proc/self/fd"))

        for _ in range(3):
            assert not _serve_doors(config, bank, run, button, outlast=True)

        assert len(os.listdir("/proc/self/fd")) == held
