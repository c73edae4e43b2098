"""What staff looked for, kept out of addresses: a name in one would stay in the browser.

The address has a key instead, which says nothing and which only the session that typed the words
can read. They are in memory alone; when they are gone the page shows its whole list again.
"""

import threading
from collections import OrderedDict

from flask import Flask, current_app

from appliance.codes import new_token
from web.sessions import current_staff

EXTENSION = "ruangbaca-looked-for"
MOST_KEPT = 256  # a day of several desks; back and forth in a browser goes no further
LONGEST = 100


class LookedFor:
    """Words by key, each for one session. Any thread."""

    def __init__(self) -> None:
        self._words: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, words: str, session: str) -> str:
        """A fresh key for these words."""
        key = new_token()
        with self._lock:
            self._words[key] = (session, words)
            if len(self._words) > MOST_KEPT:
                self._words.popitem(last=False)
        return key

    def words(self, key: str, session: str) -> str:
        """What stands behind the key; empty for another session's and for none."""
        with self._lock:
            owner, words = self._words.get(key, ("", ""))
        return words if owner == session else ""


def init_app(app: Flask) -> None:
    """Give the app a memory of its own."""
    app.extensions[EXTENSION] = LookedFor()


def keep(words: str) -> str | None:
    """The key under which the person signed in finds these words again; None for no words."""
    kept: LookedFor = current_app.extensions[EXTENSION]
    return kept.keep(words[:LONGEST], _session()) if words else None


def words_of(key: str) -> str:
    """What the person signed in looked for under this key; empty when it is not known."""
    kept: LookedFor = current_app.extensions[EXTENSION]
    return kept.words(key, _session())


def _session() -> str:
    session = current_staff()
    if session is None:
        raise RuntimeError("no staff session on an endpoint that asks for one")
    return session.uuid
