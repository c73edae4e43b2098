"""The dashboard in Chromium: every page on every width, by the keyboard, and without scripts."""

from types import SimpleNamespace

import pytest

from appliance.hub.offices import Offices
from tests.end_to_end.conftest import assert_fits, at_every_width, check, open_page
from tests.hub.dashboard_kit import PASSWORD, add_person
from tests.hub.facts_kit import Room, caught_up
from tests.hub.test_fleet import say_health

__all__ = ["open_page"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def site(hub):
    """Two provinces with visits; the device of Kupang has a fork, and a record set aside."""
    Room(hub.database, office="padang").visits(23, sex="2", purpose="1", persons=2)
    device = hub.enrol("kupang")
    Offices(hub.database).add("kupang", "BPS Kota Kupang", province="Nusa Tenggara Timur")
    device.open()
    first, known = device.epoch, device.events(1)
    strange = device.events(1, first=2, type="id.go.bps.ruangbaca.locker.sang.v1")
    assert device.append([*known, *strange]).status == 200
    device.open("00000000-0000-4000-8000-000000000002", previous=first, reason="unknown_head")
    say_health(device, waiting=7, problem="clock", clock_offset_s=-300.0, disk_used=0.9)
    caught_up(hub.database)
    add_person(hub, "tini")
    return SimpleNamespace(url=hub.url)


def test_every_page_of_the_dashboard_is_accessible_and_works_by_keyboard(open_page, site):
    page = open_page("/fleet", width=1280)
    check(page, "hub-login")
    page.get_by_label("Nama pengguna").press_sequentially("tini")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Peranti semua kantor").wait_for()
    check(page, "hub-fleet")
    page.get_by_role("link", name="BPS Kota Kupang").first.press("Enter")
    page.get_by_text("tidak disengaja").wait_for()
    page.get_by_text("Riwayat keadaan", exact=True).press("Enter")
    page.get_by_text("Tindakan", exact=True).press("Enter")
    page.get_by_role("link", name="Tangguhkan").wait_for()
    check(page, "hub-office-devices")
    page.get_by_role("link", name="Kode pendaftaran baru").click()
    page.get_by_role("button", name="Buat kode pendaftaran").click()
    page.get_by_text("Hanya ditampilkan sekali").wait_for()
    check(page, "hub-claim")
    page.get_by_role("link", name="Karantina").click()
    page.get_by_role("heading", name="Karantina", exact=True).wait_for()
    check(page, "hub-quarantine")

    page.get_by_role("link", name="Angka", exact=True).click()
    page.get_by_label("Periode", exact=True).select_option("2026")
    page.get_by_role("button", name="Tampilkan").press("Enter")
    page.get_by_role("link", name="Sumatera Barat").wait_for()
    page.get_by_text("Angka dalam tabel").first.press("Enter")
    check(page, "hub-country")
    page.get_by_role("link", name="Sumatera Barat").press("Enter")
    page.get_by_role("link", name="padang").press("Enter")
    page.get_by_role("heading", name="padang").wait_for()
    check(page, "hub-office")
    page.get_by_role("link", name="Siapa yang datang").press("Enter")
    page.get_by_role("heading", name="Jenis kelamin").wait_for()
    check(page, "hub-visitors")


def test_the_dashboard_needs_no_scripts(open_page, site):
    page = open_page("/login?next=/%3Fperiod%3D2026-11", width=360, javascript=False)
    page.get_by_label("Nama pengguna").fill("tini")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.get_by_role("link", name="Sumatera Barat").click()
    page.get_by_role("heading", name="Sumatera Barat", level=1).wait_for()
    page.wait_for_load_state()  # its style sheets, too
    at_every_width(page, assert_fits)

    with page.expect_download() as taken:
        page.get_by_role("button", name="Unduh XLSX").click()

    assert taken.value.suggested_filename == "sumatera-barat-2026-11.xlsx"
