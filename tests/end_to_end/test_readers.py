"""The display at the lockers in a real browser, with a reader and doors behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from appliance.codes import CodeKind, barcode, locker_tag
from appliance.devices import PlacedReader
from hardware.reader_interfaces import REPEAT_S
from hardware.simulated import RoomTiming, SimulatedLockerBank, simulated_wiring
from hardware.simulated_lights import SimulatedSignalLights
from hardware.simulated_reader import SimulatedCodeReader
from tests.end_to_end.conftest import Site, check
from tests.end_to_end.lockers_process import lockers_process
from tests.running_demo import wait_until
from tests.services.library import new_publication, new_visit
from web.sessions import DISPLAY_COOKIE, STATION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICER = Actor.staff("officer1", "officer")
PASSWORD = "kuda-laut-biru-27"
PLACES = ("lockers", "desk", "station")
BIGGEST_TARGET_PX = 72


@dataclass(frozen=True)
class House:
    """Twelve doors, and a reader at every place."""

    bank: SimulatedLockerBank
    readers: dict[str, SimulatedCodeReader]


@pytest.fixture
def house(core: Core, site: Site) -> Iterator[House]:
    """A running lockers process over simulated doors and readers."""
    bank = SimulatedLockerBank(
        simulated_wiring(12, pulse_s=0.1), RoomTiming(lag_s=0.05, shut_after_s=None)
    )
    readers = {place: SimulatedCodeReader(place) for place in PLACES}
    placed = (
        PlacedReader(f"pembaca {place}", place, reader, SimulatedSignalLights())
        for place, reader in readers.items()
    )
    with lockers_process(core, site, bank, tuple(placed)):
        yield House(bank, readers)


@pytest.fixture
def visit(core: Core, site: Site, house: House):
    """A visit with locker 7, opened and shut some minutes ago."""
    made = new_visit(core, site.services)
    site.services.lockers.assign(made.id, by=OFFICER, number=7)
    wait_until(lambda: site.services.lockers.tile(7).door == "open")
    house.bank.world.locker(7).shut()
    site.clock.advance(300)
    return made


def ticket(visit) -> str:
    return barcode(CodeKind.TICKET, visit.code)


def registered(page, site: Site, kind: str, cookie: str) -> None:
    token = site.services.staff.register_device(kind, "Layar", by=OFFICER)
    page.context.add_cookies([{"name": cookie, "value": token, "url": site.url}])


def test_the_display_from_the_ticket_to_the_empty_locker(open_page, site, house, visit):
    page = open_page("/kiosk/lockers")
    registered(page, site, "display", DISPLAY_COOKIE)
    page.reload()
    page.get_by_role("heading", name="Pindai tiket Anda").wait_for()
    check(page, "display-1-idle")

    house.readers["lockers"].read(ticket(visit))
    page.get_by_role("heading", name="Loker 07 terbuka.").wait_for()
    check(page, "display-2-open")

    house.bank.world.locker(7).shut()
    site.clock.advance(10)
    page.wait_for_timeout((REPEAT_S + 0.2) * 1000)  # sooner, it is the same look at the ticket
    house.readers["lockers"].read(ticket(visit))
    page.get_by_role("button", name="Buka lagi").wait_for()
    check(page, "display-3-ask")
    for name in ("Buka lagi", "Selesai berkunjung"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box["height"] >= BIGGEST_TARGET_PX

    page.get_by_role("button", name="Selesai berkunjung").click()
    page.get_by_role("button", name="Loker sudah kosong").wait_for()
    check(page, "display-4-empty")
    page.get_by_role("button", name="Loker sudah kosong").click()
    page.get_by_role("heading", name="Terima kasih").wait_for()

    assert site.services.visits.by_id(visit.id).state == "finished"
    check(page, "display-5-done")


def test_wrong_codes_a_missing_reader_and_a_stopped_process_are_told(
    open_page, site, house, visit
) -> None:
    page = open_page("/kiosk/lockers")

    house.readers["lockers"].read("https://contoh.test/promo")
    page.get_by_role("heading", name="Kode ini bukan dari ruang baca").wait_for()
    check(page, "display-6-foreign")
    site.clock.advance(30)
    house.readers["lockers"].unplug()
    page.get_by_role("heading", name="Pembaca kode tidak tersambung").wait_for()
    check(page, "display-7-no-reader")


def test_a_display_without_scripts_refreshes_itself(open_page, site, house, visit) -> None:
    page = open_page("/kiosk/lockers", width=1280, javascript=False)

    house.readers["lockers"].read(locker_tag(7))

    page.get_by_role("heading", name="Ini tanda loker 07.").wait_for()


def test_the_desk_is_told_and_a_station_takes_the_ticket(open_page, site, house, visit):
    site.services.staff.add("officer1", "Rina", "officer", PASSWORD, by=SYSTEM)
    desk = open_page("/staff/login?next=/staff")
    desk.get_by_label("Nama pengguna").fill("officer1")
    desk.get_by_label("Kata sandi").fill(PASSWORD)
    desk.get_by_role("button", name="Masuk").click()
    desk.wait_for_url("**/staff")

    house.readers["desk"].read(ticket(visit))
    desk.get_by_role("link", name="Buka kunjungan").wait_for()
    check(desk, "desk-read")
    assert desk.url.endswith("/staff")
    desk.get_by_role("link", name="Buka kunjungan").click()
    desk.wait_for_selector("#desk-panel")
    desk.goto("/staff/lockers/codes")
    check(desk, "codes")

    new_publication(site.services, publication_number="13090.2407")
    station = open_page("/")
    registered(station, site, "station", STATION_COOKIE)
    station.goto("/station")
    house.readers["station"].read(ticket(visit))
    station.wait_for_url("**/station/scan")
    site.clock.advance(5)
    house.readers["station"].read("RBP13090.2407")
    station.get_by_text("dicatat.").wait_for()
    check(station, "station-noted")
    assert len(site.services.reading.open_of_visit(visit.id)) == 1


def test_an_administrator_prints_a_badge(open_page, site) -> None:
    site.services.staff.add("admin1", "Rina", "admin", PASSWORD, by=SYSTEM)
    page = open_page("/staff/login?next=/staff/users/admin1", width=768)
    page.get_by_label("Nama pengguna").fill("admin1")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()

    page.get_by_role("button", name="Buat kartu").click()
    page.get_by_role("img", name="QR kartu petugas").wait_for()

    check(page, "badge")
