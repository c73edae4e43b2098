"""A code reader that exists only in memory, for the demo and the tests.

It is the real reader of lines; only the cable is a pair of sockets. To make things happen::

    reader = SimulatedCodeReader("lockers")
    reader.read("T-7K3M-9")              somebody holds this code before it
    reader.read_badly(BadRead.CUT_OFF)   somebody holds something else before it
    reader.flood(10_000)                 it sends so many lines as fast as they are taken
    reader.unplug()                      the cable is pulled, until plug()

`triggers` counts how often it was asked to look.
"""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from hardware.interfaces import DeviceUnavailable
from hardware.reader_interfaces import MAX_CODE_CHARS, BadRead
from hardware.reader_line import LineReader

FLOOD_LINES_AT_ONCE = 500


class SimulatedCodeReader(LineReader):
    """The real reader of lines on a cable that can be pulled. Every method: any thread."""

    def __init__(
        self,
        name: str = "simulated",
        *,
        max_per_s: int = 10,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name, max_per_s=max_per_s, clock=clock)
        self.triggers = 0
        self._far: socket.socket | None = None
        self._near: socket.socket | None = None
        self.plug()

    def read(self, text: str) -> None:
        """Read a code; nothing happens while unplugged, as with a real one."""
        self._send(text.encode() + b"\r")

    def read_badly(self, why: BadRead) -> None:
        """Read what is no code, for this reason; CUT_OFF also while unplugged."""
        if why is BadRead.TOO_LONG:
            self.read("0" * (MAX_CODE_CHARS + 1))
        elif why is BadRead.UNREADABLE:
            self.read("\x02\x03")
        elif why is BadRead.TOO_FAST:
            self.flood(10_000)
        else:
            self._intake.bad(why)

    def flood(self, lines: int) -> None:
        """Send so many different lines, as fast as they are taken; blocks until they are."""
        for first in range(0, lines, FLOOD_LINES_AT_ONCE):
            batch = range(first, min(first + FLOOD_LINES_AT_ONCE, lines))
            self._send(b"".join(b"FLOOD-%06d\r" % number for number in batch))

    def unplug(self) -> None:
        """Pull the cable: the reader becomes ABSENT."""
        with self._lock:
            for end in (self._far, self._near):
                if end is not None:
                    end.close()
            self._far = self._near = None

    def plug(self) -> None:
        """Plug the cable in again; the reader finds it by itself within 2 s."""
        with self._lock:
            if self._far is None:
                self._far, self._near = socket.socketpair()

    def trigger(self) -> None:
        """Count it. Raises DeviceUnavailable while unplugged."""
        if self._far is None:
            raise DeviceUnavailable(f"the reader {self.name} is unplugged")
        self.triggers += 1

    def close(self) -> None:
        """Stop reading and take the cable away."""
        super().close()
        self.unplug()

    def _send(self, data: bytes) -> None:
        far = self._far
        if far is not None:
            with suppress(OSError):  # unplugged, or closed, while it was sending
                far.sendall(data)

    def _open(self) -> None:
        with self._lock:
            if self._far is None or self._near is None:
                raise DeviceUnavailable(f"the reader {self.name} is unplugged")
            self._fd = os.dup(self._near.fileno())

    def _let_go(self) -> None:
        super()._let_go()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
