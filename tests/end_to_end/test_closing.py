"""Closing time in a real browser: the walk from door to door, and what was left behind."""

import pytest

from appliance.actor import Actor
from tests.end_to_end.conftest import check
from tests.end_to_end.plain_browser import PlainBrowser
from tests.end_to_end.test_desk import PASSWORD, lockers, room, signed_in
from tests.running_demo import wait_until

__all__ = ["lockers", "room", "signed_in"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
OFFICER = Actor.staff("officer1", "officer")
PATIENCE_MS = 30_000
TO_CLOSING_S = 6 * 3600  # from nine in the morning to half an hour before closing time


@pytest.fixture
def evening(room, lockers):
    """Ten minutes to closing time, and three visitors with lockers, shut again: 1, 2 and 5."""
    services = room.services
    for label, number in (("A-001", 1), ("A-002", 2), ("A-003", 5)):
        visit = services.visits.search(label)[0]
        if services.deposits.is_asked:
            services.deposits.receive(visit.id, "KTP", by=OFFICER)
        services.lockers.assign(visit.id, by=OFFICER, number=number)
        wait_until(lambda n=number: services.lockers.tile(n).door == "open")
        lockers.world.locker(number).shut()
        wait_until(lambda n=number: services.lockers.tile(n).door == "closed")
    room.clock.advance(TO_CLOSING_S + 15 * 60)
    return room


@CARD_OFFICE
def test_the_closing_walk(signed_in, evening, office_name) -> None:
    services = evening.services
    services.keys.note(7, "handed_out", {"holder": "Pak Dedi, teknisi"}, by=OFFICER)
    page = signed_in(360)
    page.get_by_text("Ruang baca tutup pukul").wait_for()
    check(page, "closing-desk")
    page.get_by_role("link", name="Tutup layanan").first.click()
    page.get_by_role("heading", name="Yang masih terbuka").wait_for()
    check(page, "closing")

    page.get_by_role("button", name="Mulai keliling").click()
    page.get_by_text("0 dari 3 loker diperiksa").wait_for()
    page.get_by_role("button", name="Buka loker 01").click()
    page.get_by_text("Loker 01 terbuka.").wait_for(timeout=PATIENCE_MS)
    check(page, "walk")
    page.get_by_role("button", name="Kosong").click()

    page.get_by_text("1 dari 3 loker diperiksa").wait_for()
    page.get_by_text("Ada barang", exact=True).click()
    page.get_by_role("button", name="Catat dan blokir loker").click()
    page.locator(".error-summary").wait_for()
    check(page, "walk-error")
    page.get_by_label("Apa yang terlihat").fill("tas punggung hitam")
    page.get_by_role("button", name="Catat dan blokir loker").click()

    page.get_by_text("2 dari 3 loker diperiksa").wait_for()
    page.get_by_text("Tidak dapat dibuka").click()
    page.get_by_role("button", name="Catat tidak terbuka").click()
    page.get_by_text("Semua loker sudah dilewati.").wait_for()
    check(page, "walk-done")
    page.get_by_role("button", name="Akhiri keliling").click()

    page.get_by_role("heading", name="Hasil keliling").wait_for()
    check(page, "walk-result")
    page.emulate_media(media="print")
    check(page, "walk-result-print")
    assert services.lockers.tile(1).is_free
    assert services.lockers.tile(2).state == "blocked"
    assert services.lockers.tile(5).visit_label == "A-003"
    assert services.closing.current() is None


def test_found_property_goes_back_to_its_owner(signed_in, evening) -> None:
    services = evening.services
    visit = services.visits.search("A-001")[0]
    services.lockers.release(
        visit.id, by=OFFICER, reason="found_property", description="tas punggung hitam"
    )
    page = signed_in(360, path="/staff/found")
    page.get_by_role("button", name="Catat barang").click()
    page.locator(".error-summary").wait_for()
    page.get_by_label("Apa yang terlihat").fill("kacamata baca")
    page.get_by_label("Disimpan di mana").fill("laci meja depan")
    page.get_by_role("button", name="Catat barang").click()
    page.get_by_role("heading", name="BT-0002").wait_for()
    page.goto("/staff/found")
    check(page, "found")

    page.get_by_role("link", name="BT-0001").click()
    page.get_by_role("button", name="Barang diserahkan").wait_for()
    check(page, "found-thing")
    page.get_by_role("link", name="Label").click()
    page.wait_for_url("**/label")
    page.get_by_text("BT-0001").first.wait_for()
    check(page, "found-label")
    page.goto("/staff/found/1")
    page.get_by_role("button", name="Barang diserahkan").click()
    page.locator(".error-summary").wait_for()
    check(page, "found-error")
    page.get_by_label("Nama penerima").fill("Siti Aminah")
    page.get_by_label("Dikenali dari apa").fill("menyebut isi tas")
    page.locator("[name=handed_locker_is_empty]").check(force=True)
    page.get_by_role("button", name="Barang diserahkan").click()
    page.get_by_text("diserahkan kepada pemiliknya").wait_for()
    check(page, "found-handed")
    page.get_by_role("link", name="Berita acara").click()
    page.get_by_role("button", name="Cetak berita acara").wait_for()
    check(page, "found-receipt")

    assert services.lockers.tile(1).is_free


def test_the_key_log(signed_in, evening) -> None:
    page = signed_in(360, path="/staff/keys")
    check(page, "keys-none")
    page.get_by_label("Nomor loker").select_option("7")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_text("Dibawa", exact=True).click()
    page.get_by_role("button", name="Catat").click()
    page.locator(".error-summary").wait_for()
    check(page, "key-error")
    page.get_by_label("Siapa yang membawa").fill("Pak Dedi, teknisi")
    page.get_by_role("button", name="Catat").click()
    page.get_by_text("Kunci dibawa").wait_for()
    check(page, "key")
    evening.services.keys.note(3, "lost", {"note": "jatuh di parkiran"}, by=OFFICER)
    page.goto("/staff/keys")
    check(page, "keys")
    page.get_by_role("button", name="Kunci kembali").click()
    page.get_by_text("dicatat.").wait_for()

    assert evening.services.keys.out() == ()


def test_visitors_and_the_door_hear_of_closing_time(open_page, evening) -> None:
    visit = evening.services.visits.search("A-001")[0]
    page = open_page(f"/visits/{visit.token}")
    page.get_by_text("Ambil barang Anda dari loker").wait_for()
    check(page, "closing-visitor")

    door = open_page("/?kiosk=1", width=1280)
    door.get_by_text("Ambil barang Anda dari loker").wait_for()
    check(door, "closing-door")


def test_the_morning_after(signed_in, evening) -> None:
    evening.clock.advance(16 * 3600)
    evening.services.visits.close_day()
    page = signed_in(1280, path="/staff/closing")

    page.get_by_text("3 loker belum kembali sejak hari sebelumnya").wait_for()
    check(page, "closing-morning")


def test_the_whole_walk_without_scripts(evening) -> None:
    browser = PlainBrowser(evening.url)
    browser.submit(browser.get("/staff/login"), "/login", username="officer1", password=PASSWORD)
    page = browser.submit(browser.get("/staff/closing"), "/closing/start")
    page = browser.submit(page, "/lockers/1/open")
    page = browser.submit(page, "/lockers/1/empty")
    page = browser.submit(page, "/lockers/2/property", description="payung biru")
    page = browser.submit(page, "/lockers/5/not-opened", note="macet")
    page = browser.submit(page, "/closing/finish")

    assert page.status == 200
    assert "payung biru" in page.text
    assert "macet" in page.text
    assert evening.services.lockers.tile(1).is_free
    assert evening.services.lockers.tile(5).visit_label == "A-003"
