"""GPIO lines by the kernel's own interface: found by name, claimed low; nothing to import first.

For the programs that have to be quick and small: the pulse guard, and `ruangbaca lockers safe`.
Pulses are none of its business. The structures are those of linux/gpio.h, version 2 (Linux 5.10).
"""

import errno
import fcntl
import os
import struct
import time

Lines = tuple[int, ...]

HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""The 40-pin header's chip on Pi 5, 4, and older; its number moved between kernels."""
BUSY_TRY_EVERY_S = 0.01

_CHIP_INFO = struct.Struct("=32s32sI")
_CHIP_INFO_IOCTL = 0x8044B401
# 64 offsets, consumer, flags, number of attributes, 5 words and 10 attributes unused, number of
# lines, event buffer, 5 words unused, the answered descriptor.
_REQUEST = struct.Struct("=64I32sQI20s240sII20si")
_REQUEST_IOCTL = 0xC250B407
_VALUES = struct.Struct("=QQ")
_VALUES_IOCTL = 0xC010B40F
_OUTPUT = 1 << 3
_CONSUMER = b"ruangbaca-safe"


def find_chip(
    name: str, devices: str = "/dev", classes: str = "/sys/bus/gpio/devices"
) -> tuple[str, int]:
    """Return path and number of the gpiochip of this name; "" means the header's.

    A name is a chip's label ("mcp23017") or that of its device ("1-0020": bus 1, address 0x20),
    which tells two expanders of one kind apart. Raises OSError when none or several have it.
    """
    found, others = [], []
    for entry in sorted(os.scandir(devices), key=lambda entry: entry.name):
        # A Pi 5 calls its header gpiochip0 and, for old programs, gpiochip4 by a link.
        if not entry.name.startswith("gpiochip") or entry.is_symlink():
            continue
        try:
            label = chip_label(entry.path)
        except OSError as error:
            others.append(f"{entry.name} ({error.strerror})")
            continue
        device = os.path.realpath(f"{classes}/{entry.name}").split("/")[-2]
        if label in HEADER_LABELS if name == "" else name in (label, device):
            found.append((entry.path, int(entry.name.removeprefix("gpiochip")), device))
        others.append(f"{label} ({device})")
    if len(found) == 1 or (found and name == ""):
        return found[0][:2]
    if found:
        choice = ", ".join(device for _, _, device in found)
        raise OSError(f"several gpiochips are called {name}; name one by its device: {choice}")
    wanted = f"called {name}" if name else "of a Raspberry Pi header"
    raise OSError(f"no gpiochip {wanted}; found: {', '.join(others) or 'none'}")


def chip_label(path: str) -> str:
    """What the driver of this chip calls it. Raises OSError."""
    chip = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = fcntl.ioctl(chip, _CHIP_INFO_IOCTL, bytes(_CHIP_INFO.size))
    finally:
        os.close(chip)
    label: bytes = _CHIP_INFO.unpack(answer)[1]
    return label.rstrip(b"\0").decode(errors="replace")


class LowLines:
    """Lines of one chip, claimed as outputs that are low until `close`.

    Waits up to `busy_s` for lines that somebody else still holds. Raises OSError.
    """

    def __init__(self, path: str, lines: Lines, *, busy_s: float = 0.0) -> None:
        deadline_s = time.monotonic() + busy_s
        self._fd = -1
        while self._fd < 0:
            try:
                self._fd = _claim(path, lines)
            except OSError as error:
                if error.errno != errno.EBUSY or time.monotonic() >= deadline_s:
                    raise
                time.sleep(BUSY_TRY_EVERY_S)

    def write(self, levels: Lines) -> None:
        """Set every line, in the order in which they were claimed. Raises OSError."""
        bits = sum(1 << index for index, level in enumerate(levels) if level)
        fcntl.ioctl(self._fd, _VALUES_IOCTL, _VALUES.pack(bits, (1 << len(levels)) - 1))

    def close(self) -> None:
        """Give the lines back; on the header they become inputs, on an expander they stay low."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def clear(path: str, lines: Lines, *, busy_s: float = 0.0) -> None:
    """Make every line low, each on its own when not all can be had together. Raises OSError."""
    try:
        LowLines(path, lines, busy_s=busy_s).close()
    except OSError as error:
        refused = [str(line) for line in lines if not _clears(path, line)]
        if refused:
            words = f"{path} refuses lines {', '.join(refused)}: {error.strerror}"
            raise OSError(error.errno, words) from error


def _clears(path: str, line: int) -> bool:
    try:
        LowLines(path, (line,)).close()
    except OSError:
        return False
    return True


def _claim(path: str, lines: Lines) -> int:
    # An output without a value attribute is driven low by the request itself: no glitch.
    offsets = [*lines, *[0] * (64 - len(lines))]
    request = _REQUEST.pack(
        *offsets, _CONSUMER, _OUTPUT, 0, b"", b"", len(lines), 0, b"", -1
    )  # fmt: skip
    chip = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = fcntl.ioctl(chip, _REQUEST_IOCTL, request)
    finally:
        os.close(chip)
    descriptor: int = _REQUEST.unpack(answer)[-1]
    os.set_inheritable(descriptor, False)
    return descriptor
