"""A child process that ends this one when a pulse takes too long, whatever hangs in here.

The pulse's own timers run in this process; a SIGSTOP or a hang of all its threads stops them too.
So does `kill -9` for chips whose outputs outlive their process.
"""

import atexit
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition, Event, Thread
from typing import IO

from hardware.interfaces import DeviceUnavailable

log = logging.getLogger(__name__)

PROGRAM = Path(__file__).with_name("pulse_guard_child.py")
LIMIT = 1.7
"""Of the nominal pulse: room for a late Python below, and above, up to twice, for the killing."""
START_S = 5.0
ANSWER_S = 0.25
"""A guard that answers later than this is replaced; usually it takes 0.1 ms."""
RETRY_S = 0.5
STOP_S = 2.0


def limit_s(pulse_s: float) -> float:
    """Seconds after which a pulse of this nominal length is ended by force."""
    return LIMIT * pulse_s


class PulseGuard:
    """Watches over every pulse of one bank; `over` is the only way to pulse under it.

    `lines` are coil lines by the path of their chip; none for a bank without any. A guard that
    dies is replaced at once, and until there is a new one `over` refuses. Raises
    DeviceUnavailable when it cannot be started.
    """

    def __init__(self, lines: Mapping[str, tuple[int, ...]] | None = None) -> None:
        self._chips = [f"{path}:{','.join(map(str, of))}" for path, of in (lines or {}).items()]
        self._changed = Condition()
        self._closing = Event()
        self._until_s: float | None = None
        self._child: _Child | None = self._start()
        self._keeper = Thread(target=self._keep, name="pulse-guard", daemon=True)
        self._keeper.start()
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """The guard's process id; None while there is none."""
        child = self._child
        return None if child is None else child.pid

    @contextmanager
    def over(self, pulse_s: float) -> Iterator[None]:
        """Guard what is done inside: it has to end in `limit_s(pulse_s)`, or this process does.

        Raises DeviceUnavailable, before anything is done, when no guard answers.
        """
        self._announce(limit_s(pulse_s))
        try:
            yield
        finally:
            with self._changed:
                self._until_s = None
                if self._child is not None:
                    self._child.tell("off")

    def close(self) -> None:
        """Send the guard away; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        atexit.unregister(self.close)
        with self._changed:
            if self._child is not None:
                self._child.tell("bye")
            self._changed.notify_all()
        self._keeper.join(STOP_S)
        child = self._child
        if self._keeper.is_alive() and child is not None:
            child.kill()
            self._keeper.join(STOP_S)

    def _announce(self, limit_s: float) -> None:
        for _ in range(2):
            with self._changed:
                if not self._changed.wait_for(lambda: self._child is not None, START_S):
                    break
                child = self._child
                if child is not None and child.guards(limit_s):
                    self._until_s = time.monotonic() + limit_s
                    return
                if child is not None:
                    log.error("the pulse guard does not answer and is replaced")
                    child.kill()
                    self._child = None
        raise DeviceUnavailable("no pulse guard answers: nothing is driven without one")

    def _keep(self) -> None:
        """Replace the guard whenever it ends, until this is closed."""
        child = self._child
        while child is not None:
            code = child.wait()
            with self._changed:  # nobody is in the middle of a word to it now
                self._child = None
                child.close()
            if self._closing.is_set():
                return
            log.error("the pulse guard ended (%s) and is replaced", code)
            child = self._restart()

    def _restart(self) -> "_Child | None":
        while not self._closing.is_set():
            try:
                child = self._start()
            except DeviceUnavailable as error:
                log.error("%s", error)
                self._closing.wait(RETRY_S)
                continue
            self._take_over(child)
            return child
        return None

    def _take_over(self, child: "_Child") -> None:
        """Let this one guard also the pulse that runs now; one that does not answer is ended."""
        with self._changed:
            until_s = self._until_s
            guards = until_s is None or child.guards(max(0.0, until_s - time.monotonic()))
            if self._closing.is_set() or not guards:
                child.kill()
                return
            self._child = child
            self._changed.notify_all()

    def _start(self) -> "_Child":
        try:
            child = _Child(self._chips)
        except OSError as error:
            raise DeviceUnavailable(f"the pulse guard cannot be started: {error}") from error
        if child.says(b"ready", START_S):
            return child
        child.kill()
        child.wait()
        child.close()
        raise DeviceUnavailable("the pulse guard cannot be started: it says nothing")


class _Child:
    """One guard process; it shares nothing with this one but two pipes and standard error."""

    def __init__(self, chips: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-E", str(PROGRAM), str(os.getpid()), *chips],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env={},
            start_new_session=True,  # Ctrl-C is for its parent
        )
        self.pid = self._process.pid

    def guards(self, limit_s: float) -> bool:
        """Announce a pulse; False when the guard did not acknowledge it."""
        return self.tell(f"on {limit_s:.6f}") and self.says(b"on", ANSWER_S)

    def tell(self, word: str) -> bool:
        """Say one word; False when nobody is there."""
        with suppress(OSError, ValueError):
            return bool(_open(self._process.stdin).write(word.encode() + b"\n"))
        return False

    def says(self, word: bytes, timeout_s: float) -> bool:
        """Wait for one answer."""
        with suppress(OSError, ValueError):
            answers = _open(self._process.stdout)
            if select.select([answers], [], [], timeout_s)[0]:
                return answers.read(512) == word + b"\n"
        return False

    def kill(self) -> None:
        """End it by force; `wait` has to be called by somebody."""
        self._process.kill()

    def wait(self) -> int:
        """Return its exit code, negative for a signal, after its end."""
        return self._process.wait()

    def close(self) -> None:
        """Give its pipes back, after its end."""
        for pipe in (self._process.stdin, self._process.stdout):
            _open(pipe).close()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("no pipe")
    return pipe
