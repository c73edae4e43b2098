"""The wires beside readers, lights and buttons, on the kernel's own lines."""

import itertools
import os
import pty
import random
import time
from contextlib import closing
from queue import Queue

import pytest

from hardware.emergency_button import SAMPLE_S, GpioEmergencyButton
from hardware.reader_interfaces import BadRead, ReaderState, Signal
from hardware.reader_options import (
    EmergencyButtonOptions,
    SerialReaderOptions,
    SignalLightOptions,
    WiegandReaderOptions,
)
from hardware.readers_serial import SerialCodeReader
from hardware.readers_wiegand import WiegandCodeReader
from hardware.scan_lines import TRIGGER_S
from hardware.signal_lights import GpioSignalLights
from tests.hardware.kernel.chips import SimChip

WAIT_S = 15.0
BUTTON, TRIGGER, GOOD_READ, LIGHT, D0, D1 = 26, 22, 23, 24, 5, 6
CARD_TRIES = 20
BIT_S = 0.012
"""Edges of simulated lines come with the kernel's tick, every 10 ms; readers send one each 1 ms."""


@pytest.fixture
def pins(header):
    """The header's pins for drivers; closed with its chip, which alone gives the lines back."""
    from hardware.pins_lgpio import ApplianceFactory

    with closing(ApplianceFactory()) as factory:
        yield factory


def until(holds, what: str) -> None:
    until_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < until_s, what
        time.sleep(0.01)


@pytest.mark.parametrize(("rests", "at_rest"), [("closed", 0), ("open", 1)])
def test_the_emergency_button_fires_once_a_press(header, pins, rests, at_rest):
    pressed: Queue[float] = Queue()
    options = EmergencyButtonOptions(pin=BUTTON, rests=rests, hold_s=0.3)
    with closing(GpioEmergencyButton(options, pins)) as button:
        contact = header.line(BUTTON)
        contact.drive(at_rest)
        until(lambda: not button.is_pressed, "the button does not come to rest")
        button.on_press = lambda: pressed.put(time.monotonic())

        for _ in range(2):
            pressed_s = time.monotonic()
            contact.drive(1 - at_rest)
            fired_s = pressed.get(timeout=WAIT_S)
            time.sleep(0.5)  # held on: no second time
            contact.drive(at_rest)
            time.sleep(4 * SAMPLE_S)  # long enough to be seen at rest

            assert fired_s - pressed_s >= 0.25

        assert pressed.empty()


def test_a_short_press_of_the_emergency_button_is_none(header, pins):
    pressed: Queue[None] = Queue()
    options = EmergencyButtonOptions(pin=BUTTON, rests="open", hold_s=1.0)
    with closing(GpioEmergencyButton(options, pins)) as button:
        contact = header.line(BUTTON)
        contact.drive(1)
        button.on_press = lambda: pressed.put(None)
        contact.drive(0)
        time.sleep(0.3)
        contact.drive(1)
        time.sleep(1.2)

        assert pressed.empty()


def test_the_trigger_line_falls_by_itself(header, pins, flight):
    with ScanModule(pins) as (reader, _):
        reader.trigger()
        until(lambda: flight.widths_s(TRIGGER), "the trigger does not fall")

    (width_s,) = flight.widths_s(TRIGGER)
    assert TRIGGER_S - 0.01 <= width_s <= 3.0
    assert header.line(TRIGGER).level == 0


def test_a_closed_reader_leaves_no_trigger_on(header, pins, flight):
    with ScanModule(pins) as (reader, _):
        reader.trigger()
        until(lambda: header.line(TRIGGER).level, "the trigger does not rise")

    assert len(flight.widths_s(TRIGGER)) == 1
    assert header.line(TRIGGER).level == 0


def test_a_code_of_a_module_with_wires_arrives(header, pins):
    with ScanModule(pins) as (reader, module_end):
        codes: Queue[str] = Queue()
        reader.on_code = lambda read: codes.put(read.text)
        header.line(GOOD_READ).drive(0)
        os.write(module_end, b"RB1-0042\r")
        header.line(GOOD_READ).drive(1)

        assert codes.get(timeout=WAIT_S) == "RB1-0042"


def test_lights_are_dark_before_and_after(header, pins, flight):
    options = SignalLightOptions(good_pin=LIGHT)
    with closing(GpioSignalLights(options, pins)) as lights:
        assert set(flight.levels(LIGHT)) == {0}
        lights.show(Signal.GOOD)
        until(lambda: flight.widths_s(LIGHT), "the light does not go out")
    assert header.line(LIGHT).level == 0


def test_wiegand_cards_arrive_whole(header, pins):
    chance = random.Random(26)
    heard: Queue[str | BadRead] = Queue()
    # A busy machine pauses longer between the bits than any reader does.
    options = WiegandReaderOptions(name="door", data0_pin=D0, data1_pin=D1, frame_end_s=0.5)
    with closing(WiegandCodeReader(options, pins)) as reader:
        reader.on_code = lambda read: heard.put(read.text)
        reader.on_bad_read = heard.put
        reader.start()
        until(lambda: reader.state is ReaderState.READY, "the reader has no lines")
        for _ in range(3):
            facility, number = chance.randrange(256), chance.randrange(65536)
            for _ in range(CARD_TRIES):
                in_time = _hold_up(header, facility, number)
                answer = heard.get(timeout=WAIT_S)
                if in_time or not isinstance(answer, BadRead):
                    break
            else:
                pytest.skip("this machine is too busy to play the bits of a card in time")

            assert answer == f"W26:{facility:03}:{number:05}"


class ScanModule:
    """A scan module on a pseudo-terminal, with its two wires; gives the reader, its own end."""

    def __init__(self, pins) -> None:
        self._pins = pins

    def __enter__(self):
        self._module, self._line = pty.openpty()
        path = os.ttyname(self._line)
        options = SerialReaderOptions(
            name="desk", port=path, trigger_pin=TRIGGER, good_read_pin=GOOD_READ
        )
        self._reader = SerialCodeReader(options, self._pins)
        self._reader.start()
        until(lambda: self._reader.state is ReaderState.READY, f"{path} is not opened")
        return self._reader, self._module

    def __exit__(self, *_):
        self._reader.close()
        os.close(self._module)
        os.close(self._line)


def _hold_up(header: SimChip, facility: int, number: int) -> bool:
    """Play a card: even parity over the first 12 bits, odd over the last 12.

    False when a bit came so late that it is no fault to hear another card than this.
    """
    data = f"{facility:08b}{number:016b}"
    even, odd = data[:12].count("1") % 2, 1 - data[12:].count("1") % 2
    times_s = [time.monotonic()]
    for bit in f"{even}{data}{odd}":
        line = header.line(D1 if bit == "1" else D0)
        line.drive(0)
        time.sleep(BIT_S)
        line.drive(1)
        times_s.append(time.monotonic())
    return all(b - a < 1.5 * BIT_S for a, b in itertools.pairwise(times_s))
