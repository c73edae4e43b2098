"""The desk in a real browser: one visitor from the queue to the way out, in both offices."""

from collections.abc import Iterator

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from hardware.simulated import RoomTiming, SimulatedLockerBank, simulated_wiring
from tests.end_to_end.conftest import Site, assert_fits, at_every_width, check
from tests.end_to_end.lockers_process import lockers_process
from tests.services.library import new_publication, new_visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BOTH = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
PASSWORD = "kuda-laut-biru-27"
NAMES = ("Siti Rahmawati", "Budi Santoso", "Ni Luh Putu Ayu", "Yosef Lamakera")


@pytest.fixture
def lockers(core: Core, site: Site) -> Iterator[SimulatedLockerBank]:
    """A running lockers process over twelve simulated doors; nobody shuts them by himself."""
    timing = RoomTiming(lag_s=0.05, shut_after_s=None)
    bank = SimulatedLockerBank(simulated_wiring(12, pulse_s=0.1), timing)
    with lockers_process(core, site, bank):
        yield bank


@pytest.fixture
def room(site: Site, core: Core, lockers) -> Site:
    """Four visitors waiting, the first of them too long."""
    for place, name in enumerate(NAMES):
        visit = new_visit(core, site.services)
        core.writer.run(lambda v=visit, n=name: _name(v.id, n))
        site.clock.advance((200, 60, 45, 20)[place])
    for role in ("officer", "admin"):
        site.services.staff.add(f"{role}1", f"Rina {role.title()}", role, PASSWORD, by=SYSTEM)
    return site


def _name(visit_id: int, name: str) -> None:
    from appliance.storage.models import Guest

    Guest.create(visit=visit_id, name=name, agency_name="Universitas Andalas")


@pytest.fixture
def signed_in(open_page, room):
    """Call with a width and a role: the desk of a signed-in person."""

    def make(width: int = 1280, role: str = "officer", path: str = "/staff"):
        page = open_page("/staff/login?next=" + path, width=width)
        page.get_by_label("Nama pengguna").fill(f"{role}1")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.wait_for_url("**" + path)
        return page

    return make


@BOTH
def test_one_visitor_from_the_queue_to_the_way_out(signed_in, room, office_name) -> None:
    page = signed_in(360)
    check(page, f"{office_name}-1-queue")
    first = page.locator(".queue-row").first
    assert "A-001" in first.inner_text()
    assert "Lewat" in first.inner_text()

    first.get_by_role("button", name="Panggil").click()
    page.locator(".queue-row").first.get_by_role("button", name="Layani").click()
    page.wait_for_selector("#desk-panel")
    if office_name == "dharmasraya":
        assert not page.get_by_role("button", name="Serahkan loker").is_visible()
        check(page, f"{office_name}-2-card")
        page.get_by_text("SIM", exact=True).click()
        page.get_by_role("button", name="Terima kartu").click()
        page.get_by_text("SIM di slot 1").wait_for()
    else:
        assert not page.get_by_role("button", name="Terima kartu").is_visible()
    page.get_by_role("button", name="Serahkan loker").click()
    page.get_by_text("Loker 01 terbuka.").wait_for()
    page.get_by_text("Pintu terbuka").first.wait_for()
    check(page, f"{office_name}-3-locker")

    page.get_by_role("button", name="Mulai selesai").click()
    page.get_by_text("Tas diambil, loker kosong").wait_for()
    check(page, f"{office_name}-4-leaving")
    page.get_by_role("button", name="Loker kosong").click()
    if office_name == "dharmasraya":
        page.get_by_role("button", name="Kartu diserahkan").click()
    page.wait_for_url("**/staff")

    visit = room.services.visits.search("A-001")[0]
    assert visit.state == "finished"
    assert room.services.lockers.tile(1).is_free
    check(page, f"{office_name}-5-done")


def test_the_queue_moves_by_itself(signed_in, room, core) -> None:
    page = signed_in()
    newcomer = new_visit(core, room.services)
    room.clock.advance(16)

    page.get_by_text(newcomer.label).wait_for()


def test_two_desks_call_at_once_and_the_second_sees_who(signed_in, room) -> None:
    one, two = signed_in(), signed_in(role="admin")
    # Both hold the same page; polls would bring the news, so the second one's are stopped.
    two.route("**/staff/queue*", lambda route: route.abort())

    one.locator(".queue-row").first.get_by_role("button", name="Panggil").click()
    one.get_by_text("Dipanggil officer1").wait_for()
    two.locator(".queue-row").first.get_by_role("button", name="Panggil").click()

    two.get_by_text("Sudah dipanggil oleh officer1.").wait_for()
    assert two.get_by_role("button", name="Layani").count() == 1
    check(two, "second-desk")


def test_what_is_typed_survives_the_panels_refresh(signed_in, room, core) -> None:
    visit = room.services.visits.search("A-002")[0]
    room.services.visits.serve(visit.id, by=Actor.staff("officer1", "officer"))
    page = signed_in(360, path=f"/staff?visit={visit.id}")
    book = page.get_by_label("Barcode atau judul")
    book.fill("9786024")

    newcomer = new_visit(core, room.services)
    room.clock.advance(16)
    page.get_by_text(newcomer.label).first.wait_for(state="attached")
    for _ in range(2):
        with page.expect_response("**/panel?*"):
            pass

    assert book.input_value() == "9786024"


def test_the_wall_and_one_locker(signed_in, room, core, lockers) -> None:
    services = room.services
    officer = Actor.staff("officer1", "officer")
    lockers.world.locker(3).jam()
    for number in (2, 5):
        services.lockers.assign(new_visit(core, services).id, by=officer, number=number)
    services.lockers.set_condition(7, "broken", by=officer, note="engsel lepas")
    services.lockers.set_condition(9, "blocked", by=officer, note="sedang dibersihkan")
    page = signed_in(360, path="/staff/lockers")
    check(page, "wall")

    page.get_by_role("link", name="03").click()
    page.get_by_role("button", name="Buka loker").click()
    page.get_by_role("alert").wait_for()
    check(page, "locker-error")
    page.get_by_label("Alasan").fill("kunci tertinggal")
    page.get_by_role("button", name="Buka loker").click()
    page.get_by_role("button", name="Ya, buka sekarang").wait_for()
    check(page, "locker-confirm")
    page.get_by_role("button", name="Ya, buka sekarang").click()
    page.get_by_text("tidak terlihat terbuka").wait_for()
    check(page, "locker-jam")


@CARD_OFFICE
def test_the_other_screens(signed_in, room, core, office_name) -> None:
    services = room.services
    officer = Actor.staff("officer1", "officer")
    visit = services.visits.search("A-001")[0]
    services.deposits.receive(visit.id, "KTP", by=officer)
    services.reading.note(visit.id, by=officer, publication_id=new_publication(services).id)
    gone = services.visits.search("A-003")[0]
    services.deposits.receive(gone.id, "Paspor", by=officer)
    services.deposits.leave_behind(gone.id, by=officer, note="sudah ditelepon dua kali")
    page = signed_in(360, role="admin")
    for name, path in (
        ("deposits", "/staff/deposits"),
        ("deposit", "/staff/deposits/1"),
        ("close-day", "/staff/closing/days/2026-11-23/close"),
        ("visits", "/staff/visits"),
        ("visit", f"/staff/visits/{visit.id}"),
        ("users", "/staff/users"),
        ("user-new", "/staff/users/new"),
        ("user", "/staff/users/officer1"),
        ("password", "/staff/password"),
        ("panel", f"/staff?visit={visit.id}"),
    ):
        page.goto(path)
        check(page, name)


def test_error_states_are_readable_too(signed_in, open_page, room) -> None:
    page = signed_in(360, role="admin", path="/staff/users/new")
    page.get_by_role("button", name="Tambahkan").click()
    page.get_by_role("alert").first.wait_for()
    check(page, "user-error")

    login = open_page("/staff/login")
    check(login, "login")
    login.get_by_label("Nama pengguna").fill("officer1")
    login.get_by_label("Kata sandi").fill("salah salah salah")
    login.get_by_role("button", name="Masuk").click()
    login.get_by_role("alert").wait_for()
    check(login, "login-error")


def test_the_visitor_opens_the_own_locker_and_leaves(open_page, room, lockers) -> None:
    services = room.services
    visit = services.visits.search("A-001")[0]
    services.lockers.assign(visit.id, by=Actor.staff("officer1", "officer"))
    page = open_page(f"/visits/{visit.token}")
    page.get_by_text("Pintu terbuka").wait_for()
    room.clock.advance(10)
    check(page, "mine")
    lockers.world.locker(1).shut()
    page.get_by_text("Pintu tertutup").wait_for()

    page.get_by_role("button", name="Buka loker lagi").click()
    page.get_by_text("Loker 01 terbuka.").wait_for()
    page.get_by_role("button", name="Selesai berkunjung").click()
    page.get_by_role("button", name="Loker sudah kosong").wait_for()
    check(page, "mine-leaving")
    page.get_by_role("button", name="Loker sudah kosong").click()
    page.get_by_text("Kunjungan selesai").wait_for()
    check(page, "mine-done")


def test_the_whole_way_without_scripts(open_page, room) -> None:
    page = open_page("/staff/login", width=768, javascript=False)
    page.get_by_label("Nama pengguna").fill("officer1")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.locator(".queue-row").first.get_by_role("button", name="Panggil").click()
    page.locator(".queue-row").first.get_by_role("button", name="Layani").click()
    page.get_by_role("button", name="Serahkan loker").click()
    page.get_by_role("button", name="Mulai selesai").click()
    page.get_by_role("button", name="Loker kosong").click()

    assert room.services.visits.search("A-001")[0].state == "finished"


def test_a_name_without_a_blank_does_not_stretch_the_desk(signed_in, core, room) -> None:
    visit = new_visit(core, room.services)
    core.writer.run(lambda: _name(visit.id, "W" * 100))
    page = signed_in(360, path="/staff/visits")

    for path in ("/staff/visits", f"/staff?visit={visit.id}", f"/staff/visits/{visit.id}"):
        page.goto(path)
        assert "WWWW" in page.inner_text("main")
        at_every_width(page, assert_fits)
    page.goto("/staff/reports")
    at_every_width(page, assert_fits)
