"""One visitor signs in, in a real browser: every width, every state, with and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from appliance.actor import SYSTEM, Actor
from tests.end_to_end.conftest import Site, assert_accessible, assert_fits, check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "kuda-laut-biru-27"
RINA = Actor.staff("rina", "officer")
BOTH_OFFICES = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
TICKET = re.compile(r"/visits/[0-9a-f]{32}$")
SMALLEST_TARGET_PX = 44


def fill_in(page: Any, name: str = "Siti Rahmawati") -> None:
    page.get_by_label("Nama lengkap").fill(name)
    page.get_by_label("Perempuan").check()
    page.get_by_label("Umur").select_option("2")
    page.get_by_label("Pendidikan tertinggi").select_option("3")
    page.get_by_label("Pekerjaan utama").select_option("1")
    page.get_by_label("Nama instansi").fill("Universitas Andalas")
    page.get_by_label("Kategori instansi").select_option("6")
    page.get_by_label("Tugas sekolah").check()
    page.get_by_label("Saya setuju").check()


def send(page: Any) -> None:
    page.get_by_role("button", name="Ambil nomor").click()


def token_of(page: Any) -> str:
    return page.url.rsplit("/", 1)[1]


@BOTH_OFFICES
def test_a_visitor_signs_in_and_is_served(open_page, site: Site) -> None:
    page = open_page("/")
    check(page)

    page.get_by_role("link", name="Isi buku tamu").click()
    page.wait_for_url("**/guestbook")
    check(page)
    send(page)
    page.get_by_role("heading", name="Ada isian yang perlu diperbaiki").wait_for()
    assert page.title().startswith("Galat: ")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)

    fill_in(page)
    send(page)
    page.wait_for_url(TICKET)
    check(page)
    page.get_by_text("A-001", exact=True).first.wait_for()

    visit = site.services.visits.by_token(token_of(page))
    site.services.visits.call(visit.id, by=RINA, desk="Meja 1")
    page.get_by_text("Silakan ke Meja 1").wait_for()  # by the poll, without a tap
    check(page)
    site.services.visits.serve(visit.id, by=RINA)
    page.get_by_text("Anda sudah dilayani").wait_for()
    check(page)
    site.services.visits.close(visit.id, by=RINA)
    page.get_by_text("Kunjungan selesai").wait_for()
    check(page)
    expect(page.locator("[hx-get]")).to_have_count(0)


def test_it_all_works_without_scripts(open_page, site: Site) -> None:
    page = open_page("/guestbook", javascript=False)

    send(page)
    page.get_by_text("Tulis nama lengkap.").first.wait_for()
    fill_in(page, name='Siti "O\'Brien" <b>😀</b>')
    send(page)

    page.wait_for_url(TICKET)
    page.get_by_text("A-001", exact=True).first.wait_for()
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    page.get_by_role("link", name="Data saya").click()
    page.get_by_text('Siti "O\'Brien" <b>😀</b>').wait_for()
    page.goto("/")
    page.get_by_role("link", name="Buka tiket").click()
    page.wait_for_url(TICKET)


def test_the_text_behind_other_appears_when_it_is_chosen(open_page) -> None:
    page = open_page("/guestbook")
    which = page.get_by_label("Sebutkan pekerjaannya")

    assert not which.is_visible()
    page.get_by_label("Pekerjaan utama").select_option("7")
    which.wait_for()
    page.get_by_label("Lainnya").first.check()
    page.get_by_label("Sebutkan pemanfaatannya").wait_for()


def test_three_quick_taps_are_one_visit(open_page, site: Site) -> None:
    page = open_page("/guestbook")
    fill_in(page)

    page.get_by_role("button", name="Ambil nomor").click(click_count=3, delay=5)
    page.wait_for_url(TICKET)

    assert site.services.visits.today().registered == 1


def test_the_ticket_is_found_again_by_its_code(open_page, site: Site) -> None:
    page = open_page("/guestbook")
    fill_in(page)
    send(page)
    page.wait_for_url(TICKET)
    code = site.services.visits.by_token(token_of(page)).code

    other = open_page("/")
    other.get_by_label("Kode kunjungan").fill("ABCD-EFGH")
    other.get_by_role("button", name="Buka kunjungan saya").click()
    other.get_by_role("alert").get_by_text("Kode tidak ditemukan").wait_for()
    check(other)
    other.get_by_label("Kode kunjungan").fill(code.lower())
    other.get_by_role("button", name="Buka kunjungan saya").click()
    other.wait_for_url(TICKET)

    assert other.url == page.url


def test_a_broken_promise_is_readable_too(open_page, site: Site) -> None:
    page = open_page("/guestbook")
    fill_in(page)
    send(page)
    page.wait_for_url(TICKET)

    site.clock.advance(420)
    page.reload()

    page.get_by_text("Maaf, kami terlambat.").wait_for()
    check(page)


def test_the_other_pages_are_accessible(open_page) -> None:
    page = open_page("/standard")
    for path in ("/standard", "/privacy", "/?kiosk=1", "/guestbook?kiosk=1"):
        page.goto(path)
        check(page)


def test_the_tablet_shows_the_number_and_starts_over(open_page, site: Site) -> None:
    page = open_page("/?kiosk=1", width=768)
    page.get_by_role("link", name="Isi buku tamu").click()
    page.wait_for_url("**/guestbook?kiosk=1")
    send(page)
    page.get_by_role("heading", name="Ada isian yang perlu diperbaiki").wait_for()
    check(page)
    fill_in(page)
    send(page)
    page.get_by_role("heading", name="Ingat nomor Anda").wait_for()
    assert_accessible(page)
    assert_fits(page)

    page.get_by_role("button", name="Ya, lanjut").wait_for()
    assert_accessible(page)
    page.wait_for_url("**/?kiosk=1")

    expect(page.get_by_text("Kunjungan Anda hari ini")).to_have_count(0)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "visits" not in kept
    assert "Rahmawati" not in kept
    page.go_back()
    expect(page.get_by_label("Nama lengkap")).to_have_value("")
    expect(page.get_by_label("Perempuan")).not_to_be_checked()
    page.go_back()
    page.get_by_role("link", name="Isi buku tamu").wait_for()
    page.go_forward()
    expect(page.get_by_label("Nama lengkap")).to_have_value("")


def test_the_tablet_starts_over_without_scripts_too(open_page) -> None:
    page = open_page("/guestbook?kiosk=1", width=768, javascript=False)
    fill_in(page)
    send(page)

    page.get_by_role("heading", name="Ingat nomor Anda").wait_for()
    page.wait_for_url("**/?kiosk=1", timeout=60_000)


def test_the_officers_ways_to_write_somebody_down_fit(open_page, site: Site) -> None:
    site.services.staff.add("rina", "Rina", "officer", PASSWORD, by=SYSTEM)
    page = open_page("/staff/login?next=/staff/visits/new")
    page.get_by_label("Nama pengguna").fill("rina")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.get_by_role("heading", name="Catat pengunjung").wait_for()
    page.get_by_text("Rombongan: jumlah anggota").click()
    page.get_by_label("Di bawah 17 tahun, Perempuan").wait_for()
    check(page)
    page.goto(f"{site.url}/staff/visits/paper")
    check(page)
    page.goto(f"{site.url}/staff/visits/slips")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within a centimetre of margin
    slips = "[...document.querySelectorAll('.paper-slip')]"
    assert not page.evaluate(f"{slips}.some(one => one.scrollHeight > one.clientHeight)")


def test_every_control_of_the_form_is_large_enough_for_a_thumb(open_page) -> None:
    page = open_page("/guestbook")

    small = page.evaluate(
        """limit => [...document.querySelectorAll('a, button, input:not([type=hidden]), select')]
            .map(e => e.matches('input[type=radio], input[type=checkbox]') ? e.closest('label') : e)
            .filter(e => e.checkVisibility() && !e.matches('.skip-link'))
            .filter(e => e.getBoundingClientRect().height < limit)
            .map(e => e.outerHTML.slice(0, 120))""",
        SMALLEST_TARGET_PX,
    )

    assert small == []


def test_the_printed_ticket_is_a_slip_and_nothing_else(open_page) -> None:
    page = open_page("/guestbook")
    fill_in(page)
    send(page)
    page.wait_for_url(TICKET)

    page.emulate_media(media="print")

    assert page.locator(".slip").is_visible()
    assert not page.locator("#visit").is_visible()
    assert not page.locator(".site-header").is_visible()
