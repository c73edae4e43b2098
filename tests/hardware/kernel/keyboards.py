"""Virtual keyboards of the kernel's uinput: what a USB reader that types is to a program."""

import fcntl
import os
import struct
import time
from types import TracebackType
from typing import Self

from hardware.key_codes import ENTER, LAYOUTS

EV_SYN, EV_KEY, SYN_REPORT = 0, 1, 0
LEFT_SHIFT = 42
BUS_USB = 3
_EVENT = struct.Struct("@llHHi")
_SETUP = struct.Struct("=HHHH80sI")
_UI_DEV_CREATE, _UI_DEV_DESTROY = 0x5501, 0x5502
_UI_DEV_SETUP = 1 << 30 | _SETUP.size << 16 | 0x5503
_UI_SET_EVBIT, _UI_SET_KEYBIT = 0x40045564, 0x40045565
KEYS = {
    character: (code, shifted)
    for code, pair in LAYOUTS["us"].items()
    if code < 58  # the main block; the keypad would type the same characters
    for shifted, character in enumerate(pair)
}


class VirtualKeyboard:
    """Plugged in for the length of its `with` block; the kernel gives it a free event number."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open("/dev/uinput", os.O_WRONLY)
        fcntl.ioctl(self._fd, _UI_SET_EVBIT, EV_KEY)
        for code in (ENTER, LEFT_SHIFT, *(code for code, _ in KEYS.values())):
            fcntl.ioctl(self._fd, _UI_SET_KEYBIT, code)
        identity = _SETUP.pack(BUS_USB, 0x05E0, 0x1200, 1, self._name.encode(), 0)
        fcntl.ioctl(self._fd, _UI_DEV_SETUP, identity)
        fcntl.ioctl(self._fd, _UI_DEV_CREATE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        fcntl.ioctl(self._fd, _UI_DEV_DESTROY)
        os.close(self._fd)

    def type(self, text: str, *, pause_s: float = 0.004) -> None:
        """Type the text and Enter, as fast as a reader does."""
        self.begin(text, pause_s=pause_s)
        self._key(ENTER, 1)
        self._key(ENTER, 0)

    def begin(self, text: str, *, pause_s: float = 0.004) -> None:
        """Type the text without its Enter."""
        for character in text:
            code, shifted = KEYS[character]
            if shifted:
                self._key(LEFT_SHIFT, 1)
            self._key(code, 1)
            self._key(code, 0)
            if shifted:
                self._key(LEFT_SHIFT, 0)
            time.sleep(pause_s)

    def _key(self, code: int, value: int) -> None:
        os.write(self._fd, _EVENT.pack(0, 0, EV_KEY, code, value))
        os.write(self._fd, _EVENT.pack(0, 0, EV_SYN, SYN_REPORT, 0))
