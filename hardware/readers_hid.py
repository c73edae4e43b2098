"""USB readers that type like a keyboard, read from the kernel's event devices."""

import errno
import os
import time
from collections.abc import Callable

from hardware.input_devices import EVENT, GONE, open_grabbed
from hardware.interfaces import DeviceBusy, DeviceFault, DeviceUnavailable
from hardware.key_codes import LAYOUTS
from hardware.key_text import SILENCE_S, KeyText
from hardware.reader_options import HidReaderOptions
from hardware.reader_stream import StreamReader

BYTES_PER_S = 288_000
"""2,000 characters a second, twice what USB's fastest keyboard can type: key down, key up, each
with its scan code and its report."""


class HidCodeReader(StreamReader):
    """One such reader, grabbed: nothing it types reaches a page or the console.

    `open_device` gets the wanted name and returns a descriptor that delivers `input_event`s; it
    raises OSError: ENOENT and ENODEV mean absent, everything else a fault.
    """

    def __init__(
        self,
        options: HidReaderOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        open_device: Callable[[str], int] = open_grabbed,
    ) -> None:
        self._keys = KeyText(LAYOUTS[options.layout])
        super().__init__(
            options.name,
            self._keys,
            idle_s=SILENCE_S,
            bytes_per_s=BYTES_PER_S,
            max_per_s=options.max_per_s,
            clock=clock,
        )
        self._device = options.device
        self._open_device = open_device
        self._half = b""

    def _open(self) -> None:
        try:
            self._fd = self._open_device(self._device)
        except OSError as error:
            message = f"{self._device!r} cannot be opened: {error}"
            if error.errno in GONE:
                raise DeviceUnavailable(message) from error
            if error.errno == errno.EBUSY:
                raise DeviceBusy(message) from error
            raise DeviceFault(message) from error

    def _let_go(self) -> None:
        super()._let_go()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _take(self, data: bytes) -> None:
        data = self._half + data
        whole = len(data) - len(data) % EVENT.size
        self._half = data[whole:]
        for seconds, microseconds, kind, code, value in EVENT.iter_unpack(data[:whole]):
            at_s = seconds + microseconds / 1e6
            for ended in self._keys.feed(kind, code, value, at_s):
                self._deliver(ended)

    def _forget(self) -> None:
        super()._forget()
        self._half = b""
