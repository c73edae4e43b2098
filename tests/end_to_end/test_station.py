"""The scanner station in Chromium: from the ticket to the PDF, on every width, and in words."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from appliance.actor import SYSTEM
from appliance.bootstrap import Core
from appliance.storage.models import Guest, Visit
from hardware.interfaces import ScanFailed, ScanProblem
from tests.documents_kit import Station, TellableScanner, a_visit
from tests.end_to_end.conftest import Site, assert_accessible, at_every_width
from tests.end_to_end.conftest import check as check_page
from web.sessions import STATION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def scanner() -> TellableScanner:
    return TellableScanner()


@pytest.fixture
def documents_process(core: Core, scanner: TellableScanner) -> Iterator[Station]:
    station = Station(core, scanner)
    station.start(core)
    yield station
    station.stop()


@pytest.fixture
def visit(core: Core, site: Site) -> Any:
    visit_id = a_visit(core, site.services)
    core.writer.run(lambda: Guest.create(visit=visit_id, name="Siti Aminah"))
    return site.services.visits.by_id(visit_id)


@pytest.fixture
def station_page(
    site: Site, open_page: Callable[..., Any], documents_process: Station
) -> Callable[..., Any]:
    """A browser that an officer registered, at the station's first screen."""

    def make(**how: Any) -> Any:
        page = open_page("/", **how)
        token = site.services.staff.register_device("station", "Stasiun pindai", by=SYSTEM)
        page.context.add_cookies([{"name": STATION_COOKIE, "value": token, "url": site.url}])
        page.goto("/station")
        return page

    return make


def show_ticket(page: Any, visit: Any) -> None:
    """As the code reader types it."""
    page.get_by_label("Kode kunjungan").fill(f"RBT{visit.code}")
    page.keyboard.press("Enter")


def check(page: Any) -> None:
    check_page(page)
    at_every_width(page, assert_large)


def assert_large(page: Any) -> None:
    too_small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main input:not([type=hidden])')]
            .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 72)
            .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert too_small == []


def test_three_taps_make_a_page_and_the_phone_gets_the_pdf(site, station_page, visit):
    page = station_page()
    check(page)

    show_ticket(page, visit)
    page.wait_for_selector("text=Apa yang dipindai?")
    check(page)
    page.get_by_role("button", name="Dokumen warna").click()
    page.wait_for_selector("text=1 halaman tersimpan")
    check(page)
    page.get_by_role("button", name="Selesai").click()
    page.wait_for_selector("text=PDF siap diunduh")
    check(page)
    assert visit.token not in page.url

    page.goto(f"/visits/{visit.token}")
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Unduh PDF").click()
    assert download.value.suggested_filename == "hasil-pindai-2026-11-23-A-001.pdf"


def test_pages_are_added_redone_and_deleted_from_one_bar(site, station_page, visit):
    page = station_page(width=1280)
    show_ticket(page, visit)
    page.get_by_role("button", name="Buku kecil").click()
    page.wait_for_selector("text=1 halaman tersimpan")
    places = bar(page)

    page.get_by_role("button", name="Tambah halaman").click()
    page.wait_for_selector("text=2 halaman tersimpan")
    page.get_by_role("link", name="Halaman 1").click()
    page.get_by_role("button", name="Ulangi halaman 1").click()
    page.wait_for_selector("text=2 halaman tersimpan")
    page.get_by_role("button", name="Hapus halaman 2").click()
    page.wait_for_selector("text=1 halaman tersimpan")

    assert [place["y"] for place in bar(page)] == [place["y"] for place in places]
    assert [place["x"] for place in bar(page)] == [place["x"] for place in places]


def test_a_page_is_turned_cut_and_brought_back_in_sight_of_all(station_page, visit):
    page = station_page()
    show_ticket(page, visit)
    page.get_by_role("button", name="Buku kecil").click()
    page.wait_for_selector("text=1 halaman tersimpan")

    page.get_by_role("button", name="Putar halaman 1 ke kanan").click()
    page.wait_for_function(
        """() => { const shown = document.querySelector('.station-preview img');
                   return shown.complete && shown.naturalWidth > shown.naturalHeight; }"""
    )
    page.get_by_role("link", name="Potong").click()
    page.get_by_text("Atur tiap tepi").click()
    check(page)
    page.get_by_role("button", name="Hanya halaman kiri").click()
    page.wait_for_function(
        """() => { const shown = document.querySelector('.station-preview img');
                   return shown.complete && shown.naturalWidth < shown.naturalHeight; }"""
    )
    page.get_by_role("button", name="Hapus halaman 1").click()
    page.wait_for_selector("text=Satu halaman dihapus.")
    check(page)
    page.get_by_role("button", name="Kembalikan").click()

    page.wait_for_selector("text=1 halaman tersimpan")


def test_who_waits_for_the_scanner_is_called_on_the_screen(core, site, station_page, visit):
    other = site.services.documents.open_job(a_visit(core, site.services), "colour", by=SYSTEM).uuid
    site.services.scan_pages.ask_page(other, by=SYSTEM)
    page = station_page()
    show_ticket(page, visit)
    page.get_by_role("button", name="Buku kecil").click()
    page.wait_for_selector("text=Anda urutan ke-1 dalam antrean")
    check(page)

    site.services.scan_pages.leave(other, by=SYSTEM)

    page.wait_for_selector("text=Giliran Anda")
    check(page)
    page.get_by_role("button", name="Tambah halaman").click()
    page.wait_for_selector("text=1 halaman tersimpan")


def bar(page: Any) -> list[Any]:
    return [button.bounding_box() for button in page.locator(".kiosk-bar button").all()]


def test_a_page_under_way_shows_rows_and_can_be_cancelled(station_page, scanner, visit):
    scanner.plan = [threading.Event()]
    page = station_page(width=768)
    show_ticket(page, visit)
    page.get_by_role("button", name="Dokumen hitam putih").click()
    page.wait_for_selector("text=Memindai halaman 1…")
    check(page)

    page.get_by_role("button", name="Batalkan halaman ini").click()
    page.wait_for_selector("text=Pemindaian dibatalkan.")

    check(page)


def test_a_failure_says_what_to_do_and_the_retry_works(station_page, scanner, visit):
    scanner.plan = [ScanFailed(ScanProblem.COVER_OPEN, "open")]
    page = station_page()
    show_ticket(page, visit)
    page.get_by_role("button", name="Dokumen warna").click()
    page.wait_for_selector("text=Penutup pemindai terbuka")
    check(page)

    page.get_by_role("button", name="Coba lagi").click()

    page.wait_for_selector("text=1 halaman tersimpan")


def test_a_wrong_code_is_said_at_the_field(station_page):
    page = station_page(width=1280)
    page.get_by_label("Kode kunjungan").fill("AAAA-AAAA")
    page.keyboard.press("Enter")

    page.wait_for_selector("text=Kode tidak ditemukan")
    check(page)


def test_nothing_is_left_for_the_next_person(station_page, visit):
    page = station_page(width=1280)
    show_ticket(page, visit)
    page.get_by_role("button", name="Dokumen warna").click()
    page.wait_for_selector("text=1 halaman tersimpan")
    image = page.locator(".station-preview img").get_attribute("src")

    page.get_by_role("button", name="Bukan Anda?").click()
    page.wait_for_selector("text=Siapa yang memindai?")

    page.go_back()
    page.wait_for_selector("text=Siapa yang memindai?")
    assert page.request.get(image).status == 404
    page.goto("/station/scan")
    assert page.url.endswith("/station")


def test_the_screen_wipes_itself_when_nobody_is_there(station_page, visit):
    page = station_page(width=1280)
    show_ticket(page, visit)
    page.wait_for_selector("text=Apa yang dipindai?")
    page.clock.install()
    page.reload()

    page.clock.fast_forward(46_000)
    assert page.get_by_text("Masih di sini?").is_visible()
    page.clock.fast_forward(15_000)

    page.wait_for_selector("text=Siapa yang memindai?")


def test_the_whole_way_works_without_javascript(site, station_page, visit):
    page = station_page(width=1280, javascript=False)
    show_ticket(page, visit)
    page.get_by_role("button", name="Dokumen warna").click()
    page.wait_for_selector("text=1 halaman tersimpan")  # the page asks for itself by meta refresh
    page.get_by_role("button", name="Selesai").click()
    page.wait_for_selector("text=PDF siap diunduh")

    assert Visit.select().count() == 1
