"""A child process that is read with patience for silence, and never outlives its reader."""

import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

PIPE_BYTES = 1 << 20
ANSWER_BYTES = 1 << 16
STDERR_KEPT_BYTES = 8192
ASK_EVERY_S = 0.1
"""How often somebody is asked whether the child shall be stopped."""


class Silence(TimeoutError):
    """Raised when the child said nothing for too long."""


class Cancelled(Exception):
    """Raised when the asked function said so."""


class WatchedChild:
    """One program in a process group of its own; a context manager that ends the whole group.

    Leaving the context sends SIGINT, so that a driver can park its carriage, and SIGKILL
    `stop_s` later. The kernel kills the child too when the calling thread or its process dies.

    A child whose standard error holds one of `last_words` has nothing more to say: from then on
    it has `end_s` to end. SANE drivers do hang there: sanei_thread cancels a reader asynchronously
    that may hold malloc's lock (seen in 3 of 100 failed reads on a loaded machine).
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cancelled: Callable[[], bool],
        *,
        stop_s: float,
        end_s: float,
        last_words: Sequence[str] = (),
    ) -> None:
        self._process = subprocess.Popen(
            [*_dies_with_parent(), *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            start_new_session=True,
            bufsize=0,
            pipesize=PIPE_BYTES,
        )
        self._cancelled = cancelled
        self._ask_again_s = 0.0
        self._silent_end_s: float | None = None
        self._stop_s = stop_s
        self._end_s = end_s
        self._last_words = tuple(word.encode() for word in last_words)
        self._stderr = b""
        self._stdout_fd, self._stderr_fd = _fd(self._process.stdout), _fd(self._process.stderr)
        os.set_blocking(self._stdout_fd, False)
        os.set_blocking(self._stderr_fd, False)
        self._output_fd = self._stdout_fd
        self._end_fd = os.pidfd_open(self._process.pid)
        self._has_ended = False
        self._selector = selectors.DefaultSelector()
        for fd in (self._stdout_fd, self._stderr_fd, self._end_fd):
            self._selector.register(fd, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def stderr(self) -> str:
        """The last of its standard error so far."""
        return self._stderr.decode(errors="replace").strip()

    @property
    def has_said_last_words(self) -> bool:
        """Tell whether it told the reason why it ends."""
        self._keep_stderr()
        return any(word in self._stderr for word in self._last_words)

    def listen_to(self, output_fd: int) -> None:
        """Read from this pipe, opened without blocking, from now on instead of its output.

        The caller closes it, after listening to another or leaving the context.
        """
        if self._output_fd in self._selector.get_map():
            self._selector.unregister(self._output_fd)
        self._output_fd = output_fd
        self._selector.register(output_fd, selectors.EVENT_READ)

    def read(self, silence_s: float) -> bytes:
        """Return the next bytes of its output, b"" at the end. Raises as `read_into`."""
        buffer = bytearray(ANSWER_BYTES)
        return bytes(buffer[: self.read_into(memoryview(buffer), silence_s)])

    def read_into(self, buffer: memoryview, silence_s: float) -> int:
        """Put the next bytes of its output there; return how many, 0 at the end.

        Raises Silence after `silence_s` without any, Cancelled within ASK_EVERY_S of a yes.
        """
        deadline_s = time.monotonic() + silence_s
        while True:
            ready = self._wait(deadline_s)
            # A pipe that it never opened does not become ready when it ends.
            if self._output_fd in ready or self._has_ended:
                try:
                    count = os.readv(self._output_fd, [buffer])
                except BlockingIOError:
                    continue
                if not count:
                    self._selector.unregister(self._output_fd)
                return count

    def finish(self, silence_s: float) -> tuple[int, str]:
        """Wait for its end after the last byte; return exit code (negative: signal) and stderr.

        Raises Silence and Cancelled as `read` does.
        """
        deadline_s = time.monotonic() + silence_s
        while not self._has_ended:
            self._wait(deadline_s)
        self._keep_stderr()
        if self._process.returncode is None:
            self._signal(signal.SIGKILL)
        return self._process.wait(), self.stderr

    def stop(self) -> None:
        """End the group, politely at first; returns when the child is reaped."""
        if self._process.returncode is None:
            self._signal(signal.SIGINT)
            self._drain(time.monotonic() + self._stop_s)
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._selector.close()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        if self._end_fd >= 0:
            os.close(self._end_fd)
            self._end_fd = -1

    def _wait(self, deadline_s: float) -> set[int]:
        """Return whether its output is ready, after at most one tick; note its end."""
        now_s = time.monotonic()
        if now_s >= self._ask_again_s:
            if self._cancelled():
                raise Cancelled
            self._ask_again_s = now_s + ASK_EVERY_S
        ready = {key.fd for key, _ in self._selector.select(ASK_EVERY_S)}
        if self._stderr_fd in ready:
            self._keep_stderr()
            ready.discard(self._stderr_fd)
            if self._silent_end_s is None and self.has_said_last_words:
                self._silent_end_s = now_s + self._end_s
        if self._end_fd in ready:
            self._selector.unregister(self._end_fd)
            ready.discard(self._end_fd)
            self._has_ended = True
            return ready
        if self._silent_end_s is not None:
            deadline_s = min(deadline_s, self._silent_end_s)
        if not ready and time.monotonic() >= deadline_s:
            raise Silence
        return ready

    def _keep_stderr(self) -> None:
        """Read what is there, keep the tail, stop listening at its end."""
        if self._stderr_fd not in self._selector.get_map():
            return
        try:
            while chunk := os.read(self._stderr_fd, STDERR_KEPT_BYTES):
                self._stderr = (self._stderr + chunk)[-STDERR_KEPT_BYTES:]
        except BlockingIOError:
            return
        self._selector.unregister(self._stderr_fd)

    def _drain(self, deadline_s: float) -> None:
        """Throw its output away until it ends, so that it is not stuck in a full pipe."""
        while not self._has_ended and (left_s := deadline_s - time.monotonic()) > 0:
            ready = {key.fd for key, _ in self._selector.select(left_s)}
            if self._end_fd in ready:
                return
            for fd in ready:
                if not os.read(fd, PIPE_BYTES):
                    self._selector.unregister(fd)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the group; its leader is not reaped yet, so the id cannot be somebody else's."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _fd(stream: object) -> int:
    fileno: int = stream.fileno()  # type: ignore[attr-defined]
    return fileno


def _dies_with_parent() -> tuple[str, ...]:
    """Let util-linux ask the kernel for a death signal: preexec_fn is unsafe beside threads."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()
