"""Two readers of one kind: each is taken once, and their sockets tell them apart."""

import errno
import os
from pathlib import Path

import pytest

from hardware.input_devices import open_grabbed
from tests.hardware.kernel.keyboards import VirtualKeyboard

NAME = "Twin Barcode Reader"


@pytest.fixture
def twins(tmp_path):
    """Two keyboards of one name, and a folder with links by their sockets, as udev makes them."""
    with VirtualKeyboard(NAME), VirtualKeyboard(NAME):
        devices = sorted(Path("/dev/input").glob("event*"), key=lambda path: int(path.name[5:]))
        (tmp_path / "by-path").mkdir()
        for socket, device in enumerate(devices):
            (tmp_path / device.name).symlink_to(device)
            (tmp_path / "by-path" / f"usb-0:{socket}-event-kbd").symlink_to(device)
        yield tmp_path


def opened(fd: int) -> str:
    return os.readlink(f"/proc/self/fd/{fd}")


def test_each_is_taken_once_and_a_third_is_busy(twins):
    first, second = open_grabbed(NAME, twins), open_grabbed(NAME, twins)

    with pytest.raises(OSError, match="busy") as refusal:
        open_grabbed(NAME, twins)

    assert opened(first) != opened(second)
    assert refusal.value.errno == errno.EBUSY
    os.close(first)
    os.close(second)


def test_their_sockets_tell_them_apart(twins):
    second = open_grabbed("usb-0:1-event", twins)
    first = open_grabbed("usb-0:0-event", twins)

    assert opened(first) == os.path.realpath(twins / "by-path" / "usb-0:0-event-kbd")
    assert opened(second) == os.path.realpath(twins / "by-path" / "usb-0:1-event-kbd")
    os.close(first)
    os.close(second)
