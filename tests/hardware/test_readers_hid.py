"""What is particular to readers that type, on a virtual keyboard where the kernel has one."""

import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from hardware.input_devices import EVENT, open_grabbed
from hardware.key_codes import ENTER, LAYOUTS
from hardware.key_text import EV_KEY, EV_SYN
from hardware.reader_interfaces import BadRead, CodeRead, ReaderState
from hardware.reader_options import HidReaderOptions
from hardware.readers_hid import HidCodeReader
from tests.hardware.conftest import WAIT_S, FakeSeconds
from tests.hardware.reader_rigs import HidRig

UINPUT = Path("/dev/uinput")


@pytest.fixture
def heard() -> Queue[object]:
    return Queue()


@pytest.fixture
def rig(tmp_path: Path, seconds: FakeSeconds, heard: Queue[object]) -> Iterator[HidRig]:
    built = HidRig(tmp_path, seconds)
    built.reader.on_code = built.reader.on_bad_read = built.reader.on_state = heard.put
    yield built
    built.close()


def test_a_reader_that_another_program_grabbed_is_a_fault_until_it_lets_go(rig, heard) -> None:
    rig.refusal = OSError(errno.EBUSY, "grabbed")

    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.FAULT
    rig.refusal = None

    assert heard.get(timeout=WAIT_S) is ReaderState.READY


def test_a_reader_that_may_not_be_opened_is_a_fault(rig, heard) -> None:
    rig.refusal = PermissionError(errno.EACCES, "no")

    rig.reader.start()

    assert heard.get(timeout=WAIT_S) is ReaderState.FAULT


def test_a_code_without_its_enter_is_cut_off_by_silence(rig, heard) -> None:
    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY

    rig.type("T-7")

    assert heard.get(timeout=WAIT_S) is BadRead.CUT_OFF


def test_a_reader_unplugged_within_a_code_cuts_it_off(rig, heard) -> None:
    rig.type("T-7")
    rig.far.close()

    rig.reader.start()

    said = [heard.get(timeout=WAIT_S) for _ in range(3)]
    assert said == [ReaderState.READY, BadRead.CUT_OFF, ReaderState.ABSENT]


def test_without_input_devices_no_reader_is_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_grabbed("Scanner", tmp_path)


def test_what_is_no_input_device_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "event0").write_bytes(b"")
    (tmp_path / "by-id").mkdir()
    (tmp_path / "by-id" / "usb-Scanner-event-kbd").symlink_to("../event0")

    with pytest.raises(FileNotFoundError):
        open_grabbed("Scanner", tmp_path)


class VirtualKeyboard:
    """A keyboard of the real kernel, made through /dev/uinput."""

    def __init__(self, name: str) -> None:
        self.fd = os.open(UINPUT, os.O_WRONLY | os.O_NONBLOCK)
        fcntl.ioctl(self.fd, 0x40045564, EV_KEY)  # UI_SET_EVBIT
        for code in range(1, 100):
            fcntl.ioctl(self.fd, 0x40045565, code)  # UI_SET_KEYBIT
        setup = struct.pack("HHHH80sI", 3, 0x1A86, 0x5453, 1, name.encode(), 0)
        fcntl.ioctl(self.fd, 0x405C5503, setup)  # UI_DEV_SETUP
        fcntl.ioctl(self.fd, 0x5501)  # UI_DEV_CREATE

    def type(self, text: str) -> None:
        for code in [*(self._code(character) for character in text), ENTER]:
            for value in (1, 0):
                os.write(self.fd, EVENT.pack(0, 0, EV_KEY, code, value))
                os.write(self.fd, EVENT.pack(0, 0, EV_SYN, 0, 0))
            time.sleep(0.005)  # as a USB reader does

    def close(self) -> None:
        os.close(self.fd)

    def _code(self, character: str) -> int:
        return next(code for code, pair in LAYOUTS["us"].items() if pair[0] == character)


def test_a_real_virtual_keyboard_is_grabbed_read_lost_and_found_again(heard) -> None:
    if not os.access(UINPUT, os.W_OK):
        pytest.skip(f"{UINPUT} cannot be opened: no virtual keyboard on this machine")
    name = f"Scanner {os.getpid()}"
    keyboard = VirtualKeyboard(name)
    reader = HidCodeReader(HidReaderOptions(name="hid", device=name))
    reader.on_code = reader.on_bad_read = reader.on_state = heard.put
    try:
        reader.start()
        assert heard.get(timeout=WAIT_S) is ReaderState.READY
        keyboard.type("978-1")
        assert heard.get(timeout=WAIT_S) == CodeRead("978-1", pytest.approx(time.monotonic(), 1))
        with pytest.raises(OSError, match="busy"):
            open_grabbed(name)

        keyboard.close()
        assert heard.get(timeout=WAIT_S) is ReaderState.ABSENT
        keyboard = VirtualKeyboard(name)
        assert heard.get(timeout=WAIT_S) is ReaderState.READY
    finally:
        reader.close()
        keyboard.close()
