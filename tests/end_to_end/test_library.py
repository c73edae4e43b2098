"""The library in a real browser: search, read, rate, and the staff's side of it."""

import re

import pytest
from playwright.sync_api import expect

from appliance.actor import SYSTEM
from appliance.codes import readable
from appliance.demo.seed import seed_catalogue
from appliance.ratings.questions import QUESTIONS
from tests.end_to_end.conftest import check
from tests.services.library import OFFICER, new_visit
from web.sessions import STAFF_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BOTH = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
PASSWORD = "kuda-laut-biru-27"


@pytest.fixture
def library(core, site):
    """The catalogue of the office's district."""
    core.writer.run(lambda: seed_catalogue(core.office, core.clock))
    return site


@pytest.fixture
def visit(core, library):
    opened = new_visit(core, library.services)
    return library.services.visits.serve(opened.id, by=OFFICER)


@pytest.fixture
def staff_page(open_page, library):
    """Call with a path and a width: a staff page of a signed-in officer."""
    services = library.services
    services.staff.add("officer1", "Rina Officer", "officer", PASSWORD, by=SYSTEM)
    token = services.staff.login("officer1", PASSWORD, client="127.0.0.1")

    def make(path, *, width=1280):
        page = open_page("/catalogue", width=width)
        page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": library.url}])
        page.goto(path)
        return page

    return make


def find_own_visit(page, visit):
    """On the welcome page: the code from the ticket."""
    page.get_by_label("Kode kunjungan").fill(readable(visit.code))
    page.get_by_role("button", name="Buka kunjungan saya").click()
    page.wait_for_url("**/visits/*")


@BOTH
def test_typing_finds_and_the_way_back_keeps_the_search(open_page, library):
    district = library.services.office.district
    page = open_page("/catalogue")
    check(page)

    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    page.keyboard.type("angka kecam", delay=20)
    page.get_by_text("publikasi; teruskan mengetik").or_(
        page.get_by_text("publikasi ditemukan")
    ).wait_for()
    assert "q=angka" in page.url
    check(page)

    page.get_by_role("searchbox").fill(f"{district} dalam angka 2024")
    title = f"{district} Dalam Angka 2024"
    page.locator(".hit-title").first.filter(has_text=title).wait_for()
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("heading", name=title, level=1).wait_for()
    page.get_by_text("Ada di rak").first.wait_for()
    page.locator(".shelf strong").evaluate("shelf => shelf.textContent = 'RUANG-REFERENSI-LT-2'")
    check(page)

    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value(f"{district} dalam angka 2024")
    expect(page.locator(".hit-title").first).to_have_text(title)


def test_nothing_found_and_filters(open_page, library):
    page = open_page("/catalogue?q=zebra&type=book")
    assert page.get_by_text("Belum ada yang cocok untuk “zebra”").is_visible()
    check(page)

    page.goto("/catalogue?q=statsitik")
    page.get_by_text("Menampilkan hasil untuk “statistik”").wait_for()
    page.get_by_role("link", name="Terbaru dulu").click()
    page.wait_for_url("**sort=newest**")
    check(page)
    page.get_by_role("link", name="Berita Resmi Statistik").click()
    page.wait_for_url("**type=press_release**")
    page.get_by_label("Tahun").select_option("2024")
    page.wait_for_url(re.compile("year=2024"))
    page.get_by_label("Subjek").select_option("Harga")
    page.wait_for_url(re.compile("subject=Harga"))
    check(page)


def test_a_visitor_reads_and_rates(open_page, visit, library):
    services = library.services
    page = open_page("/")
    find_own_visit(page, visit)

    page.goto("/catalogue?q=statistik daerah 2023")
    page.locator(".hit-title").first.click()
    page.get_by_role("button", name="Saya baca di ruangan").click()
    page.wait_for_url("**/visits/*")
    assert "Statistik Daerah" in page.locator("#my-readings").inner_text()
    check(page)

    page.get_by_role("link", name="Nilai layanan").click()
    page.get_by_role("button", name="Kirim penilaian").wait_for()
    check(page)
    page.get_by_role("button", name="Kirim penilaian").click()
    page.locator("[data-error-summary]").wait_for()
    assert page.title().startswith("Galat")
    assert page.locator("[data-error-summary] li").count() == 9
    check(page)

    for question in QUESTIONS:
        page.locator(f'label:has(input[name="{question.element}"][value="4"])').click()
    page.get_by_label("Apa yang bisa kami perbaiki?").fill("Sudah baik 🙂")
    page.get_by_role("button", name="Kirim penilaian").click()
    page.get_by_text("Penilaian Anda sudah kami terima").wait_for()
    check(page)

    assert services.ratings.index("2026-11").respondents == 1
    assert len(services.reading.open_of_visit(visit.id)) == 1


def test_all_of_it_works_without_javascript(open_page, visit, library):
    page = open_page("/", javascript=False)
    find_own_visit(page, visit)

    page.goto("/catalogue")
    page.get_by_role("searchbox").fill("indikator kesejahteraan")
    page.get_by_role("button", name="Cari").click()
    page.locator(".hit-title").first.click()
    page.get_by_role("button", name="Saya baca di ruangan").click()
    page.get_by_role("link", name="Nilai layanan").click()
    for question in QUESTIONS:
        page.locator(f'input[name="{question.element}"][value="3"]').check(force=True)
    page.get_by_role("button", name="Kirim penilaian").click()

    page.get_by_text("Penilaian Anda sudah kami terima").wait_for()
    assert library.services.ratings.index("2026-11").respondents == 1


def test_the_desk_notes_readings_and_takes_them_back(staff_page, visit):
    page = staff_page("/staff/readings", width=360)
    check(page)

    page.get_by_label("Tiket atau kode kunjungan").fill(readable(visit.code))
    page.get_by_label("Barcode atau judul buku").fill("kecamatan dalam angka 2024")
    page.get_by_role("button", name="Catat").click()
    page.locator("[data-error-summary]").wait_for()
    check(page)

    page.locator("label.choice-tile").first.click()
    page.get_by_role("button", name="Catat").click()
    page.get_by_role("button", name="Sudah kembali").wait_for()
    check(page)

    page.get_by_role("button", name="Sudah kembali").click()
    page.get_by_text("Semua publikasi ada di rak").wait_for()


def test_staff_keep_the_catalogue(staff_page):
    page = staff_page("/staff/catalogue", width=360)
    check(page)

    page.get_by_role("link", name="Tambah publikasi").click()
    page.get_by_role("button", name="Simpan").wait_for()
    check(page)
    page.get_by_label("Tahun").fill("dua ribu")
    page.get_by_role("button", name="Simpan").click()
    page.locator("[data-error-summary]").wait_for()
    check(page)

    page.get_by_label("Judul").fill("Atlas Nagari 2020")
    page.get_by_label("Tahun").fill("2020")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Publikasi ditambahkan").wait_for()
    check(page)


def test_the_month_report(core, staff_page, library):
    for place in range(11):
        visit = new_visit(core, library.services)
        library.clock.advance(30 + 60 * place)
        library.services.visits.serve(visit.id, by=OFFICER)
        answers = {str(question.element): 1 + place % 4 for question in QUESTIONS}
        library.services.ratings.give(visit.id, answers, by=OFFICER)

    page = staff_page("/staff/reports", width=360)
    assert page.get_by_text("Laporan November 2026").first.is_visible()
    assert "D – Tidak baik" in page.locator("#table-ikm").inner_text()
    check(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh XLSX").click()
    assert waiting.value.suggested_filename.endswith("2026-11.xlsx")

    page.get_by_role("link", name="Sebelumnya").click()
    page.get_by_text("Belum ada kunjungan pada periode ini.").wait_for()
    check(page)


def test_the_report_prints_without_its_buttons(staff_page, core, library):
    new_visit(core, library.services)
    page = staff_page("/staff/reports")

    page.emulate_media(media="print")

    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("button", name="Unduh CSV").is_visible()
    assert not page.locator(".staff-nav").is_visible()
    assert page.locator("svg.chart").is_visible()
