"""The lockers process as a whole on the kernel's own lines: what it does to a coil, and when."""

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.hardware.kernel.doors_process import (
    BUTTON,
    COILS,
    DOORS,
    PULSE_S,
    WAIT_S,
    DoorsProcess,
)
from tests.hardware.kernel.machine import CHECKOUT

OPEN, CLOSED = 1, 0


@pytest.fixture
def doors(header, tmp_path) -> Iterator[DoorsProcess]:
    """The process with both seen doors shut."""
    with DoorsProcess(tmp_path / "data") as process:
        at_rest(header, process)
        yield process


def at_rest(header, process: DoorsProcess) -> None:
    """Lines are driven only after their driver claimed them with a pull."""
    for line in DOORS:
        header.line(line).drive(CLOSED)
    until(lambda: process.rows("SELECT COUNT(*) FROM locker WHERE door = 'closed'") == [(2,)])


def until(holds) -> None:
    until_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def test_an_asked_door_is_pulsed_once_and_seen_open(header, flight, doors):
    doors.ask(1)
    until(lambda: header.line(COILS[0]).level)
    header.line(DOORS[0]).drive(OPEN)

    assert doors.result() == "opened"
    assert len(flight.pulses()) == 1
    (width_s,) = flight.widths_s(COILS[0])
    assert 0.8 * PULSE_S <= width_s < 2 * PULSE_S  # what holds however busy the host is


def test_a_door_that_stays_shut_is_said(flight, doors):
    doors.ask(2)

    assert doors.result() == "open_not_detected"
    assert flight.widths_s(COILS[1])


def test_a_forced_door_and_one_left_open_are_alarms(header, flight, doors):
    header.line(DOORS[1]).drive(OPEN)

    kinds = "SELECT kind FROM door_alarm WHERE ended_at IS NULL"
    doors.finds(f"{kinds} AND kind = 'opened_without_command'")
    doors.finds(f"{kinds} AND kind = 'left_open'")
    assert flight.pulses() == []


def test_sigterm_in_mid_pulse_switches_off_and_ends_well(header, flight, doors):
    doors.ask(1)
    until(lambda: header.line(COILS[0]).level)

    code = doors.stop(signal.SIGTERM)

    assert code == 0
    assert header.line(COILS[0]).level == 0
    assert max(flight.widths_s(COILS[0])) <= 2 * PULSE_S


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_dies_in_mid_pulse_leaves_no_coil_on_and_its_heir_opens_nothing(
    header, flight, doors, how
):
    doors.ask(3)
    until(lambda: header.line(COILS[2]).level)
    doors.process.send_signal(how)
    doors.process.wait(WAIT_S)
    until(lambda: flight.widths_s(COILS[2]))
    (width_s,) = flight.widths_s(COILS[2])
    flight.forget()

    with DoorsProcess(doors.data) as heir:
        at_rest(header, heir)
        result = heir.result()
        report = heir.finds("SELECT cause FROM start_report ORDER BY id DESC LIMIT 1")

    assert width_s <= 2 * PULSE_S
    assert result == "interrupted"
    assert report == [("killed",)]
    assert {e.value for e in flight.entries() if e.what == "set"} == {0}


def test_the_emergency_button_opens_every_door_one_after_another(header, flight, doors):
    header.line(BUTTON).drive(0)

    until(lambda: {line for line, _, _ in flight.pulses()} == set(COILS))
    pulses = sorted(flight.pulses(), key=lambda pulse: pulse[1])
    assert all(a[2] <= b[1] for a, b in itertools.pairwise(pulses))
    doors.finds("SELECT id FROM emergency WHERE source = 'button'")


def test_lockers_safe_claims_every_coil_low(header, flight, tmp_path):
    settings = DoorsProcess(tmp_path / "data")

    said = subprocess.run(
        [sys.executable, "-m", "appliance", "lockers", "safe"],
        cwd=CHECKOUT,
        env=settings.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    claimed = {e.line for e in flight.entries() if e.what == "out"}
    assert claimed == set(COILS)
    assert {e.value for e in flight.entries() if e.what == "set"} == {0}
