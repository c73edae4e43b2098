"""The desk keeps what it rendered: nothing stale, and nobody else's token, is ever shown."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.storage.models import Guest, Visit
from tests.entries import filled
from tests.web.conftest import PASSWORD
from web.sessions import STAFF_COOKIE

OTHER = Actor.staff("budi", "officer")
TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')


@pytest.fixture
def desk(sign_in, services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    return sign_in("officer")


@pytest.fixture
def visits(services):
    """Three who wait."""
    return [
        services.guestbook.register(
            filled(name=name), channel="phone", language="id", idempotency_key=""
        )
        for name in ("Siti", "Budi <token>", "Tono")
    ]


def row_of(desk, visit) -> str:
    """The row of this visit in the queue, as it is shown now."""
    rows = re.findall(r'<li class="queue-row.*?</li>', desk.get("/staff").text, re.DOTALL)
    return next(row for row in rows if f'"/staff?visit={visit.id}"' in row)


def test_whatever_changes_of_a_row_is_seen_at_once(desk, services, visits, clock) -> None:
    visit = visits[0]
    seen = [row_of(desk, visit)]

    def is_new() -> str:
        seen.append(row_of(desk, visit))
        assert seen[-1] not in seen[:-1]
        return seen[-1]

    clock.advance(70)
    assert "Sisa 3 menit" in is_new()
    clock.advance(200)
    assert "Sisa kurang dari 1 menit" in is_new()
    clock.advance(200)
    assert "is-late" in is_new()
    services.visits.call(visit.id, by=OTHER)
    assert "Dipanggil budi pukul 09.07" in is_new()
    assert f"/staff/visits/{visit.id}/serve" in seen[-1]
    services.queue.skip(visit.id, by=OTHER)
    assert "Dilewati; 2 nomor lain dahulu" in is_new()
    services.queue.call_next(by=Actor.staff("cici", "officer"))
    assert "Dilewati; 1 nomor lain dahulu" in is_new()
    services.visits.serve(visit.id, by=OTHER)
    services.queue.pass_on(visit.id, by=OTHER, lane="A", desk="1")
    assert "Diteruskan" in is_new()


def test_a_name_that_is_erased_is_gone_from_the_row(desk, services, visits) -> None:
    assert "Siti" in row_of(desk, visits[0])

    Guest.update(name=None).where(Guest.visit == visits[0].id).execute()
    services.visits.call(visits[1].id, by=OTHER)

    assert "(tanpa nama)" in row_of(desk, visits[0])
    assert "Siti" not in desk.get("/staff").text


def test_two_officers_see_one_queue_with_their_own_tokens(app, desk, services, visits) -> None:
    mine = desk.get("/staff").text
    services.staff.add("officer2", "Budi", "officer", PASSWORD, by=SYSTEM)
    other = app.test_client()
    other.set_cookie(STAFF_COOKIE, services.staff.login("officer2", PASSWORD, client="127.0.0.1"))

    theirs = other.get("/staff").text

    assert "Rina Officer" in mine
    assert "Rina Officer" not in theirs
    assert len(set(TOKEN.findall(mine))) == len(set(TOKEN.findall(theirs))) == 1
    assert TOKEN.findall(mine)[0] != TOKEN.findall(theirs)[0]
    assert "<token>" not in mine + theirs
    assert "Budi &lt;token&gt;" in theirs
    sent = {"csrf_token": TOKEN.findall(theirs)[0]}
    path, origin = f"/staff/visits/{visits[2].id}/call", {"Origin": "http://localhost"}
    assert other.post(path, data=sent, headers=origin).status_code == 303
    assert services.visits.by_id(visits[2].id).called_by == "officer2"


def test_the_frame_follows_page_language_role_and_name(desk, sign_in, services) -> None:
    assert re.search(r'href="/staff" aria-current="page"', desk.get("/staff").text)
    lockers = desk.get("/staff/lockers").text
    assert re.search(r'href="/staff/lockers" aria-current="page"', lockers)
    assert not re.search(r'href="/staff" aria-current="page"', lockers)
    assert "Kunjungan" in lockers
    assert "/staff/users" not in lockers
    assert "/staff/users" in sign_in("admin").get("/staff").text

    desk.get("/staff?lang=en")

    assert ">Visits<" in desk.get("/staff").text


def test_a_served_visitor_moves_from_the_queue_into_the_room(desk, services, visits) -> None:
    visit = visits[0]
    assert "Di ruangan" not in desk.get("/staff").text
    services.visits.serve(visit.id, by=OTHER)
    assert "Di ruangan" in desk.get("/staff").text
    services.lockers.assign(visit.id, by=OTHER, number=3, without_card="Tidak membawa")
    page = desk.get("/staff").text
    assert "1 / 4" in page
    assert "locker-used" in page
    services.visits.leave(visit.id, by=OTHER)
    assert "Mau pulang" in desk.get("/staff").text
    Visit.update(ticket=77).where(Visit.id == visit.id).execute()
    services.visits.stay(visit.id, by=OTHER)
    assert "A-077" in desk.get("/staff").text
