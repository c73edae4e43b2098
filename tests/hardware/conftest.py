"""Devices for the hardware tests: mock pins, a simulated room, and SANE's own test scanner."""

import os
import select
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.interfaces import DoorState, ScannedPage, ScanProgress, ScanRequest
from hardware.lockers_gpio import GpioLockerBank
from hardware.options import SaneScannerOptions
from hardware.sane_config import write_test_config
from hardware.scanner_sane import SaneScanner
from hardware.simulated import RoomTiming, SimulatedLockerBank, simulated_wiring
from hardware.wiring import GpioWiring

WAIT_S = 10.0
"""Longer than anything takes on a busy machine; a test that waits so long has failed."""


class FakeSeconds:
    """A monotonic clock that stands still until it is advanced."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


class Changes:
    """A listener for `on_door_change` that only enqueues; set `fails` to make it raise."""

    def __init__(self) -> None:
        self.fails = False
        self._queue: Queue[tuple[int, DoorState, float]] = Queue()

    def __call__(self, number: int, state: DoorState, at_s: float) -> None:
        self._queue.put((number, state, at_s))
        if self.fails:
            raise RuntimeError("a careless listener")

    def next(self) -> tuple[int, DoorState]:
        number, state, _ = self._queue.get(timeout=WAIT_S)
        return number, state

    def none_within(self, seconds: float) -> bool:
        try:
            self._queue.get(timeout=seconds)
        except Empty:
            return True
        return False


@pytest.fixture
def seconds() -> FakeSeconds:
    return FakeSeconds()


@pytest.fixture
def pin_factory() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.reset()


@pytest.fixture
def wiring() -> GpioWiring:
    """Three lockers with short pulses; number 3 has no sensor."""
    return GpioWiring(
        solenoid_pins={1: 12, 2: 13, 3: 16},
        door_pins={1: 4, 2: 5},
        pulse_s=0.06,
        bounce_s=0.02,
        poll_s=0.1,
        stagger_s=0.0,
    )


@pytest.fixture
def bank(wiring: GpioWiring, pin_factory: MockFactory) -> Iterator[GpioLockerBank]:
    opened = GpioLockerBank(wiring, pin_factory)
    yield opened
    opened.close()


@pytest.fixture
def room(seconds: FakeSeconds) -> Iterator[SimulatedLockerBank]:
    """Eight simulated lockers whose doors stay open until somebody shuts them."""
    opened = SimulatedLockerBank(
        simulated_wiring(8, pulse_s=0.08), RoomTiming(lag_s=0.05, shut_after_s=None), clock=seconds
    )
    yield opened
    opened.close()


@pytest.fixture
def changes(room: SimulatedLockerBank) -> Changes:
    listener = Changes()
    room.on_door_change = listener
    return listener


@pytest.fixture(scope="session")
def sane_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("scanimage") is None:
        pytest.skip("scanimage (Debian: sane-utils) is not installed")
    return write_test_config(tmp_path_factory.mktemp("sane"))


@pytest.fixture
def scanner(sane_config: Path) -> Callable[..., SaneScanner]:
    """Build a scanner on `test:0` that loses patience soon; words go to scanimage."""

    def build(*words: str, **changes: object) -> SaneScanner:
        values = {
            "device": "test:0",
            "config_dir": sane_config,
            "extra_options": words,
            "first_byte_s": WAIT_S,
            "next_byte_s": 2.0,
            "end_s": 1.0,
            "stop_s": 0.5,
            "busy_waits_s": (),
        }
        return SaneScanner(SaneScannerOptions(**values | changes))

    return build


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Write a shell script that stands in for scanimage; its process id goes to `pid`."""

    def write(body: str) -> str:
        path = tmp_path / "stand-in"
        path.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\n{body}\n')
        path.chmod(0o755)
        return str(path)

    return write


@pytest.fixture
def child_pid(tmp_path: Path) -> Callable[[], int]:
    def read() -> int:
        return int((tmp_path / "pid").read_text())

    return read


def wait_until_gone(pid: int) -> bool:
    """Wait for a process to end; False when it does not."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = select.select([fd], [], [], WAIT_S)
    finally:
        os.close(fd)
    return bool(ready)


SLOW = ("--test-picture=Solid white", "--read-delay=yes", "--read-delay-duration=20000")
"""A 300 dpi page takes some seconds then."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "pages"
    path.mkdir()
    return path


def scan(
    scanner: SaneScanner,
    folder: Path,
    request: ScanRequest | None = None,
    on_progress: Callable[[ScanProgress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ScannedPage:
    """Scan a small page unless asked for another."""
    return scanner.scan(request or ScanRequest(75), folder / "page.jpg", on_progress, cancelled)
