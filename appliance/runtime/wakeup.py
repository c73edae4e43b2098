"""Empty datagrams that say 'look at the database now'.

They carry nothing and may be lost: the owner also looks by itself. What they do tell the sender
is whether anybody is listening.
"""

import contextlib
import errno
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from appliance.runtime.socket_path import short_path

OWNERS = ("web", "lockers", "documents", "sync")


class Waker:
    """Sends wake-ups to the owners of devices."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir

    def wake(self, owner: str) -> bool:
        """True when `owner` is listening. Never blocks and never raises for a dead owner."""
        return self._reach(owner, lambda sender: sender.send(b""))

    def is_listening(self, owner: str) -> bool:
        """As `wake`, but the owner does not hear of it, so that anybody may ask how we are."""
        return self._reach(owner, lambda _sender: None)

    def _reach(self, owner: str, act: Callable[[socket.socket], object]) -> bool:
        try:
            with (
                short_path(self._run_dir, f"{owner}.sock") as address,
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
            ):
                sender.setblocking(False)
                sender.connect(address)
                act(sender)
        except BlockingIOError:
            return True  # its queue is full, so it has been told already
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ECONNREFUSED, errno.EACCES):
                return False
            raise
        return True


class WakeSocket:
    """The receiving end, one per owner."""

    def __init__(self, run_dir: Path, owner: str) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self._run_dir, self._owner = run_dir, owner
        self._path = run_dir / f"{owner}.sock"
        self._path.unlink(missing_ok=True)  # left by a killed predecessor
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._signals: socket.socket | None = None
        with short_path(run_dir, self._path.name) as address:
            self._socket.bind(address)

    def wait(self, timeout_s: float) -> bool:
        """True when woken, False after `timeout_s`. Swallows every wake-up that has queued up."""
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            self._socket.recv(1)
        except TimeoutError:
            return False
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(1)
        return True

    def wake_on_signals(self) -> None:
        """Let every signal end `wait`, also one that comes just before it starts to wait.

        Python runs handlers between its own steps; a signal that arrives between the last step
        and the blocking call would otherwise go unnoticed for the whole timeout. Only on the
        main thread.
        """
        self._signals = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._signals.setblocking(False)
        with short_path(self._run_dir, self._path.name) as address:
            self._signals.connect(address)
        signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)

    def poke(self) -> None:
        """Wake this very socket, from a signal handler or another thread."""
        Waker(self._run_dir).wake(self._owner)

    def close(self) -> None:
        if self._signals is not None:
            signal.set_wakeup_fd(-1)
            self._signals.close()
        self._socket.close()
        self._path.unlink(missing_ok=True)
