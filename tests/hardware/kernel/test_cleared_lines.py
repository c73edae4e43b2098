"""Lines are claimed low without a driver: by the command `safe`, and by the pulse guard."""

import os
import signal
import subprocess
import sys
import time

import pytest

from hardware.safe_outputs import clear_coils, clear_registers
from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.flight import FlightRecorder
from tests.hardware.kernel.machine import CHECKOUT

WAIT_S = 10.0
COIL, NEIGHBOUR = 3, 9
PULSE_S = 1.0
PULSING = f"""
from hardware.open_pins import open_gpio
from hardware.options import GpioLockerOptions
from hardware.wiring import GpioWiring
coils = {{1: {COIL}, 2: {NEIGHBOUR}}}
wiring = GpioWiring(solenoid_pins=coils, chip="pcf8575", pulse_s={PULSE_S})
open_gpio(GpioLockerOptions(wiring=wiring, guarded=True)).pulse(1)
"""


@pytest.fixture(scope="module")
def expander(header):
    return SimChip.plug_in("keeper", label="pcf8575", lines=16)


def test_coils_are_claimed_low_and_given_back(flight):
    clear_coils("", (12, 13))

    for line in (12, 13):
        done = [(e.what, e.value) for e in flight.entries() if e.line == line]
        assert done == [("set", 0), ("out", 0)]
    clear_coils("", (12, 13))  # nobody holds them


def test_a_line_that_is_taken_does_not_keep_the_others_on(header, flight):
    import lgpio

    chip = lgpio.gpiochip_open(header.number)
    lgpio.gpio_claim_output(chip, 13)
    flight.forget()
    try:
        with pytest.raises(OSError, match="refuses lines 13"):
            clear_coils("", (12, 13, 16))
    finally:
        lgpio.gpiochip_close(chip)

    assert {e.line for e in flight.entries() if e.what == "out"} == {12, 16}


def test_registers_are_disabled_and_then_filled_with_zeros(flight):
    clear_registers((22, 23, 24), 25, outputs=48)

    done = [(e.line, e.value) for e in flight.entries() if e.what == "set"]
    assert done[0] == (25, 0)
    assert done.count((23, 1)) == 48
    assert done.count((22, 1)) == done.count((25, 1)) == 0
    assert done.count((24, 1)) == 1
    assert done.index((24, 1)) > len(done) - 1 - done[::-1].index((23, 1))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_the_guard_clears_an_expander_whose_process_ended_in_mid_pulse(expander, end):
    with FlightRecorder(expander.base) as flight:
        process = subprocess.Popen(
            [sys.executable, "-c", PULSING],
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )
        _wait(lambda: (COIL, "set", 1) in _done(flight))
        os.kill(process.pid, end)
        code = process.wait(WAIT_S)

        _wait(lambda: _done(flight)[-2:] == [(NEIGHBOUR, "set", 0), (NEIGHBOUR, "out", 0)])

        on_s = next(e.at_s for e in flight.entries() if (e.line, e.value) == (COIL, 1))
        cleared_s = flight.entries()[-1].at_s - on_s
    assert code == -signal.SIGKILL
    assert _done(flight)[-4:-2] == [(COIL, "set", 0), (COIL, "out", 0)]
    assert cleared_s < 2 * PULSE_S


def _done(flight: FlightRecorder) -> list[tuple[int, str, int]]:
    return [(e.line, e.what, e.value) for e in flight.entries()]


def _wait(until) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not until():
        assert time.monotonic() < deadline_s, "it never came"
        time.sleep(0.01)
