"""Readers under /dev/input, by `ioctl` alone: found by name, opened for us alone.

Written against linux/input.h instead of with evdev, which takes 11 MB at import.
"""

import errno
import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path

from hardware.key_codes import ENTER

DEV_INPUT = Path("/dev/input")
EVENT = struct.Struct("@llHHi")
"""struct input_event: seconds, microseconds, type, code, value."""
GONE = (errno.ENOENT, errno.ENODEV, errno.ENXIO)
"""What opening a reader raises that is not there, or was unplugged since it was listed."""

_NAME_BYTES = 256
_KEY_BYTES = 96  # KEY_CNT is 0x300 bits
_EV_KEY = 1
_CLOCK_MONOTONIC = 1


def _ioc(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("E") << 8 | number


_READ, _WRITE = 2, 1
EVIOCGNAME = _ioc(_READ, 0x06, _NAME_BYTES)
EVIOCGUNIQ = _ioc(_READ, 0x08, _NAME_BYTES)
EVIOCGBIT_KEY = _ioc(_READ, 0x20 + _EV_KEY, _KEY_BYTES)
EVIOCGRAB = _ioc(_WRITE, 0x90, 4)
EVIOCSCLOCKID = _ioc(_WRITE, 0xA0, 4)


def open_grabbed(device: str, root: Path = DEV_INPUT) -> int:
    """Open the reader for us alone and return its descriptor; nothing it types reaches a page.

    `device` is a name in `root`/by-id or `root`/by-path (which tells two of a kind apart by their
    sockets) or a part of one, or a part of the name or the serial number that the device itself
    tells. Of several, the first is taken that has an Enter key and nobody else has grabbed.
    Raises FileNotFoundError when there is none, OSError(EBUSY) when all are grabbed,
    PermissionError.
    """
    refusal: OSError | None = None
    for path in _candidates(root):
        try:
            fd = _open_wanted(path, device, root)
        except OSError as error:
            if error.errno not in GONE:
                refusal = error
            continue
        if fd is not None:
            return fd
    raise refusal or FileNotFoundError(errno.ENOENT, f"no reader named {device!r}", str(root))


def _open_wanted(path: Path, device: str, root: Path) -> int | None:
    """Open and grab this one; None when it is not the wanted one."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if _is_wanted(fd, path, device, root):
            _grab(fd)
            return fd
    except BaseException:
        os.close(fd)
        raise
    os.close(fd)
    return None


def _candidates(root: Path) -> list[Path]:
    """Every event device, lowest number first: numbers change with every plug."""
    return sorted(root.glob("event*"), key=lambda path: (len(path.name), path.name))


def _is_wanted(fd: int, path: Path, device: str, root: Path) -> bool:
    names = [link.name for link in _links(root) if link.resolve() == path.resolve()]
    names += [_text(fd, EVIOCGNAME), _text(fd, EVIOCGUNIQ)]
    return any(device in name for name in names) and _has_enter(fd)


def _links(root: Path) -> list[Path]:
    return [*root.glob("by-id/*"), *root.glob("by-path/*")]


def _text(fd: int, request: int) -> str:
    answer = bytearray(_NAME_BYTES)
    try:
        fcntl.ioctl(fd, request, answer)
    except OSError:  # no serial number
        return ""
    return answer.split(b"\0", 1)[0].decode(errors="replace")


def _has_enter(fd: int) -> bool:
    """Tell a keyboard from the other event devices of the same plug (media keys, power)."""
    keys = bytearray(_KEY_BYTES)
    with suppress(OSError):
        fcntl.ioctl(fd, EVIOCGBIT_KEY, keys)
    return bool(keys[ENTER // 8] >> ENTER % 8 & 1)


def _grab(fd: int) -> None:
    fcntl.ioctl(fd, EVIOCGRAB, 1)
    with suppress(OSError):  # only silences within one code are measured with it
        fcntl.ioctl(fd, EVIOCSCLOCKID, struct.pack("i", _CLOCK_MONOTONIC))
