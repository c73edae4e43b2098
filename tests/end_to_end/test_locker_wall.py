"""Forty-eight doors in a real browser: the wall, one door, an emergency, and a start report."""

from collections.abc import Iterator

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from appliance.lockers.alarm_rules import AlarmKind
from appliance.storage.models import Guest
from hardware.simulated import RoomTiming, SimulatedLockerBank, simulated_wiring
from tests.end_to_end.conftest import Site, check
from tests.end_to_end.lockers_process import lockers_process
from tests.end_to_end.plain_browser import PlainBrowser
from tests.running_demo import wait_until
from tests.services.library import new_visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICER = Actor.staff("officer1", "officer")
PASSWORD = "kuda-laut-biru-27"
DOORS = 48
NAMES = ("Siti Rahmawati", "Budi Santoso", "Ni Luh Putu Ayu", "Yosef Lamakera", "Dewi Lestari")


@pytest.fixture
def bank(core: Core, site: Site) -> Iterator[SimulatedLockerBank]:
    """A running lockers process over 48 simulated doors; nobody shuts them by himself."""
    timing = RoomTiming(lag_s=0.02, shut_after_s=None)
    wiring = simulated_wiring(DOORS, pulse_s=0.05, rest_s=0.1, stagger_s=0.01)
    bank = SimulatedLockerBank(wiring, timing)
    sizes = {number: "SML"[(number - 1) // 6 % 3] for number in range(1, DOORS + 1)}
    with lockers_process(core, site, bank, sizes=sizes, open_timeout_s=1.0):
        yield bank


@pytest.fixture
def room(site: Site, core: Core, bank) -> Site:
    """An ordinary morning: some lockers used, one not given back, a few out of use."""
    services = site.services
    services.staff.add("officer1", "Rina Officer", "officer", PASSWORD, by=SYSTEM)
    services.staff.add("admin1", "Andi Admin", "admin", PASSWORD, by=SYSTEM)
    for place, name in enumerate(NAMES):
        visit = new_visit(core, services)
        core.writer.run(lambda v=visit, n=name: Guest.create(visit=v.id, name=n))
        number = (2, 3, 8, 20, 31)[place]
        services.lockers.assign(visit.id, by=OFFICER, number=number)
        wait_until(lambda n=number: services.lockers.tile(n).door == "open")
        bank.world.locker(number).shut()
    services.visits.close(visit.id, by=OFFICER, state="not_returned")
    services.lockers.set_condition(11, "broken", by=OFFICER, note="engsel lepas")
    services.lockers.set_condition(12, "blocked", by=OFFICER, note="sedang dibersihkan")
    services.lockers.set_condition(40, "key_lost", by=OFFICER, note="dibawa pulang A-003")
    site.clock.advance(60)
    return site


@pytest.fixture
def signed_in(open_page, room):
    """Call with a path and a width: that page for a signed-in officer."""

    def make(path: str = "/staff/lockers", width: int = 1280, *, javascript: bool = True):
        page = open_page("/staff/login?next=" + path, width=width, javascript=javascript)
        page.get_by_label("Nama pengguna").fill("officer1")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url("**" + path)
        return page

    return make


def test_an_alarm_comes_to_the_wall_and_goes_when_it_was_seen(signed_in, room, bank) -> None:
    page = signed_in(width=360)
    assert page.locator(".locker").count() == DOORS
    assert page.locator(".urgent").count() == 0
    check(page, "wall-quiet")

    bank.world.locker(20).force()
    page.locator(".urgent").get_by_text("terbuka tanpa perintah").wait_for()
    check(page, "wall-alarm")
    page.locator(".legend").get_by_role("link", name="Belum kembali").click()
    page.get_by_role("link", name="31").wait_for()
    assert page.locator(".locker").count() == 1
    page.locator(".urgent a").first.click()

    page.get_by_label("Apa yang terjadi").fill("pemiliknya menarik pintu")
    check(page, "tile-alarm")
    page.get_by_role("button", name="Sudah dilihat").click()
    page.get_by_text("Peringatan loker 20 sudah dilihat.").wait_for()
    assert room.services.alarms.open() == ()
    page.goto("/staff/lockers")
    assert page.locator(".urgent").count() == 0


def test_a_note_being_typed_survives_the_refresh_of_its_panel(signed_in, room, bank) -> None:
    room.services.alarms.raise_(20, AlarmKind.LEFT_OPEN)
    page = signed_in("/staff/lockers/20")
    note = page.get_by_label("Apa yang terjadi")
    note.fill("sedang dili")

    room.services.alarms.raise_(20, AlarmKind.NOT_ANSWERING)
    page.get_by_text("tidak menjawab").first.wait_for()

    assert note.first.input_value() == "sedang dili"


def test_things_are_moved_and_the_old_locker_waits_for_a_person(
    signed_in, room, bank, core
) -> None:
    page = signed_in("/staff/lockers/3", 360)
    check(page, "tile-used")
    page.get_by_label("Ke loker").select_option("5")
    page.locator("#field-why").fill("pintunya macet")
    page.get_by_role("button", name="Pindahkan", exact=True).click()

    page.get_by_text("Loker ini belum dinyatakan kosong.").wait_for()
    wait_until(lambda: room.services.lockers.tile(5).door == "open")
    page.get_by_role("table").get_by_text("pintunya macet").wait_for()
    check(page, "tile-moved")
    assert 3 not in room.services.lockers.free_numbers()
    page.get_by_role("button", name="Sudah kosong").click()
    page.get_by_text("Loker 3 dinyatakan kosong.").wait_for()
    assert room.services.lockers.tile(3).is_free
    check(page, "tile-free")


def test_an_emergency_from_the_question_to_the_last_person(signed_in, room, bank) -> None:
    bank.world.locker(7).jam()
    desk = signed_in("/staff", 360)
    page = signed_in("/staff/lockers/emergency", 360)
    check(page, "emergency-ask")
    page.get_by_role("button", name="Buka semua loker").click()
    page.get_by_role("alert").first.wait_for()
    check(page, "emergency-error")
    page.get_by_text("Gempa bumi").click()
    page.get_by_role("button", name="Buka semua loker").click()
    page.get_by_role("button", name="Ya, buka semua sekarang").wait_for()
    check(page, "emergency-confirm")
    page.get_by_role("button", name="Ya, buka semua sekarang").click()

    page.get_by_text("Pintu loker 07 tidak terlihat terbuka. Tarik").wait_for(timeout=60_000)
    page.locator(".door-opened").nth(DOORS - 2).wait_for(timeout=60_000)
    check(page, "emergency-doors")
    desk.get_by_text("Keadaan darurat: semua loker dibuka.").wait_for()
    check(desk, "desk-emergency")

    page.get_by_role("button", name="Sudah di luar").first.click()
    page.get_by_text("1 dari 4 di luar").wait_for()
    check(page, "emergency-roll")
    page.get_by_role("button", name="Akhiri keadaan darurat").click()
    page.get_by_text("3 orang belum terlihat di luar.").last.wait_for()
    check(page, "emergency-end")
    page.get_by_role("button", name="Ya, akhiri").click()
    page.get_by_text("Keadaan darurat diakhiri.").wait_for()

    assert room.services.emergency.open() is None
    assert [tile.number for tile in room.services.lockers.wall() if tile.visit_id] == [
        2,
        3,
        8,
        20,
        31,
    ]
    page.goto("/staff/lockers/emergency/people")
    check(page, "emergency-list")


def test_the_start_report_is_read_and_settled_door_by_door(signed_in, room) -> None:
    stands = dict.fromkeys(range(1, DOORS + 1), "closed")
    sensors = dict.fromkeys(range(1, DOORS + 1), True)
    room.clock.reboot(off_s=600)
    room.services.start_report.begin(stands | {7: "open", 9: "unknown"}, sensors)
    page = signed_in("/staff/lockers", 360)
    check(page, "wall-start")
    page.get_by_role("link", name="Baca laporan awal").click()
    page.get_by_text("Listrik padam atau peranti dimatikan mendadak.").wait_for()
    check(page, "start-report")

    first = page.locator(".report-line").first
    first.get_by_label("Apa yang ditemukan").fill("pintunya ditutup")
    first.get_by_role("button", name="Beres").click()
    page.locator(".report-line").first.get_by_text("pintunya ditutup").wait_for()
    page.get_by_role("button", name="Sudah dibaca").click()
    page.get_by_text("Dibaca officer1").wait_for()
    check(page, "start-report-read")
    page.goto("/staff/lockers")
    assert not page.get_by_text("baca laporan awal").is_visible()


def test_the_desk_shows_an_alarm_and_gives_a_locker_by_size(signed_in, room, core) -> None:
    visit = new_visit(core, room.services)
    room.services.visits.serve(visit.id, by=OFFICER)
    room.services.alarms.raise_(20, AlarmKind.OPENED_WITHOUT_COMMAND)
    page = signed_in(f"/staff?visit={visit.id}", 360)
    page.locator(".door-news").get_by_text("Pintu loker 20 terbuka tanpa perintah.").wait_for()
    check(page, "desk-news")

    page.get_by_label("Ukuran").select_option("L")
    page.get_by_role("button", name="Serahkan loker").click()
    page.get_by_text("Loker 13 terbuka.").wait_for()

    assert room.services.lockers.of_visit(visit.id).number == 13


def test_door_move_emergency_and_roll_call_without_scripts(room, bank, core) -> None:
    browser = PlainBrowser(room.url)
    login = browser.get("/staff/login")
    browser.submit(login, "/staff/login", username="officer1", password=PASSWORD)
    room.services.alarms.raise_(3, AlarmKind.LEFT_OPEN)

    door = browser.get("/staff/lockers/3")
    door = browser.submit(door, "/seen", note="ditutup petugas")
    assert "Peringatan loker 3 sudah dilihat." in door.text
    door = browser.submit(door, "/move", to="5", why="pintunya macet")
    assert "Barangnya dipindahkan ke loker 05." in door.text
    browser.submit(door, "/emptied")
    assert room.services.lockers.tile(3).is_free

    asked = browser.submit(browser.get("/staff/lockers/emergency"), "/emergency", cause="quake")
    running = browser.submit(asked, "/emergency")
    inside = [line.visit_id for line in room.services.emergency.open().roll_call]
    assert "0 dari 4 di luar" in running.text
    for visit_id in inside:
        running = browser.submit(running, f"/people/{visit_id}")
    assert "4 dari 4 di luar" in running.text
    ended = browser.submit(browser.submit(running, "/end"), "/end")

    assert "Keadaan darurat diakhiri." in ended.text
    assert room.services.emergency.latest().missing == 0
