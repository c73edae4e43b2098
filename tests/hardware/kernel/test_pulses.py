"""Pulses by the kernel's own record: the real driver over the real lgpio and gpiochip."""

import contextlib
import itertools
import statistics
import subprocess
import sys
import threading
import time

import pytest

from hardware.interfaces import DeviceBusy, DeviceFault
from tests.hardware.kernel.banks import COILS, PULSE_S, open_bank


def test_every_pulse_has_its_length_and_ends_low(header, flight):
    with open_bank() as bank:
        for number in (1, 2, 3) * 3:
            bank.pulse(number)

        widths = [end - start for _, start, end in flight.pulses()]

        assert len(widths) == 9
        assert min(widths) >= 0.8 * PULSE_S  # a late start is made up for
        assert statistics.median(widths) == pytest.approx(PULSE_S, abs=0.005)
        assert max(widths) <= 2 * PULSE_S
        assert [header.line(line).level for line in COILS.values()] == [0, 0, 0]


def test_a_busy_interpreter_and_a_busy_machine_do_not_stretch_a_pulse(flight):
    over = threading.Event()

    def spin() -> None:
        while not over.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=spin) for _ in range(4)]
    with (
        open_bank() as bank,
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy,
    ):
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                bank.pulse(1)
        finally:
            over.set()
            busy.kill()
            for thread in threads:
                thread.join()

        widths = flight.widths_s(COILS[1])

    assert len(widths) == 5
    assert statistics.median(widths) <= 1.1 * PULSE_S
    assert max(widths) <= 2 * PULSE_S


def test_never_two_coils_at_once(flight):
    with open_bank(pulse_s=0.05) as bank:

        def fire(number: int) -> None:
            until_s = time.monotonic() + 2.0
            while time.monotonic() < until_s:
                with contextlib.suppress(DeviceBusy):
                    bank.pulse(number)
                time.sleep(0.01)  # the others' turn

        threads = [threading.Thread(target=fire, args=(number,)) for number in COILS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        pulses = sorted(flight.pulses(), key=lambda pulse: pulse[1])

    assert len(pulses) > 10
    assert len({line for line, _, _ in pulses}) > 1
    for (_, _, end), (_, start, _) in itertools.pairwise(pulses):
        assert end <= start


def test_taking_and_giving_back_the_lines_raises_none(header, flight):
    with open_bank():
        claimed = {e.line for e in flight.entries() if e.what == "out"}
    with open_bank():
        pass

    assert claimed == set(COILS.values())
    for line in COILS.values():
        assert set(flight.levels(line)) == {0}
        assert header.line(line).level == 0


def test_a_line_is_low_before_it_becomes_an_output(flight):
    with open_bank():
        entries = flight.entries()

    for line in COILS.values():
        of_line = [entry for entry in entries if entry.line == line]
        first_out = next(i for i, entry in enumerate(of_line) if entry.what == "out")
        assert any(entry.what == "set" and entry.value == 0 for entry in of_line[:first_out])


def test_closing_in_the_middle_of_a_pulse_ends_it(header, flight):
    with open_bank(pulse_s=1.0) as bank:
        faults = []

        def fire() -> None:
            with pytest.raises(DeviceFault) as cut:
                bank.pulse(1)
            faults.append(cut.value)

        thread = threading.Thread(target=fire)
        thread.start()
        until_s = time.monotonic() + 10
        while not header.line(COILS[1]).level and time.monotonic() < until_s:
            time.sleep(0.01)
    thread.join()

    assert faults
    assert flight.widths_s(COILS[1])[0] < 0.9
    assert header.line(COILS[1]).level == 0
