"""What is particular to scan modules on a serial line."""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.gm65 import ASK_MODE, LOOK_NOW
from hardware.interfaces import DeviceUnavailable
from hardware.reader_interfaces import CodeRead, ReaderState
from hardware.reader_options import SerialReaderOptions
from hardware.readers_serial import SerialCodeReader
from tests.hardware.conftest import WAIT_S, FakeSeconds
from tests.hardware.reader_rigs import Gm65Rig, Rig, SerialRig

TRIGGER, GOOD_READ = 22, 23


class WiredRig(SerialRig):
    """A plain module with both of its wires."""

    def build(self) -> SerialCodeReader:
        self.factory = MockFactory()
        return super().build()

    def reader_of(self, options: SerialReaderOptions) -> SerialCodeReader:
        return SerialCodeReader(options, self.factory, clock=self.clock)

    def options(self) -> SerialReaderOptions:
        return SerialReaderOptions(
            name="wired", port=str(self.port), trigger_pin=TRIGGER, good_read_pin=GOOD_READ
        )


class MuteRig(Gm65Rig):
    """A GM65 whose receiving wire is off."""

    def _answer(self, command: bytes) -> None:
        pass


@pytest.fixture
def heard() -> Queue[object]:
    return Queue()


@pytest.fixture
def log_lines() -> Iterator[Queue[str]]:
    """What the drivers write to the log, as it is written."""
    lines: Queue[str] = Queue()
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.put(record.getMessage())
    log = logging.getLogger("hardware")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield lines
    log.removeHandler(handler)
    log.setLevel(level)


@pytest.fixture
def start(
    tmp_path: Path, seconds: FakeSeconds, heard: Queue[object]
) -> Iterator[Callable[[type[Rig]], Rig]]:
    built: list[Rig] = []

    def begin(kind: type[Rig]) -> Rig:
        rig = kind(tmp_path, seconds)
        built.append(rig)
        rig.reader.on_code = rig.reader.on_bad_read = rig.reader.on_state = heard.put
        rig.reader.start()
        assert heard.get(timeout=WAIT_S) is ReaderState.READY
        return rig

    yield begin
    for rig in built:
        rig.close()


def code(heard: Queue[object]) -> str:
    said = heard.get(timeout=WAIT_S)
    assert isinstance(said, CodeRead), said
    return said.text


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b""])
def test_a_code_ends_with_a_terminator_or_with_silence(start, heard, end: bytes) -> None:
    rig = start(SerialRig)

    rig.raw(b"T-7K3M-9" + end)

    assert code(heard) == "T-7K3M-9"


def test_several_codes_in_one_piece_are_several(start, heard) -> None:
    start(SerialRig).raw(b"T-1\r\nT-2\tT-3\n")

    assert [code(heard) for _ in range(3)] == ["T-1", "T-2", "T-3"]


def test_a_port_that_another_program_holds_is_a_fault_until_it_is_free(
    tmp_path: Path, heard
) -> None:
    rig = SerialRig(tmp_path, FakeSeconds())
    rig.reader.on_state = heard.put
    fcntl.flock(rig.slave, fcntl.LOCK_EX)

    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.FAULT
    fcntl.flock(rig.slave, fcntl.LOCK_UN)

    assert heard.get(timeout=WAIT_S) is ReaderState.READY
    rig.close()


def test_what_is_no_serial_port_is_a_fault(tmp_path: Path, heard) -> None:
    (tmp_path / "port").touch()
    reader = SerialCodeReader(SerialReaderOptions(name="file", port=str(tmp_path / "port")))
    reader.on_state = heard.put

    reader.start()

    assert heard.get(timeout=WAIT_S) is not ReaderState.READY
    reader.close()


def test_a_gm65_that_is_told_to_look_acknowledges_and_sends_what_it_sees(start, heard) -> None:
    rig = start(Gm65Rig)
    rig.shown = "T-7K3M-9"

    rig.reader.trigger()

    assert code(heard) == "T-7K3M-9"
    assert rig.heard == [ASK_MODE, LOOK_NOW]


def test_a_gm65_says_its_mode(start, log_lines: Queue[str]) -> None:
    start(Gm65Rig)

    assert log_lines.get(timeout=WAIT_S) == "reader serial is ready"
    assert log_lines.get(timeout=WAIT_S) == "reader serial is in command mode"


def test_a_gm65_that_does_not_answer_still_reads(start, heard, log_lines: Queue[str]) -> None:
    rig = start(MuteRig)
    rig.send("T-1")

    assert code(heard) == "T-1"
    assert log_lines.get(timeout=WAIT_S) == "reader serial is ready"
    assert "does not answer" in log_lines.get(timeout=WAIT_S)
    rig.send("T-2")
    assert code(heard) == "T-2"


def test_an_absent_gm65_cannot_be_triggered(start, heard) -> None:
    rig = start(Gm65Rig)
    rig.unplug()
    assert heard.get(timeout=WAIT_S) is ReaderState.ABSENT

    with pytest.raises(DeviceUnavailable):
        rig.reader.trigger()


def test_the_trigger_wire_is_pulsed_and_falls_by_itself(start) -> None:
    rig = start(WiredRig)
    pin = rig.factory.pin(TRIGGER)

    rig.reader.trigger()
    rig.reader._wires._trigger._blink_thread.join(WAIT_S)

    assert [state.state for state in pin.states] == [False, True, False]
    assert 0.15 < pin.states[2].timestamp < 5.0


def test_closing_in_the_middle_of_a_trigger_lets_the_wire_fall(start) -> None:
    rig = start(WiredRig)
    pin = rig.factory.pin(TRIGGER)

    rig.reader.trigger()
    rig.reader.close()

    assert not pin.state


def test_a_code_without_a_good_read_signal_arrives_and_is_warned_of(
    start, heard, log_lines: Queue[str]
) -> None:
    rig = start(WiredRig)
    assert log_lines.get(timeout=WAIT_S) == "reader wired is ready"

    rig.send("T-1")

    assert code(heard) == "T-1"
    assert log_lines.get(timeout=WAIT_S) == "reader wired read a code without a good-read signal"


def test_a_code_with_its_good_read_signal_is_warned_of_no_more(
    start, heard, caplog: pytest.LogCaptureFixture
) -> None:
    rig = start(WiredRig)
    pin = rig.factory.pin(GOOD_READ)

    pin.drive_low()
    pin.drive_high()
    rig.send("T-1")
    assert code(heard) == "T-1"
    while rig.reader._unconfirmed_s is not None:
        os.sched_yield()

    assert "good-read" not in caplog.text


def test_a_wire_that_is_in_use_is_said_at_once() -> None:
    factory = MockFactory()
    options = SerialReaderOptions(name="x", port="/dev/null", trigger_pin=TRIGGER)
    first = SerialCodeReader(options, factory)

    with pytest.raises(DeviceUnavailable):
        SerialCodeReader(options, factory)

    first.close()


def test_a_closed_reader_lets_the_wire_fall_before_it_releases_the_chip(tmp_path: Path) -> None:
    factory = MockFactory()
    levels: list[bool] = []
    reader = SerialCodeReader(
        SerialReaderOptions(name="x", port=str(tmp_path / "none"), trigger_pin=TRIGGER),
        factory,
        release=lambda: levels.append(bool(factory.pin(TRIGGER).state)),
    )
    reader._wires.look()

    reader.close()
    reader.close()

    assert levels == [False]


def test_a_closed_reader_cannot_be_triggered(start) -> None:
    rig = start(WiredRig)
    rig.reader.close()

    with pytest.raises(DeviceUnavailable):
        rig.reader.trigger()
