"""A publication read on the screen in a real browser, with scripts and without."""

import pytest

from appliance.page_images import service
from appliance.page_images.maker import PageImageMaker
from appliance.page_images.renderer import Renderer
from appliance.storage.models import Publication
from tests.end_to_end.conftest import check
from tests.hostile_pdfs import text_pdf
from tests.services.library import new_publication

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def book(core, site, monkeypatch):
    """The address of a publication of three pages, and what draws them."""
    monkeypatch.setattr(service, "PATIENCE_S", 60.0)  # a busy machine is not a slow product
    text_pdf(core.settings.data_dir / "angka.pdf", 3)
    made = new_publication(site.services)
    core.writer.run(Publication.update(softcopy_path="angka.pdf").execute)
    maker = PageImageMaker(core.settings.data_dir, Renderer(), budget_bytes=1 << 30)
    maker.start(core.settings.run_dir)
    yield f"/catalogue/{made.id}"
    maker.close()


def shows_picture(page):
    """The browser took one of the pictures and could read it."""
    page.wait_for_function(
        "(() => { const i = document.querySelector('.sheet img'); return i.complete; })()"
    )
    return page.evaluate("document.querySelector('.sheet img').naturalWidth") > 0


def test_pages_are_turned_by_links_keys_and_numbers(open_page, book):
    page = open_page(f"{book}/read", width=1280)
    assert shows_picture(page)
    check(page, "read")

    page.keyboard.press("ArrowRight")
    page.wait_for_url("**page=2*")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**page=1*")
    page.keyboard.press("End")
    page.wait_for_url("**page=3*")
    page.keyboard.press("+")
    page.wait_for_url("**zoom=150*")
    check(page, "read-larger")
    page.keyboard.press("-")
    page.wait_for_url(lambda url: "zoom" not in url)
    page.keyboard.press("Home")
    page.wait_for_url("**page=1*")
    page.get_by_label("Ke halaman").fill("3")
    page.keyboard.press("Enter")
    page.wait_for_url("**page=3*")
    assert shows_picture(page)
    assert page.get_by_role("link", name="Berikutnya").count() == 0

    plain = open_page(f"{book}/read?page=2", javascript=False)
    plain.get_by_role("link", name="Berikutnya").click()
    plain.wait_for_url("**page=3*")
    assert plain.get_by_alt_text("Halaman 3 dari 3").is_visible()
    plain.get_by_role("link", name="Perbesar").click()
    plain.wait_for_url("**zoom=150*")


def test_words_are_found_and_marked_and_the_way_back_is_kept(open_page, book):
    page = open_page(f"{book}/read?page=2")
    page.get_by_role("link", name="Daftar isi").click()
    page.get_by_role("heading", name="Daftar isi").wait_for()
    check(page, "read-contents")
    page.get_by_role("link", name="Bab 3").click()
    page.get_by_role("link", name="Cari di dalam").click()
    page.get_by_role("searchbox").fill("kecamatan 7")
    page.keyboard.press("Enter")
    page.get_by_text("Ada di 3 halaman").wait_for()
    check(page, "read-find")
    page.get_by_role("link", name="Halaman 2").click()
    page.get_by_text("ditandai di halaman ini").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.wait_for_url("**page=3*")
    page.keyboard.press("p")
    page.wait_for_url("**page=2*")
    assert shows_picture(page)
    mark = page.locator(".sheet-marks rect").first.bounding_box()
    sheet = page.locator(".sheet img").bounding_box()
    assert sheet["y"] < mark["y"] < sheet["y"] + sheet["height"] / 2
    page.get_by_role("link", name="Keterangan publikasi").click()
    page.get_by_role("link", name="Lanjutkan di halaman 2").wait_for()
    check(page, "record")
