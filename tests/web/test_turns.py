"""Pages take turns; what changes something does not wait for one, and they stand aside for it."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask

from web.turns import PagesInTurns

WAIT_S = 10


class Kitchen:
    """An application whose pages are ready when `serve` says so."""

    def __init__(self, patience_s: float = WAIT_S) -> None:
        self.serve = threading.Event()
        self.cooking = threading.Semaphore(0)
        self.begun: list[str] = []
        self._app = PagesInTurns(self._cook, pages_at_once=2, patience_s=patience_s)
        self._guests: list[threading.Thread] = []

    def order(self, method: str, path: str) -> None:
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
        guest = threading.Thread(target=self._app, args=(environ, lambda *_: None))
        self._guests.append(guest)
        guest.start()

    def begins(self, orders: int) -> None:
        for _ in range(orders):
            assert self.cooking.acquire(timeout=WAIT_S)

    def close(self) -> None:
        self.serve.set()
        for guest in self._guests:
            guest.join(WAIT_S)
            assert not guest.is_alive()

    def _cook(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        self.begun.append(environ["PATH_INFO"])
        self.cooking.release()
        assert self.serve.wait(WAIT_S)
        return [b""]


def test_a_third_page_waits_until_one_is_made() -> None:
    kitchen = Kitchen()
    for name in "abc":
        kitchen.order("GET", f"/{name}")
    kitchen.begins(2)

    assert not kitchen.cooking.acquire(timeout=0.1)
    kitchen.serve.set()
    kitchen.begins(1)

    kitchen.close()
    assert sorted(kitchen.begun) == ["/a", "/b", "/c"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/staff/lockers/3/open"),
        ("GET", "/healthz"),
        ("GET", "/static/a.css"),
        ("GET", "/catalogue/7/read/2-phone.webp"),
    ],
)
def test_what_is_urgent_never_waits(method: str, path: str) -> None:
    kitchen = Kitchen()
    for name in "ab":
        kitchen.order("GET", f"/{name}")
    kitchen.begins(2)

    kitchen.order(method, path)

    kitchen.begins(1)
    kitchen.close()


def test_pages_that_hang_stop_nobody_for_ever() -> None:
    kitchen = Kitchen(patience_s=0.05)
    for name in "abc":
        kitchen.order("GET", f"/{name}")

    kitchen.begins(3)

    kitchen.close()


def test_a_page_that_fails_gives_its_turn_back() -> None:
    def fail(_environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        raise RuntimeError("no page")

    app = PagesInTurns(fail, pages_at_once=1, patience_s=WAIT_S)

    for _ in range(3):
        with pytest.raises(RuntimeError, match="no page"):
            app({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *_: None)


class Counter:
    """A page of two lines in the app's own templates, and a change that ends when `done` is set."""

    def __init__(self, app: Flask, aside_s: float) -> None:
        self.is_half, self.changing, self.done = (threading.Event() for _ in range(3))
        self.is_made = threading.Event()
        self._page = app.jinja_env.from_string("{{ half() }}{{ made() }}")
        self._app = PagesInTurns(self._answer, aside_s=aside_s)
        self._threads = [threading.Thread(target=self._ask, args=(m,)) for m in ("GET", "POST")]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self.done.set()
        for thread in self._threads:
            thread.join(WAIT_S)
            assert not thread.is_alive()

    def _ask(self, method: str) -> None:
        if method == "POST":
            assert self.is_half.wait(WAIT_S)
        self._app({"REQUEST_METHOD": method, "PATH_INFO": "/"}, lambda *_: None)

    def _answer(self, environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.changing.set()
            assert self.done.wait(WAIT_S)
            return []
        return [self._page.render(half=self._half, made=self.is_made.set).encode()]

    def _half(self) -> str:
        self.is_half.set()
        assert self.changing.wait(WAIT_S)
        return ""


def test_a_page_that_is_half_made_stands_aside_for_a_change(app: Flask) -> None:
    counter = Counter(app, aside_s=WAIT_S)
    assert counter.changing.wait(WAIT_S)

    assert not counter.is_made.wait(0.1)
    counter.done.set()
    assert counter.is_made.wait(WAIT_S)

    counter.close()


def test_a_change_that_takes_long_keeps_no_page(app: Flask) -> None:
    counter = Counter(app, aside_s=0.05)

    assert counter.is_made.wait(WAIT_S)
    assert not counter.done.is_set()

    counter.close()
