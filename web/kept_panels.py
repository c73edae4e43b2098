"""Panels as they were rendered last, while nothing that they show has changed.

The desk's queue and room cost most of its page, and a desk is opened far oftener than the house
changes. A panel is kept for one session, whose forms carry its token, and under the version by
which its polls are told that nothing is new: what a poll would not fetch need not be made again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from web.language import language
from web.sessions import current_staff

EXTENSION = "kept_panels"
MOST_PANELS = 64  # of some 30 kB each
CSRF_FIELD = "csrf_token"  # where Flask-WTF keeps a session's own token


class KeptPanels:
    """The newest panels. Any thread."""

    def __init__(self) -> None:
        self._panels: OrderedDict[tuple[object, ...], Markup] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: tuple[object, ...]) -> Markup | None:
        with self._lock:
            panel = self._panels.get(key)
            if panel is not None:
                self._panels.move_to_end(key)
            return panel

    def keep(self, key: tuple[object, ...], panel: Markup) -> None:
        with self._lock:
            self._panels[key] = panel
            if len(self._panels) > MOST_PANELS:
                self._panels.popitem(last=False)


def panel(
    template: str, version: str, *shown: object, make: Callable[[], dict[str, Any]]
) -> Markup:
    """The rendered template, made from `make` unless it stands already.

    `version` changes with whatever it shows; `shown` is what this browser chose to see.
    """
    generate_csrf()  # a first request has no token before
    kept: KeptPanels = current_app.extensions.setdefault(EXTENSION, KeptPanels())
    key = (template, version, language(), current_staff(), session.get(CSRF_FIELD), *shown)
    found = kept.find(key)
    if found is None:
        found = Markup(render_template(template, **make()))  # noqa: S704 - escaped by the template
        kept.keep(key, found)
    return found
