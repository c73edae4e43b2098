"""Lets a page stand aside while something is being changed.

Both would share one interpreter, and each look into the database gives it away: what takes 8 ms
alone took 29 ms beside a page.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask

ASIDE_S = 0.1  # all that one page stands aside; a change that a slow disk holds up takes longer
_stand_aside: ContextVar[Callable[[], None] | None] = ContextVar("stand_aside", default=None)


class Courtesy:
    """What pages and changes of one server know of each other. Any thread."""

    def __init__(self, aside_s: float = ASIDE_S) -> None:
        self._aside_s = aside_s
        self._changes = 0
        self._counted = threading.Condition()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Around something that changes; never waits for a page."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    @contextmanager
    def page(self) -> Iterator[None]:
        """Around the making of a page, which stands aside first and then before every value.

        In all it waits `aside_s` seconds at most.
        """
        left_s = self._aside_s

        def stand_aside() -> None:
            nonlocal left_s
            if self._changes and left_s > 0:
                began_s = time.monotonic()
                self._wait_for_changes(left_s)
                left_s -= time.monotonic() - began_s

        made = _stand_aside.set(stand_aside)
        try:
            stand_aside()
            yield
        finally:
            _stand_aside.reset(made)

    def _count(self, step: int) -> None:
        with self._counted:
            self._changes += step
            self._counted.notify_all()

    def _wait_for_changes(self, timeout_s: float) -> None:
        with self._counted:
            self._counted.wait_for(lambda: not self._changes, timeout_s)


def init_app(app: Flask) -> None:
    """Let the app's templates stand aside before every value that they show."""
    app.jinja_env.finalize = _courteously


def _courteously(value: object) -> object:
    stand_aside = _stand_aside.get()
    if stand_aside is not None:
        stand_aside()
    return value
