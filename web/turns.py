"""Lets one page be made at a time, so that a door that is asked for meanwhile opens soon.

The interpreter runs one thread at a time: eight pages at once are each eight times slower, and so
is the one request behind which a visitor stands at a locker. Pages therefore take turns. What
changes something never waits for one, and the page stands aside for it: it is short, and mostly
waits for the disk anyway.
"""

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from web.courtesy import ASIDE_S, Courtesy

PAGES_AT_ONCE = 1
PATIENCE_S = 0.5  # a page that takes long, such as a year's report, keeps the others no longer
SWITCH_S = 0.0005  # how long a thread keeps the interpreter while others want it; usually 5 ms
NEVER_WAITING = ("/healthz", "/static/")  # a watchdog asks the first; the second are files
PICTURES = "/read/"  # of pages: files, or a wait for another process

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class PagesInTurns:
    """A WSGI application around another one; its calls may come from any thread."""

    def __init__(
        self,
        application: Application,
        *,
        pages_at_once: int = PAGES_AT_ONCE,
        patience_s: float = PATIENCE_S,
        aside_s: float = ASIDE_S,
    ) -> None:
        self._application = application
        self._courtesy = Courtesy(aside_s)
        self._turns = threading.BoundedSemaphore(pages_at_once)
        self._patience_s = patience_s

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(NEVER_WAITING) or PICTURES in path:
            return self._application(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            with self._courtesy.change():
                return self._application(environ, start_response)
        has_turn = self._turns.acquire(timeout=self._patience_s)
        try:
            with self._courtesy.page():
                return self._application(environ, start_response)
        finally:
            if has_turn:
                self._turns.release()


def share_fairly() -> None:
    """Let threads hand the interpreter on sooner, in the whole process."""
    sys.setswitchinterval(SWITCH_S)
