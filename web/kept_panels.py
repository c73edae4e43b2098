"""Panels as they were rendered last, while nothing that they show has changed.

The desk's queue and room, and the frame around every page of staff, cost most of a page, and are
asked for far oftener than they change. A panel is kept under everything that it is made from: a
version of the house, or the values themselves. It is the same for everybody who may see those, so
its forms carry a mark that becomes the token of the session that asks.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from flask import Flask, current_app, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from web.language import language

R = TypeVar("R", bound=Hashable)
EXTENSION = "kept_panels"
MOST_PANELS = 64  # of some 20 kB each
MOST_PARTS = 256  # of some 3 kB each
MOST_ROWS = 512  # of some 1 kB each
CSRF_FIELD = "csrf_token"  # where Flask-WTF keeps the token of this request
TOKEN_MARK = Markup("<token>")  # nothing that anybody types is ever written without its `&lt;`


class KeptPanels:
    """The newest panels. Any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._panels: OrderedDict[tuple[Hashable, ...], str] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: tuple[Hashable, ...]) -> str | None:
        with self._lock:
            panel = self._panels.get(key)
            if panel is not None:
                self._panels.move_to_end(key)
            return panel

    def keep(self, key: tuple[Hashable, ...], panel: str) -> None:
        with self._lock:
            self._panels[key] = panel
            if len(self._panels) > self._most:
                self._panels.popitem(last=False)

    def row(self, spoken: str, shown: R, make: Callable[[R], str]) -> str:
        """What `make` says of this value in this language, made once."""
        key = (spoken, shown)
        found = self._panels.get(key)
        if found is None:
            found = make(shown)
            self.keep(key, found)
        return found

    def forget(self) -> None:
        """Keep none of them any longer."""
        with self._lock:
            self._panels.clear()


def init_app(app: Flask) -> None:
    """Give templates `kept_part`, which renders another one from exactly the values it names."""
    app.extensions[EXTENSION] = tuple(
        KeptPanels(most) for most in (MOST_PANELS, MOST_PARTS, MOST_ROWS)
    )
    app.jinja_env.globals.update(kept_part=part, rows_of=rows_of)


def panel(
    template: str, version: str, *shown: Hashable, make: Callable[[], dict[str, Any]]
) -> Markup:
    """The rendered template, made from `make` unless it stands already.

    `version` changes with whatever it shows; `shown` is what this browser chose to see. It must
    show the same to everybody who may see it.
    """
    panels: KeptPanels = current_app.extensions[EXTENSION][0]
    return _kept(panels, template, (version, *shown), make)


def part(template: str, **shown: Hashable) -> Markup:
    """The rendered template, which shows nothing but these values and the language."""
    parts: KeptPanels = current_app.extensions[EXTENSION][1]
    return _kept(parts, template, tuple(shown.values()), lambda: shown)


def rows_of(shown: Iterable[R], make: Callable[[R], str]) -> Markup:
    """Rows of a panel, each made by this macro unless it stands already: it shows only its value.

    Belongs inside a kept panel, which puts the token of the session in.
    """
    rows: KeptPanels = current_app.extensions[EXTENSION][2]
    spoken = language()
    return Markup("".join([rows.row(spoken, one, make) for one in shown]))  # noqa: S704 - escaped by the macro


def _kept(
    kept: KeptPanels,
    template: str,
    shown: tuple[Hashable, ...],
    make: Callable[[], dict[str, Any]],
) -> Markup:
    token = g.get(CSRF_FIELD) or generate_csrf()  # a first request has none before
    key = (template, language(), shown)
    found = kept.find(key)
    if found is None:
        found = _with_mark(template, make())
        kept.keep(key, found)
    return Markup(found.replace(TOKEN_MARK, token))  # noqa: S704 - escaped by the template


def _with_mark(template: str, context: dict[str, Any]) -> str:
    token = g.get(CSRF_FIELD)
    setattr(g, CSRF_FIELD, TOKEN_MARK)
    try:  # without what Flask adds to every page: a panel shows only what it is kept under
        return current_app.jinja_env.get_template(template).render(context)
    finally:
        setattr(g, CSRF_FIELD, token)
