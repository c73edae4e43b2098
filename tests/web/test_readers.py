"""What the readers read, on the display at the lockers, at the desk and at the station."""

import re

import pytest

from appliance import codes
from appliance.actor import SYSTEM, Actor
from appliance.codes import CodeKind, barcode
from appliance.lockers.outcomes import DoorOutcomes
from appliance.storage.models import DoorCommand
from tests.services.library import new_publication, new_visit
from tests.web.conftest import fragment, post
from web.sessions import DISPLAY_COOKIE, STATION_COOKIE

OFFICER = Actor.staff("officer1", "officer")
pytestmark = pytest.mark.usefixtures("listening")
NAME = "Siti Rahmawati"


@pytest.fixture
def visit(core, services, clock):
    """A visit of somebody with a name, with locker 2 since some minutes."""
    from appliance.storage.models import Guest

    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    made = new_visit(core, services)
    core.writer.run(lambda: Guest.create(visit=made.id, name=NAME))
    services.lockers.assign(made.id, by=OFFICER, number=2)
    carry_out(core)
    clock.advance(300)
    return made


@pytest.fixture
def read(services, clock):
    """Call with a text and a place: somebody holds it before the reader there."""
    for place in ("lockers", "desk", "station"):
        services.readers.state(f"pembaca {place}", place, "ready")

    def scan(text: str, place: str = "lockers", after_s: float = 5.0):
        clock.advance(after_s)
        return services.readers.read(f"pembaca {place}", place, text)

    return scan


@pytest.fixture
def display(app, services):
    """The browser of a registered display."""
    browser = app.test_client()
    token = services.staff.register_device("display", "Layar loker", by=OFFICER)
    browser.set_cookie(DISPLAY_COOKIE, token)
    return browser


@pytest.fixture
def station(app, services):
    browser = app.test_client()
    browser.set_cookie(STATION_COOKIE, services.staff.register_device("station", "P", by=OFFICER))
    return browser


def carry_out(core) -> None:
    outcomes = DoorOutcomes(books=core.books)
    claimed = outcomes.claim_next()
    outcomes.pulsed(claimed.id)
    outcomes.seen_open(claimed.id)


def ticket(visit) -> str:
    return barcode(CodeKind.TICKET, visit.code)


def version(text: str) -> str:
    return re.search(r"\?v=([\w.]+)", text)[1]


# The display at the lockers


def test_anybody_may_look_and_nobody_is_named(client, visit, read) -> None:
    assert "Pindai tiket Anda" in client.get("/kiosk/lockers").text

    read(ticket(visit))
    text = client.get("/kiosk/lockers").text

    assert "Loker 02 sedang dibuka." in text
    assert NAME not in text
    assert visit.code not in text
    assert visit.token not in text


def test_the_display_follows_the_door(client, core, visit, read) -> None:
    read(ticket(visit))
    asked = version(client.get("/kiosk/lockers").text)
    assert fragment(client, f"/kiosk/lockers?v={asked}").status_code == 204

    carry_out(core)
    moved = fragment(client, f"/kiosk/lockers?v={asked}")

    assert moved.status_code == 200
    assert "Loker 02 terbuka. Tutup lagi pintunya setelah selesai." in moved.text
    assert moved.text.lstrip().startswith('<section id="locker-display"')


def test_the_answer_goes_after_twenty_seconds(client, clock, visit, read) -> None:
    read("halo")
    shown = client.get("/kiosk/lockers").text
    assert "bukan dari ruang baca" in shown

    clock.advance(21)

    assert "Pindai tiket Anda</h1>" in fragment(client, f"/kiosk/lockers?v={version(shown)}").text


def test_free_lockers_and_a_missing_reader_are_told(client, services, visit, read) -> None:
    assert "3 loker bebas" in client.get("/kiosk/lockers").text

    services.readers.state("pembaca lockers", "lockers", "absent")

    text = client.get("/kiosk/lockers").text
    assert "Pembaca kode tidak tersambung" in text
    assert "Sebutkan nomor Anda di meja" in text


def test_a_dead_lockers_process_is_told(client, visit, read, listening) -> None:
    listening.close()

    assert "Loker tidak dapat dibuka dari sini" in client.get("/kiosk/lockers").text


def test_in_an_emergency_the_display_says_nothing_else(client, services, visit, read) -> None:
    read(ticket(visit))

    services.emergency.start(source="screen", by=OFFICER, reason="asap di ruang arsip")

    text = client.get("/kiosk/lockers").text
    assert "Semua loker sedang dibuka" in text
    assert "asap" not in text
    assert "Loker 02 sedang dibuka." not in text


def test_without_scripts_the_display_refreshes_itself(client) -> None:
    assert '<noscript><meta http-equiv="refresh"' in client.get("/kiosk/lockers").text


@pytest.fixture
def question(core, visit, read):
    """The ticket a second time within a minute."""
    read(ticket(visit))
    carry_out(core)
    return read(ticket(visit), after_s=10)


def test_only_the_registered_display_offers_the_choice(client, display, question) -> None:
    assert "Buka lagi</button>" in display.get("/kiosk/lockers").text
    text = client.get("/kiosk/lockers").text
    assert "<button" not in text[text.index("<main") :]
    assert "Pindai tiket sekali lagi untuk membuka" in text


@pytest.mark.parametrize("who", ["visitor", "officer", "station"])
def test_a_choice_from_anywhere_else_is_refused(client, sign_in, station, question, who) -> None:
    before = DoorCommand.select().count()
    browser = {"visitor": lambda: client, "officer": lambda: sign_in("officer"),
               "station": lambda: station}[who]()  # fmt: skip

    answer = post(browser, "/kiosk/lockers/choose", {"read": question.uuid, "choice": "again"})

    assert answer.status_code == 403
    assert DoorCommand.select().count() == before


def test_a_display_that_was_revoked_chooses_nothing(display, services, question) -> None:
    device = next(one for one in services.staff.devices.all() if one.kind == "display")
    services.staff.devices.revoke(device.id, by=OFFICER)

    answer = post(display, "/kiosk/lockers/choose", {"read": question.uuid, "choice": "again"})

    assert answer.status_code == 403


def test_a_tap_opens_again_and_a_second_tap_changes_nothing(display, question) -> None:
    before = DoorCommand.select().count()
    data = {"read": question.uuid, "choice": "again"}

    first = post(display, "/kiosk/lockers/choose", data)
    second = post(display, "/kiosk/lockers/choose", data)

    assert [first.location, second.location] == ["/kiosk/lockers", "/kiosk/lockers"]
    assert DoorCommand.select().count() == before + 1
    assert "Loker 02 sedang dibuka." in display.get("/kiosk/lockers").text


def test_finishing_by_touch_gives_the_locker_back(display, core, services, visit, question) -> None:
    post(display, "/kiosk/lockers/choose", {"read": question.uuid, "choice": "finish"})
    carry_out(core)
    text = display.get("/kiosk/lockers").text
    assert "ambil semua barang" in text
    asked = re.search(r'name="read" value="([^"]+)"', text)[1]

    post(display, "/kiosk/lockers/choose", {"read": asked, "choice": "empty"})

    assert services.visits.by_id(visit.id).state == "finished"
    assert "kunjungan selesai" in display.get("/kiosk/lockers").text


@pytest.mark.parametrize("data", [{}, {"read": "x", "choice": "again"}, {"choice": "melt"}])
def test_choices_that_make_no_sense_change_nothing(display, question, data) -> None:
    before = DoorCommand.select().count()

    assert post(display, "/kiosk/lockers/choose", data).status_code == 303
    assert display.get("/kiosk/lockers/choose").status_code == 405

    assert DoorCommand.select().count() == before


def test_an_officer_registers_the_display_and_is_signed_out(sign_in, client, services) -> None:
    assert "Daftarkan sebagai layar loker" not in client.get("/kiosk/lockers").text
    browser = sign_in("officer")
    assert "Daftarkan sebagai layar loker" in browser.get("/kiosk/lockers").text

    answer = post(browser, "/kiosk/lockers/register")

    assert answer.location == "/kiosk/lockers"
    assert browser.get("/staff").status_code == 303
    assert services.staff.is_display(browser.get_cookie(DISPLAY_COOKIE).value)
    assert post(client, "/kiosk/lockers/register").status_code == 403


# The desk


def test_the_desk_hears_a_ticket_and_stays_as_it_is(sign_in, visit, read) -> None:
    browser = sign_in("officer")
    before = browser.get("/staff").text

    read(ticket(visit), "desk")
    notice = fragment(browser, "/staff/reads")

    assert f"Tiket {visit.label} dipindai." in notice.text
    assert f"/staff?visit={visit.id}" in notice.text
    assert 'id="desk-panel"' not in browser.get("/staff").text
    assert "dipindai" not in before


@pytest.mark.parametrize(
    ("text", "words", "link"),
    [
        (codes.locker_tag(2), "Tanda loker 02 dipindai.", "/staff/lockers/2"),
        ("RBP13090.2407", "dibaca oleh siapa?", "/staff/readings?book=RBP13090.2407"),
        ("9780306406157", "belum terkatalog", "/staff/readings?book=9780306406157"),
        ("RBP99999.9999", "belum terkatalog", "/staff/readings?book=RBP99999.9999"),
        ("bukan kode kami", "bukan dari ruang baca", ""),
    ],
)
def test_each_code_at_the_desk_leads_on(sign_in, services, visit, read, text, words, link) -> None:
    new_publication(services, publication_number="13090.2407")
    browser = sign_in("officer")

    read(text, "desk")
    notice = fragment(browser, "/staff/reads").text

    assert words in notice
    assert f'href="{link}"' in notice if link else "btn" not in notice
    if link:
        page = browser.get(link)
        assert page.status_code == 200
        assert link.partition("=")[2] in page.text


def test_a_book_scanned_beside_an_open_visit_is_noted_for_it(sign_in, services, visit, read):
    book = new_publication(services, publication_number="13090.2407")
    browser = sign_in("officer")

    scanned = read("RBP13090.2407", "desk")
    opened_later = browser.get(f"/staff?visit={visit.id}").text
    beside = fragment(browser, f"/staff/reads?visit={visit.id}").text
    data = {"read": scanned.uuid, "visit": visit.id}
    taken = post(browser, "/staff/reads", data)

    assert f"Catat untuk {visit.label}" in opened_later
    assert "load, submit" not in opened_later
    assert "load, submit" in beside
    assert taken.location == f"/staff?visit={visit.id}"
    assert [n.publication_id for n in services.reading.open_of_visit(visit.id)] == [book.id]
    assert post(browser, "/staff/reads", data).status_code == 409
    assert "load, submit" not in fragment(browser, f"/staff/reads?visit={visit.id}").text


def test_the_desks_poll_is_quiet_while_nothing_is_read(sign_in, visit, read) -> None:
    browser = sign_in("officer")
    asked = re.search(r"/staff/reads\?v=([\w.]+)", browser.get("/staff").text)[1]
    assert fragment(browser, f"/staff/reads?v={asked}").status_code == 204

    read("halo", "desk")

    assert fragment(browser, f"/staff/reads?v={asked}").status_code == 200


def test_an_unplugged_reader_is_told_at_the_desk_and_in_health(sign_in, services, read) -> None:
    browser = sign_in("officer")

    services.readers.state("pembaca lockers", "lockers", "absent")

    assert "Pembaca kode loker tidak tersambung. Ketik nomor di meja." in browser.get("/staff").text
    assert "Pembaca kode tidak tersambung: pembaca lockers." in browser.get("/staff/health").text


def test_visitors_and_operators_do_not_read_the_desk(client, sign_in, read) -> None:
    assert fragment(client, "/staff/reads").headers["HX-Redirect"].startswith("/staff/login")
    assert fragment(sign_in("operator"), "/staff/reads").status_code == 403


# The station


def test_a_ticket_binds_an_empty_station(station, visit, read) -> None:
    scanned = read(ticket(visit), "station")

    page = station.get("/station").text
    assert f"Lanjut sebagai {visit.label}" in page
    assert 'hx-trigger="load, submit"' in page
    answer = post(station, "/station/reads", {"read": scanned.uuid})

    assert answer.location == "/station/scan"
    assert visit.label in station.get("/station/scan").text


def test_an_officer_who_has_the_page_open_elsewhere_takes_nothing_unasked(
    sign_in, visit, read
) -> None:
    officer = sign_in("officer")

    read(ticket(visit), "station")
    notice = fragment(officer, "/station/reads").text

    assert f"Lanjut sebagai {visit.label}" in notice
    assert "load, submit" not in notice


def test_another_ticket_at_a_taken_station_asks_first(station, core, services, visit, read) -> None:
    other = new_visit(core, services)
    first = read(ticket(visit), "station")
    post(station, "/station/reads", {"read": first.uuid})

    read(ticket(other), "station")
    notice = fragment(station, "/station/reads").text

    assert f"Lanjut sebagai {other.label}" in notice
    assert "load, submit" not in notice


def test_a_book_is_noted_for_whoever_stands_at_the_station(station, services, visit, read) -> None:
    book = new_publication(services, publication_number="13090.2407")
    alone = read("RBP13090.2407", "station")
    assert "Pindai tiket Anda dahulu, lalu bukunya." in station.get("/station").text
    post(station, "/station/reads", {"read": read(ticket(visit), "station").uuid})

    noted = read("RBP13090.2407", "station")
    assert "Catat bacaan ini" in fragment(station, "/station/reads").text
    answer = post(station, "/station/reads", {"read": noted.uuid})

    assert answer.location == "/station/scan"
    assert [n.publication_id for n in services.reading.open_of_visit(visit.id)] == [book.id]
    assert alone.answer == noted.answer
    assert "dicatat" in station.get("/station/scan").text


def test_what_another_station_took_is_not_taken_twice(station, visit, read) -> None:
    scanned = read(ticket(visit), "station")
    post(station, "/station/reads", {"read": scanned.uuid})

    assert post(station, "/station/reads", {"read": scanned.uuid}).status_code == 409


def test_the_station_reads_nothing_for_strangers(client, visit, read) -> None:
    scanned = read(ticket(visit), "station")

    assert post(client, "/station/reads", {"read": scanned.uuid}).status_code == 403


# Codes to print


def test_tags_and_choices_are_printed_with_their_texts(sign_in, visit) -> None:
    browser = sign_in("officer")

    page = browser.get("/staff/lockers/codes").text
    tag = browser.get("/staff/lockers/2/tag").text

    for text in (codes.locker_tag(1), codes.locker_tag(4), "RBABUKAS"):
        assert text in page
    assert codes.locker_tag(2) in tag
    assert "<svg" in tag
    assert browser.get("/staff/lockers/40/tag").status_code == 404
