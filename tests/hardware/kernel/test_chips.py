"""Coils behind an expander's chip and behind shift registers, on the kernel's own lines."""

from contextlib import closing

import pytest

from hardware.interfaces import DoorState
from tests.hardware.kernel.banks import open_bank
from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.flight import Entry, FlightRecorder

DATA, CLOCK, LATCH, ENABLE = 22, 23, 24, 25


@pytest.fixture(scope="module")
def expander(header):
    """A second chip, which programs find by its label; plugged in after the header."""
    return SimChip.plug_in("expander", label="mcp23017", lines=16)


def test_an_expanders_coil_is_not_the_headers_line_of_that_number(header, expander, flight):
    on_expander = FlightRecorder(expander.base)
    wiring = {"solenoid_pins": {1: 3, 2: 12}, "door_pins": {1: 7}}
    with open_bank(chip="mcp23017", sensor_chip="mcp23017", **wiring) as bank:
        bank.pulse(2)

        touched = {entry.line for entry in flight.entries() if 0 <= entry.line < 54}
        assert len(on_expander.widths_s(12)) == 1
        assert touched == set()


def test_contacts_may_hang_on_the_header_while_coils_hang_on_an_expander(header, expander, flight):
    on_expander = FlightRecorder(expander.base)
    wiring = {"solenoid_pins": {1: 4}, "door_pins": {1: 4}}
    with open_bank(chip="mcp23017", sensor_chip="", **wiring) as bank:
        header.line(4).drive(0)
        shut = bank.door(1)
        header.line(4).drive(1)
        bank.pulse(1)

        assert (shut, bank.door(1)) == (DoorState.CLOSED, DoorState.OPEN)
        assert len(on_expander.widths_s(4)) == 1
        assert flight.widths_s(4) == []


def test_shift_registers_hold_one_bit_while_the_enable_line_is_high(header, flight):
    with closing(_shift_bank({1: 0, 2: 5, 3: 11})) as bank:
        for number in (1, 2, 3):
            bank.pulse(number)

    shown = _words_while_enabled(flight.entries())

    assert shown == [{1 << 0}, {1 << 5}, {1 << 11}]
    assert header.line(ENABLE).level == 0


def test_zeros_are_shifted_before_the_enable_line_is_taken(flight):
    with closing(_shift_bank({1: 0, 2: 11})):
        entries = flight.entries()

    taken = next(i for i, e in enumerate(entries) if (e.line, e.what) == (ENABLE, "out"))
    before = [e for e in entries[:taken] if e.what == "set" and e.value]
    assert [e.line for e in before].count(CLOCK) == 16
    assert before[-1].line == LATCH
    assert DATA not in {e.line for e in before}
    assert set(flight.levels(ENABLE)) == {0}


def _shift_bank(outputs: dict[int, int]):
    from hardware.factory import open_locker_bank
    from hardware.options import ShiftLockerOptions
    from hardware.wiring import ShiftWiring

    lines = {"data_pin": DATA, "clock_pin": CLOCK, "latch_pin": LATCH, "enable_pin": ENABLE}
    times = {"pulse_s": 0.1, "rest_s": 0.0, "stagger_s": 0.0}
    wiring = ShiftWiring(outputs=outputs, **lines, **times)
    return open_locker_bank("shift_register", ShiftLockerOptions(wiring=wiring))


def _words_while_enabled(entries: list[Entry]) -> list[set[int]]:
    """Play the chips: every word that stood at their outputs during each time of "enable"."""
    levels: dict[int, int] = {}
    inside = outputs = 0
    found: list[set[int]] = []
    for entry in entries:
        if entry.what != "set":
            continue
        rises = entry.value and not levels.get(entry.line)
        levels[entry.line] = entry.value
        if entry.line == CLOCK and rises:
            inside = (inside << 1 | levels.get(DATA, 0)) & 0xFFFF
        elif entry.line == LATCH and rises:
            outputs = inside
        elif entry.line == ENABLE and rises:
            found.append(set())
        if levels.get(ENABLE):
            found[-1].add(outputs)
    return found
