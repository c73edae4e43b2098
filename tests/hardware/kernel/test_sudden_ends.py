"""What becomes of a pulse when its process is stopped or killed, by the kernel's own record."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardware.kernel.banks import COILS
from tests.hardware.kernel.machine import CHECKOUT
from tests.hardware.kernel.pulsing import PULSE_S

WAIT_S = 10.0
LOOK_S, STEP_S = 0.01, 0.1
"""A look takes some milliseconds more; what takes longer than a step is not the guest's doing."""
COIL = COILS[1]


class Pulsing:
    """The program of pulsing.py as a child; `fire` returns in mid-pulse."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.hardware.kernel.pulsing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=CHECKOUT,
            bufsize=0,
        )
        assert self.says() == b"ready\n"

    def fire(self, header) -> None:
        self.process.stdin.write(b"\n")
        until_s = time.monotonic() + WAIT_S
        while not header.line(COIL).level:
            assert time.monotonic() < until_s, "the coil is not driven"
            time.sleep(0.005)

    def says(self) -> bytes:
        assert select.select([self.process.stdout], [], [], WAIT_S)[0], "the child says nothing"
        return self.process.stdout.readline()

    def guard(self) -> int:
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                _, _, rest = status.read_text().rpartition(")")
                if int(rest.split()[1]) == self.process.pid:
                    return int(status.parent.name)
        raise AssertionError("the child has no guard")


@pytest.fixture
def pulsing(header) -> Iterator[Pulsing]:
    child = Pulsing()
    yield child
    child.process.kill()
    child.process.wait()
    child.process.stdin.close()
    child.process.stdout.close()


def low_again(header, flight) -> float:
    """Wait until the coil is off; returns how long it was on.

    What this machine withheld from the whole guest meanwhile is taken off: it is no time in which
    anybody in there could have done anything.
    """
    started_s = now_s = time.monotonic()
    withheld_s = 0.0
    while header.line(COIL).level or not flight.widths_s(COIL):
        assert now_s < started_s + WAIT_S, "the coil stays on"
        time.sleep(LOOK_S)
        before_s, now_s = now_s, time.monotonic()
        if now_s - before_s > STEP_S:
            withheld_s += now_s - before_s
    (width_s,) = flight.widths_s(COIL)
    return width_s - withheld_s


@pytest.mark.parametrize("round_", range(3))
def test_a_stopped_process_leaves_no_coil_on_beyond_twice_the_pulse(
    header, flight, pulsing, round_
):
    pulsing.fire(header)

    os.kill(pulsing.process.pid, signal.SIGSTOP)

    assert low_again(header, flight) <= 2 * PULSE_S
    assert pulsing.process.wait(WAIT_S) == -signal.SIGKILL


@pytest.mark.parametrize("round_", range(3))
def test_a_killed_process_leaves_no_coil_on(header, flight, pulsing, round_):
    pulsing.fire(header)

    pulsing.process.kill()
    pulsing.process.wait(WAIT_S)

    assert low_again(header, flight) <= PULSE_S + 0.05


def test_a_killed_guard_does_not_change_the_pulse(header, flight, pulsing):
    pulsing.fire(header)

    os.kill(pulsing.guard(), signal.SIGKILL)

    assert pulsing.says() == b"over\n"
    assert low_again(header, flight) == pytest.approx(PULSE_S, abs=0.1)


def test_no_line_ever_rises_after_the_end(header, flight, pulsing):
    pulsing.fire(header)
    pulsing.process.kill()
    pulsing.process.wait(WAIT_S)
    low_again(header, flight)
    flight.forget()

    successor = Pulsing()
    successor.process.kill()
    successor.process.wait()
    successor.process.stdin.close()
    successor.process.stdout.close()

    assert {e.value for e in flight.entries() if e.what == "set"} == {0}
