"""The web app on a real socket, and a real Chromium in front of it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from waitress.channel import HTTPChannel
from waitress.server import create_server

from appliance.config import Settings
from appliance.services import Services
from tests.fakes import FakeClock
from web.app import create_app
from web.assets import BUILD_DIR
from web.server import WAITRESS

WIDTHS = (360, 768, 1280)
HEIGHTS = {360: 740, 768: 1024, 1280: 900}
# What Chromium itself logs for an answer that is not 2xx, and nothing of ours.
EXPECTED_CONSOLE = (
    "the server responded with a status of 4",
    "the server responded with a status of 503",
)


@dataclass(frozen=True)
class Site:
    """The running app: its address, and the services and clock behind it to set scenes with."""

    url: str
    services: Services
    clock: FakeClock


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built browser files as they are now, whoever builds them anew meanwhile."""
    return Path(
        shutil.copytree(
            BUILD_DIR,
            tmp_path_factory.mktemp("build") / "build",
            # A kernel may be under construction there, beside the tests.
            ignore=shutil.ignore_patterns("uml", "*.log", "assets-src"),
        )
    )


@pytest.fixture
def site(services: Services, settings: Settings, clock: FakeClock, built: Path) -> Iterator[Site]:
    """`create_app` behind waitress, on a free port, over a database of its own."""
    app = create_app(services, settings, build_dir=built)
    channels: dict[int, Any] = {}
    server = create_server(app, map=channels, host="127.0.0.1", port=0, **WAITRESS)
    thread = threading.Thread(target=server.run, name="site")
    thread.start()
    yield Site(f"http://127.0.0.1:{server.effective_port}", services, clock)
    # On waitress's own thread: a request still under way would keep its loop alive otherwise. The
    # loop may be awake already and come before our own pull, whose pipe must be open still.
    pulled = threading.Event()
    server.trigger.pull_trigger(lambda: pulled.wait(10) and _close_all(channels))
    pulled.set()
    thread.join(10)
    server.task_dispatcher.shutdown()  # each thread left behind keeps its database open
    assert not thread.is_alive(), "waitress did not end"


def _close_all(channels: dict[int, Any]) -> None:
    for channel in list(channels.values()):
        # A browser's channel also gives back the file that it was sending.
        if isinstance(channel, HTTPChannel):
            channel.handle_close()
        else:
            channel.close()


@dataclass
class Watch:
    """What a browser did that it must not do."""

    off_host: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Call with a path: a page of a fresh browser that may only talk to this site.

    `width` picks phone, tablet or desktop; `javascript=False` switches scripts off. At the end of
    the test nothing may have gone off host, and nothing may have been complained about.
    """
    watch, contexts = Watch(), []

    def make(path: str = "/", *, width: int = 360, javascript: bool = True) -> Any:
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            is_mobile=width < 768,
            has_touch=width < 1280,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=javascript,
            reduced_motion="reduce",  # colours are looked at as they stay, not on their way
        )
        context.route("**/*", lambda route: _keep_home(route, site, watch))
        page = context.new_page()
        page.on("console", lambda message: _note(message, watch))
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        contexts.append(context)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert watch.off_host == []
    assert watch.complaints == []


def assert_accessible(page: Any) -> None:
    """Fail with axe's findings when the page, as it stands now, has any; needs scripts on."""
    from axe_playwright_python.base import AXE_SCRIPT, AxeResults

    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # Only the findings: to send all that is well to Python takes as long as looking at it.
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(({violations}) => ({violations}))"
    )
    results = AxeResults(found)
    assert results.violations_count == 0, results.generate_report()


def assert_fits(page: Any) -> None:
    """Fail when the page must be scrolled sideways."""
    # Not compared with window.innerWidth, which on a phone grows with what does not fit.
    width = page.viewport_size["width"]
    wide = page.evaluate("document.documentElement.scrollWidth") - width
    assert wide <= 0, f"{page.url} is {wide} px wider than its window"


def at_every_width(page: Any, look: Callable[[Any], None]) -> None:
    """Look at the screen as it stands on a phone, a tablet and a desk, then go on as before.

    A walk through the screens is taken once and each screen seen three times, instead of three
    walks.
    """
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        look(page)
    page.set_viewport_size(before)


def check(page: Any, name: str = "") -> None:
    """The screen as it stands is accessible and fits, at every width; pictures when asked for.

    After a click wait for something of the new screen first: until it comes, the old one stands.
    """
    page.wait_for_load_state()
    at_every_width(page, lambda seen: _check_here(seen, name))


def _check_here(page: Any, name: str) -> None:
    folder = os.environ.get("RUANGBACA_TEST_PICTURES")
    if folder and name:
        picture = Path(folder) / f"{name}-{page.viewport_size['width']}.png"
        page.screenshot(path=str(picture), full_page=True)
    assert_accessible(page)
    assert_fits(page)


def _keep_home(route: Any, site: Site, watch: Watch) -> None:
    asked = urlsplit(route.request.url)
    if asked.scheme == "data" or asked.netloc == urlsplit(site.url).netloc:
        route.continue_()
        return
    watch.off_host.append(route.request.url)
    route.abort()


def _note(message: Any, watch: Watch) -> None:
    if message.type in ("error", "warning") and not any(
        text in message.text for text in EXPECTED_CONSOLE
    ):
        watch.complaints.append(message.text)
