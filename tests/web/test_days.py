"""Closing a day on the screens: one tap, decisions, the sealed report, a day that was forgotten."""

import pytest

from appliance.actor import SYSTEM, Actor
from tests.services.library import new_publication, new_visit
from tests.web.conftest import post

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
BY = Actor.staff("officer1", "officer")
TODAY = "/staff/closing/days/2026-11-23"
DAY_S = 24 * 3600


@pytest.fixture
def desk(officer, services, listening):
    services.lockers.sync_bank({1: True, 2: True}, by=SYSTEM)
    return officer


@pytest.fixture
def gone(core, services, desk):
    """A visitor who left a card, a locker and a book behind."""
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=BY)
    services.lockers.assign(visit.id, by=BY)
    services.reading.note(visit.id, by=BY, publication_id=new_publication(services).id)
    return visit


def test_a_quiet_day_is_closed_with_one_tap(desk, core, services) -> None:
    visit = new_visit(core, services)
    services.checkout.start(visit.id, by=BY)
    assert f'action="{TODAY}/close"' in desk.get("/staff/closing").text

    answer = post(desk, f"{TODAY}/close")

    assert answer.location == TODAY
    report = desk.get(TODAY).text
    for words in ("Ditutup", "officer1", "data-print", services.days.reports()[0].seal):
        assert words in report
    assert "Sudah ditutup" in desk.get("/staff/closing").text


def test_every_open_thing_wants_a_decision(desk, services, gone) -> None:
    assert "4 hal belum diputuskan." in desk.get("/staff/closing").text
    form = desk.get(f"{TODAY}/close").text
    for field in (f"visit-{gone.id}", "locker-1", "card-1", "reading-1"):
        assert f'name="{field}"' in form

    refused = post(desk, f"{TODAY}/close", {f"visit-{gone.id}": "left_unseen"})
    assert refused.status_code == 422
    assert refused.text.count("Pilih keputusannya.") == 6  # in the summary and at each field
    assert services.visits.by_id(gone.id).is_open

    decided = {
        f"visit-{gone.id}": "seen_leaving",
        "locker-1": "tomorrow",
        "card-1": "owner_comes",
        "reading-1": "on_shelf",
    }
    post(desk, f"{TODAY}/close", decided)
    report = desk.get(TODAY).text
    for words in (
        "Tidak kembali: terlihat pulang, lupa dicatat",
        "Dibiarkan: diperiksa besok pagi",
        "Disimpan: pemiliknya akan mengambil",
        "Loker masih dipakai: 01",
    ):
        assert words in report
    assert not services.lockers.tile(1).is_free


def test_what_came_after_the_seal_shows(desk, core, services) -> None:
    post(desk, f"{TODAY}/close")
    visit = new_visit(core, services)
    services.checkout.start(visit.id, by=BY)

    assert "Berubah setelah disegel" in desk.get(TODAY).text
    assert "Kunjungan dihitung: 0 → <strong>1</strong>" in desk.get(TODAY).text
    post(desk, f"{TODAY}/close")
    again = desk.get(TODAY).text

    assert "Berubah setelah disegel" not in again
    assert "Versi 2." in again


def test_a_forgotten_day_is_named_on_every_page(sign_in, core, services, clock) -> None:
    new_visit(core, services)
    clock.advance(DAY_S)
    desk = sign_in("officer")

    for path in ("/staff", "/staff/closing", "/staff/closing/days"):
        page = desk.get(path).text
        assert "Hari belum ditutup: " in page
        assert f'href="{TODAY}/close"' in page
    form = desk.get(f"{TODAY}/close").text
    assert "Tutup dan segel hari itu" in form
    post(desk, f"{TODAY}/close", {"visit-1": "left_unseen"})

    assert "Hari belum ditutup" not in desk.get("/staff").text
    assert services.visits.by_id(1).stay_s is None


def test_the_chain_is_looked_over_on_the_list(desk, core) -> None:
    assert "Belum ada hari yang ditutup" in desk.get("/staff/closing/days").text
    post(desk, f"{TODAY}/close")
    assert "1 laporan, rantai segelnya utuh." in desk.get("/staff/closing/days").text

    database = core.database.connection()
    database.execute("DROP TRIGGER day_report_stays")
    database.execute("UPDATE day_report SET content = replace(content, 'officer1', 'officer2')")

    assert "Rantai segel putus" in desk.get("/staff/closing/days").text
    assert "Segel laporan ini tidak cocok" in desk.get(TODAY).text
    for broken in ("{}", "x", "[]"):
        database.execute("UPDATE day_report SET content = ?", (broken,))
        assert "Rantai segel putus" in desk.get("/staff/closing/days").text
        assert "Segel laporan ini tidak cocok" in desk.get(TODAY).text


@pytest.mark.parametrize("day", ["2026-13-01", "kemarin", "2026-11-23x"])
def test_what_is_no_day_is_not_found(desk, day) -> None:
    for path in (f"/staff/closing/days/{day}", f"/staff/closing/days/{day}/close"):
        assert desk.get(path).status_code == 404


def test_a_day_to_come_is_not_closed(desk) -> None:
    assert post(desk, "/staff/closing/days/2026-11-24/close").status_code == 409


def test_nobody_else_closes_a_day(client, sign_in, services) -> None:
    for browser in (client, sign_in("operator")):
        assert post(browser, f"{TODAY}/close").status_code == 403
    assert services.days.reports() == ()


def test_after_closing_time_the_day_waits_to_be_closed(sign_in, core, services, clock) -> None:
    visit = new_visit(core, services)
    clock.advance(7 * 3600)
    desk = sign_in("officer")
    assert "Hari ini belum ditutup." in desk.get("/staff").text

    services.checkout.start(visit.id, by=BY)
    post(desk, f"{TODAY}/close")

    assert "Hari ini belum ditutup." not in desk.get("/staff").text


def test_a_visitor_who_leaves_without_the_card_is_told(client, core, services, desk) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=BY)
    services.reading.note(visit.id, by=BY, title="Buku sendiri")
    services.checkout.start(visit.id, by=BY)
    services.checkout.card_stays(visit.id, by=BY, reason="tergesa")

    mine = client.get(f"/visits/{visit.token}").text

    assert "Kartu Anda tetap pada petugas; ambil lain waktu" in mine
    assert mine.count("Nilai layanan kami (boleh dilewati)") == 1
