"""The loop of a process that owns a device: look, act, sleep until woken."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from appliance.runtime import systemd
from appliance.runtime.wakeup import WakeSocket


class WorkerLoop:
    """Calls `step` whenever woken, and at least every `poll_s` seconds, until stopped.

    An unexpected exception in `step` is not caught here: it ends the process, and the
    supervisor starts a fresh one. A step must return within a second or so; what takes longer
    belongs on a thread of its own, or the watchdog ends the process.
    """

    def __init__(self, wake: WakeSocket, step: Callable[[], None], *, poll_s: float) -> None:
        self._wake = wake
        self._step = step
        self._poll_s = poll_s
        self._stopping = threading.Event()

    def run(self) -> None:
        """Run until `stop`, then close the wake socket: from then on the owner counts as dead.

        Tells systemd when ready, when alive and when stopping.
        """
        try:
            self._loop()
        finally:
            self._wake.close()

    def _loop(self) -> None:
        watchdog_s = systemd.watchdog_interval_s()
        sleep_s = min(self._poll_s, watchdog_s) if watchdog_s else self._poll_s
        self._step()
        systemd.notify("READY=1")
        while not self._stopping.is_set():
            self._wake.wait(sleep_s)
            if self._stopping.is_set():
                break
            self._step()
            if watchdog_s:
                systemd.notify("WATCHDOG=1")
        systemd.notify("STOPPING=1")

    def stop(self) -> None:
        """End the loop after the present step. Safe in a signal handler and on any thread."""
        self._stopping.set()
        self._wake.poke()

    def stop_on_signals(self) -> None:
        """Stop on SIGTERM and SIGINT. Only on the main thread."""

        def handler(number: int, frame: FrameType | None) -> None:
            self.stop()

        self._wake.wake_on_signals()
        signal.signal(signal.SIGTERM, handler)
        signal.signal(signal.SIGINT, handler)
