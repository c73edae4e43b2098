"""What all code readers share: their thread, hot plug, their state, and what they hand on."""

import logging
import os
import select
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Event, Lock, Thread, current_thread

from hardware.interfaces import DeviceError, DeviceUnavailable
from hardware.reader_intake import CodeIntake, call
from hardware.reader_interfaces import BadRead, CodeRead, ReaderState

log = logging.getLogger(__name__)

LOOK_AGAIN_S = (0.25, 0.5, 1.0, 2.0)
"""Pauses between looks for a device; the last one is kept."""
STEADY_S = 2.0
"""A device that was there for less is flickering, and is looked for less and less often."""
STOP_TIMEOUT_S = 5.0


class ReaderCore(ABC):
    """The thread of one reader. A driver says how to open its device, to read it, and to let go.

    `name` is for threads and the log alone. What was read never goes to the log. `release` is
    called last, when the device was let go of for good.
    """

    def __init__(
        self,
        name: str,
        *,
        max_per_s: int = 10,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        self.on_state: Callable[[ReaderState], None] | None = None
        self.name = name
        self._clock = clock
        self._release = release
        self._intake = CodeIntake(max_per_s, clock)
        self._state = ReaderState.ABSENT
        self._looked = False
        self._stopping = Event()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def on_code(self) -> Callable[[CodeRead], None] | None:
        """Who is told of a code."""
        return self._intake.on_code

    @on_code.setter
    def on_code(self, listener: Callable[[CodeRead], None] | None) -> None:
        self._intake.on_code = listener

    @property
    def on_bad_read(self) -> Callable[[BadRead], None] | None:
        """Who is told of a bad read."""
        return self._intake.on_bad_read

    @on_bad_read.setter
    def on_bad_read(self, listener: Callable[[BadRead], None] | None) -> None:
        self._intake.on_bad_read = listener

    @property
    def state(self) -> ReaderState:
        """How the reader is now; ABSENT until it was looked for, and when closed."""
        return self._state

    def start(self) -> None:
        """Begin to read. Raises RuntimeError when started before, or closed."""
        with self._lock:
            if self._thread is not None or self._stopping.is_set():
                raise RuntimeError(f"the reader {self.name} was started before, or is closed")
            self._thread = Thread(target=self._run, name=f"reader-{self.name}", daemon=True)
            self._thread.start()

    def trigger(self) -> None:  # noqa: B027 # most readers have no trigger
        """Do nothing: this reader looks by itself."""

    def close(self) -> None:
        """Stop reading; raises RuntimeError when a listener hangs and the thread cannot end."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
            self._nudge()
            thread = self._thread
        if thread is None:
            self._end()
        elif thread is not current_thread():  # else a listener closes it, and it ends after that
            thread.join(STOP_TIMEOUT_S)
            if thread.is_alive():
                raise RuntimeError(f"the reader {self.name} did not stop: a listener of it hangs")

    @abstractmethod
    def _open(self) -> None:
        """Open the device. Raises DeviceUnavailable when absent, another DeviceError else."""

    @abstractmethod
    def _read(self) -> None:
        """Read until `_stopping`; raises DeviceUnavailable when the device has gone."""

    @abstractmethod
    def _let_go(self) -> None:
        """Give the device back, also after an `_open` that failed halfway."""

    def _end(self) -> None:
        """Give back what is kept while the device comes and goes; nothing is read after it."""
        self._state = ReaderState.ABSENT
        with self._lock:  # whoever closes us may still be about to nudge
            os.close(self._wake_fd)
        self._release()

    def _run(self) -> None:
        tries = 0
        while not self._stopping.is_set():
            opened_s = time.monotonic()
            try:
                self._session()
            except DeviceError as problem:
                absent = isinstance(problem, DeviceUnavailable)
                self._become(ReaderState.ABSENT if absent else ReaderState.FAULT, problem)
            if time.monotonic() - opened_s > STEADY_S:
                tries = 0
            self._stopping.wait(LOOK_AGAIN_S[min(tries, len(LOOK_AGAIN_S) - 1)])
            tries += 1
        self._end()

    def _session(self) -> None:
        try:
            self._open()
            self._become(ReaderState.READY)
            self._read()
        finally:
            self._let_go()

    def _become(self, state: ReaderState, why: Exception | None = None) -> None:
        if self._looked and state is self._state:
            return
        self._looked = True
        self._state = state
        log.log(
            logging.INFO if state is ReaderState.READY else logging.WARNING,
            "reader %s is %s%s",
            self.name,
            state,
            f": {why}" if why else "",
        )
        call(self.on_state, state)

    def _wait(self, fd: int, timeout_s: float | None) -> bool:
        """Tell whether `fd` can be read; False after the time, or when woken to stop or to act."""
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        poll.register(self._wake_fd, select.POLLIN)
        ready = {ready for ready, _ in poll.poll(None if timeout_s is None else timeout_s * 1000)}
        if self._wake_fd in ready and not self._stopping.is_set():
            os.eventfd_read(self._wake_fd)
        return fd in ready

    def _wake(self) -> None:
        """Let a waiting `_wait` return, so that `_read` looks at what it was asked to do."""
        with self._lock:
            if not self._stopping.is_set():
                self._nudge()

    def _nudge(self) -> None:
        os.eventfd_write(self._wake_fd, 1)
