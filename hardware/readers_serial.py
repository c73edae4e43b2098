"""Scan modules on a serial line: plain ones, and the GM65 family with its commands."""

import errno
import logging
import os
import termios
import time
from collections.abc import Callable
from contextlib import suppress

import serial

from hardware.gm65 import ASK_MODE, LOOK_NOW, Gm65Lines, mode_of
from hardware.interfaces import DeviceBusy, DeviceFault, DeviceUnavailable
from hardware.reader_interfaces import BadRead, ReaderState
from hardware.reader_line import LineReader
from hardware.reader_options import SerialReaderOptions
from hardware.scan_lines import ScanLines

log = logging.getLogger(__name__)

ANSWER_S = 0.5
GOOD_READ_S = 0.15
"""Between the code and its good-read wire, whichever comes first."""
GONE = (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO)


class SerialCodeReader(LineReader):
    """One module on `options.port`, which is opened for us alone.

    A code ends with CR, LF, Tab, or 40 ms of silence. `pin_factory` is needed only for the
    trigger and good-read pins; DeviceUnavailable is raised when those cannot be claimed.
    """

    def __init__(
        self,
        options: SerialReaderOptions,
        pin_factory: object = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        wires = ScanLines(options.trigger_pin, options.good_read_pin, pin_factory)
        gm65 = Gm65Lines() if options.model == "gm65" else None
        super().__init__(
            options.name, gm65, max_per_s=options.max_per_s, clock=clock, release=release
        )
        self._options = options
        self._wires = wires
        self._gm65 = gm65
        self._port: serial.Serial | None = None
        self._look_now = False
        self._unconfirmed_s: float | None = None
        self._missed_good_read = False

    def trigger(self) -> None:
        """Ask it to look: by wire where fitted, by command for a GM65, else nothing."""
        if self._gm65 is None and not self._wires.has_trigger:
            return
        if self.state is not ReaderState.READY:
            raise DeviceUnavailable(f"the reader {self.name} is {self.state}")
        if self._wires.has_trigger:
            self._wires.look()
        else:
            self._look_now = True
            self._wake()

    def _open(self) -> None:
        options = self._options
        try:
            # exclusive: half of a code in another program would be no code in either.
            self._port = serial.Serial(options.port, options.baud, timeout=0, exclusive=True)
        except (OSError, ValueError, termios.error) as error:
            raise _problem(options.port, error) from error
        self._fd = self._port.fileno()

    def _let_go(self) -> None:
        super()._let_go()
        self._look_now = False
        self._unconfirmed_s = None
        if self._port is not None:
            with suppress(OSError, termios.error):  # it may have gone
                self._port.close()
        self._port = None

    def _end(self) -> None:
        self._wires.close()
        super()._end()

    def _read(self) -> None:
        if self._gm65 is not None:
            self._ask_mode(self._gm65)
        super()._read()

    def _ask_mode(self, gm65: Gm65Lines) -> None:
        """Ask a GM65 how it is set, which also says whether our words reach it."""
        gm65.answer = b""
        self._send(ASK_MODE)
        until_s = time.monotonic() + ANSWER_S
        while not gm65.answer and not self._stopping.is_set():
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                log.warning("reader %s does not answer: it may read, not be triggered", self.name)
                return
            if self._wait(self._fd, left_s):
                self._take(self._chunk())
        if gm65.answer:
            log.info("reader %s is in %s mode", self.name, mode_of(gm65.answer))

    def _act(self) -> None:
        if self._look_now:
            self._look_now = False
            self._send(LOOK_NOW)

    def _deliver(self, code: str | BadRead) -> None:
        super()._deliver(code)
        if self._wires.has_good_read:
            self._unconfirmed_s = time.monotonic()

    def _patience_s(self) -> float | None:
        if self._lines.is_pending or self._unconfirmed_s is None:
            return super()._patience_s()
        return GOOD_READ_S

    def _silence(self) -> None:
        if self._lines.is_pending:
            super()._silence()
        elif self._unconfirmed_s is not None:
            self._confirm(self._unconfirmed_s)
            self._unconfirmed_s = None

    def _confirm(self, read_s: float) -> None:
        """Warn, once until it works again, when the good-read wire did not move with a code."""
        missed = not self._wires.good_read_since(read_s - GOOD_READ_S)
        if missed and not self._missed_good_read:
            log.warning("reader %s read a code without a good-read signal", self.name)
        self._missed_good_read = missed

    def _send(self, command: bytes) -> None:
        try:
            os.write(self._fd, command)
        except BlockingIOError:
            log.warning("reader %s takes no commands", self.name)
        except OSError as error:
            raise DeviceUnavailable(f"{self.name} has gone: {error}") from error


def _problem(port: str, error: Exception) -> DeviceUnavailable | DeviceBusy | DeviceFault:
    number = getattr(error, "errno", None)
    if number in GONE or isinstance(error, termios.error):
        return DeviceUnavailable(f"{port} is not there: {error}")
    if number in (errno.EAGAIN, errno.EBUSY):
        return DeviceBusy(f"{port} is held by another program: {error}")
    return DeviceFault(f"{port} cannot be opened: {error}")
