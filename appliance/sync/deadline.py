"""An end to what takes too long: one thread for all exchanges of a line."""

import threading
import time
from collections.abc import Callable


class Deadline:
    """Calls `cut` when what was begun has not ended in time. A thread per exchange costs more."""

    def __init__(self, cut: Callable[[], object]) -> None:
        self._cut = cut
        self._changed = threading.Condition()
        self._due_s: float | None = None
        self._looks_at_s: float | None = None  # when the thread wakes by itself; None: when told
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def begin(self, within_s: float) -> None:
        """From now on; the end of the last one is forgotten."""
        with self._changed:
            self._due_s = time.monotonic() + within_s
            if self._thread is None:
                self._is_closed = False
                self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)
                self._thread.start()
            elif self._looks_at_s is None or self._looks_at_s > self._due_s:
                self._changed.notify()

    def end(self) -> None:
        """It has ended in time."""
        with self._changed:
            self._due_s = None

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._is_closed = True
            self._changed.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_closed:
                now_s = time.monotonic()
                if self._due_s is not None and now_s >= self._due_s:
                    self._due_s = None
                    self._cut()
                self._looks_at_s = self._due_s
                self._changed.wait(None if self._due_s is None else self._due_s - now_s)
