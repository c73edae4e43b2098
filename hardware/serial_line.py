"""A serial line on which one asks and others answer, such as RS-485 with one or more boards."""

import logging
import termios
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import serial

from hardware.board_protocol import Ask
from hardware.interfaces import DeviceFault, DeviceUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

GAP_S = 0.005
"""Silence before each request: Modbus tells frames apart by 3.5 characters, 4 ms at 9600."""
FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0
"""Pauses between two tries to open a port that is not there."""

LINE_ERRORS = (OSError, termios.error)
"""What a port raises that was unplugged; serial.SerialException is an OSError, termios's is not."""


class NoReply(DeviceFault):
    """Raised when the port is there and nobody answered in time."""


class SerialLine:
    """One port, exclusively ours, shared by everybody who has a board on it; any thread.

    The port is opened by the first request, and again, not too often, by a request after it went
    away. `close` counts: the last one of those who share the line closes the port.
    """

    def __init__(
        self, port: str, baud: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.port = port
        self._baud = baud
        self._clock = clock
        self._lock = Lock()
        self._users = 1
        self._serial: serial.Serial | None = None
        self._last_use_s = float("-inf")
        self._not_before_s = float("-inf")
        self._retry_s = FIRST_RETRY_S

    def share(self) -> "SerialLine":
        """Return this line for one more user, who closes it too."""
        with self._lock:
            self._users += 1
        return self

    def connect(self) -> None:
        """Open the port now, unless it is open. Raises DeviceUnavailable; nothing was sent then."""
        with self._lock:
            self._opened()

    def ask(self, ask: Ask[T], *, tries: int = 1) -> T:
        """Send the request and wait for its answer; more than one try only where that is harmless.

        Raises NoReply, DeviceUnavailable when the port is not there, and what `find` raises.
        """
        with self._lock:
            for _ in range(tries):
                self._send(ask.request)
                answer = self._await(ask)
                if answer is not None:
                    return answer
        raise NoReply(f"{self.port}: no reply to {ask.request.hex(' ')}")

    def tell(self, request: bytes) -> None:
        """Send a request that nobody answers. Raises DeviceUnavailable."""
        with self._lock:
            self._send(request)

    def close(self) -> None:
        """Leave the line; the last user closes the port."""
        with self._lock:
            self._users -= 1
            if self._users <= 0:
                self._drop_port()

    def _send(self, request: bytes) -> None:
        port = self._opened()
        pause_s = self._last_use_s + GAP_S - self._clock()
        if pause_s > 0:
            time.sleep(min(pause_s, GAP_S))
        try:
            # What came late, unasked or from a collision answers nothing.
            port.reset_input_buffer()
            port.write(request)
            port.flush()
        except LINE_ERRORS as error:
            raise self._lost(error) from error

    def _await(self, ask: Ask[T]) -> T | None:
        port, heard = self._opened(), b""
        deadline_s = time.monotonic() + ask.patience_s
        try:
            while True:
                left_s = deadline_s - time.monotonic()
                port.timeout = max(0.0, left_s)
                news = port.read(max(1, port.in_waiting))
                heard += news
                answer = ask.find(heard) if news else None
                if answer is not None:
                    return answer
                # Only now: on a busy machine the answer may be there before this thread's turn.
                if left_s <= 0:
                    break
        except LINE_ERRORS as error:
            if isinstance(error, DeviceFault):
                raise
            raise self._lost(error) from error
        finally:
            self._last_use_s = self._clock()
        if heard:
            log.debug("%s: not understood: %s", self.port, heard.hex(" "))
        return None

    def _opened(self) -> serial.Serial:
        if self._serial is not None:
            return self._serial
        if self._users <= 0:
            raise DeviceUnavailable(f"{self.port} is closed")
        if self._clock() < self._not_before_s:
            raise DeviceUnavailable(f"{self.port} is not there")
        try:
            self._serial = serial.Serial(
                self.port, self._baud, timeout=0, write_timeout=1.0, exclusive=True
            )
        except (*LINE_ERRORS, ValueError) as error:
            raise self._lost(error) from error
        self._retry_s = FIRST_RETRY_S
        return self._serial

    def _lost(self, error: Exception) -> DeviceUnavailable:
        self._drop_port()
        self._not_before_s = self._clock() + self._retry_s
        self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)
        return DeviceUnavailable(f"{self.port} cannot be used: {error}")

    def _drop_port(self) -> None:
        port, self._serial = self._serial, None
        if port is None:
            return
        try:
            port.close()
        except LINE_ERRORS as error:
            log.debug("%s did not close cleanly: %s", self.port, error)


class SerialLines:
    """The lines of one set of banks: several boards on one port share one line."""

    def __init__(self) -> None:
        self._lines: dict[str, SerialLine] = {}

    def take(self, port: str, baud: int) -> SerialLine:
        """Return the port's line, which the taker closes."""
        line = self._lines.get(port)
        if line is None:
            line = self._lines[port] = SerialLine(port, baud)
            return line
        return line.share()
