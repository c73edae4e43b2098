"""What the shared tablet at the door keeps of a visitor: nothing, not even on its disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import CHROMIUM, FLAGS
from tests.end_to_end.conftest import Site
from tests.end_to_end.test_guestbook import fill_in, send

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAID = {
    "name": "Zubaidah Kenari",
    "email": "zubaidah@kenari.example",
    "phone": "081277665544",
    "agency_name": "Sanggar Kenari",
}


@pytest.fixture
def tablet(chromium: Any, site: Site, tmp_path: Path) -> Iterator[Any]:
    """A browser with a profile on disk, where a tablet keeps what it remembers."""
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=str(CHROMIUM),
        args=FLAGS,
        base_url=site.url,
        viewport={"width": 768, "height": 1024},
        locale="id-ID",
    )
    yield context
    context.close()


def write(page: Any) -> None:
    fill_in(page, SAID["name"])
    for field in ("email", "phone", "agency_name"):
        page.locator(f"#field-{field}").fill(SAID[field])


def test_nothing_of_a_visitor_stays_in_the_browser_or_on_its_disk(
    tablet: Any, site: Site, tmp_path: Path
) -> None:
    page = tablet.pages[0]
    page.clock.install()
    page.goto("/guestbook?kiosk=1")
    write(page)
    send(page)
    page.get_by_role("heading", name="Ingat nomor Anda").wait_for()
    page.wait_for_load_state()
    shown = page.url
    page.clock.fast_forward(21_000)
    page.wait_for_url("**/?kiosk=1")

    page.get_by_role("link", name="Isi buku tamu").click()
    page.wait_for_url("**/guestbook?kiosk=1")
    write(page)  # and goes away
    page.clock.fast_forward(70_000)
    page.get_by_text("Masih di sini?").wait_for()
    page.clock.fast_forward(21_000)
    page.get_by_role("link", name="Isi buku tamu").wait_for()

    page.go_back()
    typed = "[...document.querySelectorAll('input, select')].map(one => one.value).join(' ')"
    assert not any(word in page.evaluate(typed) for word in SAID.values())
    site.clock.advance(61)
    page.goto(shown)
    page.get_by_role("link", name="Isi buku tamu").wait_for()
    page.goto("/?kiosk=1&lang=en")  # nor the language
    page.get_by_role("link", name="Sign the guest book").wait_for()
    page.clock.fast_forward(61_000)
    page.get_by_role("link", name="Isi buku tamu").wait_for()
    [visit] = site.services.visits.inside()
    tablet.close()
    secret = [*SAID.values(), site.services.visits.token(visit), visit.code, visit.uuid]
    kept = [
        (file.name, word)
        for file in (tmp_path / "profile").rglob("*")
        if file.is_file() and (content := file.read_bytes())
        for word in secret
        if word.encode() in content or word.encode("utf-16-le") in content
    ]
    assert kept == []
