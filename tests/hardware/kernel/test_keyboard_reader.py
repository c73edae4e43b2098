"""A USB reader that types, as the kernel shows it: grabbed, unplugged, overrun."""

import errno
import fcntl
import os
from queue import Queue

import pytest

from hardware.input_devices import EVIOCGRAB, open_grabbed
from hardware.reader_interfaces import BadRead, ReaderState
from hardware.reader_options import HidReaderOptions
from hardware.readers_hid import HidCodeReader
from tests.hardware.kernel.keyboards import VirtualKeyboard

WAIT_S = 15.0
NAME = "Test Barcode Reader"


@pytest.fixture
def plugged():
    with VirtualKeyboard(NAME) as keyboard:
        yield keyboard


class Listened:
    """A reader and what it said."""

    def __init__(self, device: str = NAME) -> None:
        self.codes: Queue[str] = Queue()
        self.bad: Queue[BadRead] = Queue()
        self.states: Queue[ReaderState] = Queue()
        self.reader = HidCodeReader(HidReaderOptions(name="lockers", device=device))
        self.reader.on_code = lambda read: self.codes.put(read.text)
        self.reader.on_bad_read = self.bad.put
        self.reader.on_state = self.states.put

    def becomes(self, state: ReaderState) -> None:
        while self.states.get(timeout=WAIT_S) is not state:
            pass


@pytest.fixture
def listened():
    listened = Listened()
    listened.reader.start()
    yield listened
    listened.reader.close()


def test_a_scan_arrives_with_capitals_and_signs(plugged, listened):
    listened.becomes(ReaderState.READY)

    plugged.type("RB1-0042:Ab/9")

    assert listened.codes.get(timeout=WAIT_S) == "RB1-0042:Ab/9"


def test_scans_follow_one_another(plugged, listened):
    listened.becomes(ReaderState.READY)

    for text in ("9780306406157", "RB1-0001", "9780306406158"):
        plugged.type(text)

    assert [listened.codes.get(timeout=WAIT_S) for _ in range(3)] == [
        "9780306406157",
        "RB1-0001",
        "9780306406158",
    ]


def test_nobody_else_gets_what_a_grabbed_reader_types(plugged, listened):
    listened.becomes(ReaderState.READY)
    (path,) = _event_devices()
    other = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(OSError, match="busy") as refused:
            fcntl.ioctl(other, EVIOCGRAB, 1)
        plugged.type("SECRET-1")
        listened.codes.get(timeout=WAIT_S)

        with pytest.raises(BlockingIOError):
            os.read(other, 4096)
    finally:
        os.close(other)
    assert refused.value.errno == errno.EBUSY


def test_a_reader_that_another_program_grabbed_is_a_fault(plugged):
    other = open_grabbed(NAME)
    listened = Listened()
    listened.reader.start()
    try:
        listened.becomes(ReaderState.FAULT)
        os.close(other)
        listened.becomes(ReaderState.READY)
    finally:
        listened.reader.close()


def test_a_reader_plugged_in_again_under_another_number_is_found(listened):
    listened.becomes(ReaderState.ABSENT)
    with VirtualKeyboard(NAME) as first:
        listened.becomes(ReaderState.READY)
        first.type("FIRST-1")
        assert listened.codes.get(timeout=WAIT_S) == "FIRST-1"
        before = _event_devices()
        # Takes the number that the next one would have had.
        other = VirtualKeyboard("Some Keyboard")
        other.__enter__()
    try:
        listened.becomes(ReaderState.ABSENT)
        with VirtualKeyboard("Another Keyboard"), VirtualKeyboard(NAME) as second:
            listened.becomes(ReaderState.READY)
            after = _event_devices()
            second.type("SECOND-2")

            assert listened.codes.get(timeout=WAIT_S) == "SECOND-2"
    finally:
        other.__exit__(None, None, None)
    assert set(after) - set(before)


def test_unplugged_in_mid_code_is_a_bad_read_and_nothing_of_it_is_left(listened):
    listened.becomes(ReaderState.ABSENT)
    with VirtualKeyboard(NAME) as first:
        listened.becomes(ReaderState.READY)
        first.begin("HALF")
    assert listened.bad.get(timeout=WAIT_S) is BadRead.CUT_OFF

    with VirtualKeyboard(NAME) as second:
        listened.becomes(ReaderState.READY)
        second.type("WHOLE-1")

        assert listened.codes.get(timeout=WAIT_S) == "WHOLE-1"


def test_events_that_the_kernel_dropped_make_a_bad_read_not_a_shorter_code(plugged):
    """The kernel keeps 64 events, here before the reader starts, and then only the newest."""
    fd = open_grabbed(NAME)
    listened = Listened()
    listened.reader = HidCodeReader(
        HidReaderOptions(name="lockers", device=NAME), open_device=lambda _: os.dup(fd)
    )
    listened.reader.on_code = lambda read: listened.codes.put(read.text)
    listened.reader.on_bad_read = listened.bad.put

    plugged.type("1234567890" * 8, pause_s=0)
    listened.reader.start()
    try:
        said = listened.bad.get(timeout=WAIT_S)
        plugged.type("AFTER-1")

        assert said is BadRead.CUT_OFF
        assert listened.codes.get(timeout=WAIT_S) == "AFTER-1"
    finally:
        listened.reader.close()
        os.close(fd)


def _event_devices() -> list[str]:
    return sorted(f"/dev/input/{name}" for name in os.listdir("/dev/input") if "event" in name)
