"""The queue at the desk: next, skip, come back, pass on, late reasons; and the room's screen."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from tests.entries import filled
from tests.services.library import new_visit
from tests.web.conftest import fragment, post
from web.version import QUARTER_MINUTE_MS, version_of

OTHER = Actor.staff("budi", "officer")
TWO_DESKS = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def desk(sign_in, services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    return sign_in("officer")


@pytest.fixture
def arrive(services):
    """Call to let somebody sign the guest book."""

    def make(**changes: object):
        return services.guestbook.register(
            filled(**changes), channel="phone", language="id", idempotency_key=""
        )

    return make


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def test_the_next_visitor_is_one_tap_and_one_key(desk, services, visit) -> None:
    page = desk.get("/staff").text
    assert 'action="/staff/queue/next"' in page
    assert 'aria-keyshortcuts="n"' in page

    answer = post(desk, "/staff/queue/next")

    assert answer.location == f"/staff?visit={visit.id}"
    assert services.visits.by_id(visit.id).desk == "1"
    assert "Panggil lagi" in desk.get(answer.location).text


def test_with_nobody_waiting_next_says_so(desk) -> None:
    assert "/staff/queue/next" not in desk.get("/staff").text
    assert post(desk, "/staff/queue/next").location == "/staff"
    assert "Tidak ada yang menunggu" in desk.get("/staff").text


def test_who_is_skipped_stays_to_be_seen(desk, services, visit) -> None:
    post(desk, f"/staff/visits/{visit.id}/call")
    post(desk, f"/staff/visits/{visit.id}/skip")
    assert services.visits.by_id(visit.id).standing.others_first == 2
    post(desk, f"/staff/visits/{visit.id}/aside")

    page = desk.get("/staff").text

    assert "Dilewati" in page
    assert f"/staff/visits/{visit.id}/back" in page
    assert "Nomor ini disisihkan" in desk.get(f"/staff?visit={visit.id}").text
    post(desk, f"/staff/visits/{visit.id}/back")
    assert not services.visits.by_id(visit.id).standing.is_aside


def test_skipping_what_another_desk_calls_says_who(desk, services, visit) -> None:
    services.visits.call(visit.id, by=OTHER)

    for step in ("skip", "call"):
        answer = post(desk, f"/staff/visits/{visit.id}/{step}")
        assert answer.status_code == 409
        assert "Sudah dipanggil oleh budi" in answer.text


@TWO_DESKS
def test_a_screen_stands_at_its_desk_and_calls_its_series(desk, arrive, services) -> None:
    general = arrive()
    consulting = arrive(services=["8"])

    post(desk, "/staff/queue/desk", {"desk": "2", "lane": "B"})
    post(desk, "/staff/queue/next")

    assert services.visits.by_id(consulting.id).desk == "2"
    assert services.visits.by_id(general.id).state == "registered"
    for wrong in ({"desk": "x" * 500, "lane": "ABCDEFG"}, {"desk": '"><script>', "lane": "<"}):
        post(desk, "/staff/queue/desk", wrong)
        assert "Meja 1" in desk.get("/staff").text


@TWO_DESKS
def test_passing_on_keeps_the_number_and_says_so(desk, services, visit) -> None:
    services.visits.serve(visit.id, by=OTHER)
    assert "Teruskan ke layanan" in desk.get(f"/staff?visit={visit.id}").text

    post(desk, f"/staff/visits/{visit.id}/pass-on", {"lane": "B", "desk": "2"})

    page = desk.get("/staff").text
    assert "A-001 diteruskan" in page
    assert "Untuk meja 2" in page
    post(desk, f"/staff/visits/{visit.id}/pass-on", {"lane": "Z"})
    assert "Pilih layanan dari daftar" in desk.get("/staff").text


def test_who_was_late_is_asked_for_and_holds_nothing_up(desk, services, visit, clock) -> None:
    clock.advance(400)
    post(desk, f"/staff/visits/{visit.id}/serve")
    page = desk.get(f"/staff?visit={visit.id}").text
    assert "Apa sebabnya?" in page
    assert f"/staff/visits/{visit.id}/locker" in page
    assert "belum ada sebabnya" in desk.get("/staff").text

    post(desk, f"/staff/visits/{visit.id}/late", {"reason": "other"})
    assert "Tulis sebabnya" in desk.get("/staff").text
    post(desk, f"/staff/visits/{visit.id}/late", {"reason": "system"})

    page = desk.get(f"/staff?visit={visit.id}").text
    assert "Terlambat dilayani: Gangguan listrik atau sistem." in page
    assert "belum ada sebabnya" not in page


def test_a_correction_is_shown_with_what_stood_there(desk, services, visit, clock) -> None:
    clock.advance(600)
    post(desk, f"/staff/visits/{visit.id}/serve")

    post(desk, f"/staff/visits/{visit.id}/served-at", {"clock": "09:02", "reason": "<b>Lupa</b>"})

    page = desk.get(f"/staff?visit={visit.id}").text
    assert services.visits.by_id(visit.id).wait_s == 120
    assert "officer1 mengubah 09.10 menjadi 09.02: &lt;b&gt;Lupa&lt;/b&gt;" in page
    post(desk, f"/staff/visits/{visit.id}/served-at", {"clock": "25:99", "reason": "x"})
    assert "Tulis jam seperti" in desk.get("/staff").text


@TWO_DESKS
def test_the_rooms_screen_shows_numbers_and_no_names(client, arrive, services) -> None:
    assert "Tunggu nomor Anda dipanggil" in client.get("/kiosk/queue").text
    visit = arrive()
    services.queue.call(visit.id, by=OTHER, desk="2")

    page = client.get("/kiosk/queue").text

    assert ">A-001</h1>" in page
    assert "Meja 2" in page
    assert visit.name not in page
    assert visit.token not in page
    assert visit.code not in page


def test_the_screen_rings_for_a_new_call_and_for_nothing_else(client, core, services) -> None:
    first, second = (new_visit(core, services) for _ in range(2))
    services.queue.call(first.id, by=OTHER)
    assert "<audio" not in client.get("/kiosk/queue").text
    shown = f"/kiosk/queue?v={services.calls.latest()[0].id}w"
    assert fragment(client, shown).status_code == 204

    services.queue.call(second.id, by=OTHER)
    rung = fragment(client, shown)
    assert "<audio" in rung.text
    newest = services.calls.latest()[0].id
    services.visits.serve(second.id, by=OTHER)

    served = fragment(client, f"/kiosk/queue?v={newest}w-{newest - 1}w")
    assert served.status_code == 200
    assert "<audio" not in served.text
    assert fragment(client, "/kiosk/queue?v=" + "9" * 400).status_code == 200


def test_nobody_but_staff_moves_the_queue(client, services, visit) -> None:
    for path in (
        "/staff/queue/next",
        "/staff/queue/desk",
        *(f"/staff/visits/{visit.id}/{step}" for step in ("skip", "aside", "back", "pass-on")),
        *(f"/staff/visits/{visit.id}/{step}" for step in ("late", "served-at")),
    ):
        assert post(client, path).status_code == 403, path

    assert services.visits.by_id(visit.id).state == "registered"


def test_a_quiet_poll_is_answered_the_short_way_to_nobody_else(desk, app, services, visit) -> None:
    poll = re.search(r'hx-get="(/staff/queue[^"]*)"', desk.get("/staff").text)[1]
    poll = poll.replace("&amp;", "&")

    quiet = [fragment(desk, poll) for _ in range(2)]

    assert [answer.status_code for answer in quiet] == [204, 204]
    long_way = fragment(desk, "/staff/visits/1/panel?v=x")
    missing = set(long_way.headers.keys()) - set(quiet[0].headers.keys())
    assert missing <= {"Content-Type", "Content-Length", "Cross-Origin-Opener-Policy"}
    assert "HX-Redirect" in fragment(app.test_client(), poll).headers
    assert desk.get(poll, headers={"HX-Request": "true", "Host": "evil.test"}).status_code == 400
    services.visits.call(visit.id, by=OTHER)
    assert fragment(desk, poll).status_code == 200


def test_who_signed_out_polls_no_more(desk, services) -> None:
    poll = re.search(r'hx-get="(/staff/queue[^"]*)"', desk.get("/staff").text)[1]
    assert fragment(desk, poll.replace("&amp;", "&")).status_code == 204

    services.staff.logout(desk.get_cookie("rb_staff").value)

    for version in (poll.partition("v=")[2], version_of(services, clock_ms=QUARTER_MINUTE_MS)):
        assert "HX-Redirect" in fragment(desk, f"/staff/queue?v={version}").headers
