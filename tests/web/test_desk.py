"""The desk: queue, panel, lockers, cards and the way out, as plain forms."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.storage.models import DoorCommand
from tests.services.library import new_publication, new_visit
from tests.web.conftest import fragment, post

OTHER = Actor.staff("budi", "officer")
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def desk(sign_in, services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    return sign_in("officer")


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def served(services, visit):
    return services.visits.serve(visit.id, by=Actor.staff("officer1", "officer"))


# The queue


def test_an_empty_desk_says_so(desk) -> None:
    answer = desk.get("/staff")

    assert "Belum ada antrean" in answer.text
    assert "Belum ada pengunjung yang dibuka" in answer.text


def test_the_one_button_of_a_row_changes_with_its_state(desk, services, visit) -> None:
    call, serve = (f"/staff/visits/{visit.id}/{step}" for step in ("call", "serve"))
    assert call in desk.get("/staff").text
    assert serve not in desk.get("/staff").text

    assert post(desk, call).location == "/staff"
    assert serve in desk.get("/staff").text
    assert call not in desk.get("/staff").text
    assert post(desk, serve).location == f"/staff?visit={visit.id}"

    assert services.visits.by_id(visit.id).state == "served"


def test_the_queue_is_ordered_by_what_is_left_and_names_the_time(
    desk, core, services, clock
) -> None:
    first = new_visit(core, services)
    clock.advance(400)
    second = new_visit(core, services)

    text = desk.get("/staff").text

    assert text.index(first.label) < text.index(second.label)
    assert "Lewat 2 menit" in text
    assert "sebelum 09.05 WIB" in text
    assert "Sisa 5 menit" in text


def test_the_second_desk_sees_who_was_first(desk, services, visit) -> None:
    services.visits.call(visit.id, by=OTHER)

    answer = post(desk, f"/staff/visits/{visit.id}/call")

    assert answer.status_code == 409
    assert "Sudah dipanggil oleh budi." in answer.text
    assert f"/staff/visits/{visit.id}/serve" in answer.text


def test_serving_what_another_desk_serves_says_who(desk, services, visit) -> None:
    services.visits.serve(visit.id, by=OTHER)

    answer = post(desk, f"/staff/visits/{visit.id}/serve")

    assert answer.status_code == 409
    assert "Sudah dilayani oleh budi." in answer.text


def test_calling_twice_is_calling_once(desk, core, visit) -> None:
    for _ in range(2):
        assert post(desk, f"/staff/visits/{visit.id}/call").status_code == 303

    assert [e.action for e in core.journal.latest() if e.action == "visit.called"] == [
        "visit.called"
    ]


def test_nobody_came(desk, services, visit) -> None:
    post(desk, f"/staff/visits/{visit.id}/call")

    post(desk, f"/staff/visits/{visit.id}/absent")

    assert services.visits.by_id(visit.id).state == "cancelled"


@pytest.mark.parametrize("path", ["/staff/queue", "/staff/room"])
def test_a_poll_is_answered_by_nothing_until_something_changes(
    desk, core, services, path: str
) -> None:
    first = fragment(desk, path)
    again = first.text.partition(f"{path}?")[2].partition('"')[0].replace("&amp;", "&")

    unchanged = fragment(desk, f"{path}?{again}")
    new_visit(core, services)
    services.visits.call(1, by=OTHER)
    changed = fragment(desk, f"{path}?{again}")

    assert (first.status_code, unchanged.status_code, changed.status_code) == (200, 204, 200)
    assert "<html" not in changed.text


def test_a_panel_is_left_alone_while_others_are_busy(desk, core, services, visit) -> None:
    served(services, visit)
    path = f"/staff/visits/{visit.id}/panel"
    first = fragment(desk, path)
    version = first.text.partition("panel?v=")[2].partition('"')[0]

    services.visits.call(new_visit(core, services).id, by=OTHER)
    assert fragment(desk, f"{path}?v={version}").status_code == 204
    services.lockers.assign(visit.id, by=OTHER)

    assert fragment(desk, f"{path}?v={version}").status_code == 200


def test_polls_opened_as_pages_lead_to_the_desk(desk, visit) -> None:
    for path in ("/staff/queue", "/staff/room", f"/staff/visits/{visit.id}/panel"):
        assert desk.get(path).location.startswith("/staff")


def test_a_ticket_opens_its_visit(desk, visit) -> None:
    for typed in (visit.code, f"RBT{visit.code}", visit.label, "1"):
        answer = post(desk, "/staff/find", {"code": typed})
        assert answer.location == f"/staff?visit={visit.id}"
    assert post(desk, "/staff/find", {"code": "tidak-ada"}).location == "/staff"


@pytest.mark.parametrize("path", ["/staff?visit=999", "/staff?visit=-1", "/staff?visit=9e99"])
def test_absurd_visits_break_nothing(desk, path: str) -> None:
    assert desk.get(path).status_code in (200, 404)


# Lockers and cards


def test_a_locker_is_handed_over_and_opened_again(desk, services, visit, clock) -> None:
    served(services, visit)

    answer = post(desk, f"/staff/visits/{visit.id}/locker", {"number": "3"})
    assert answer.location == f"/staff?visit={visit.id}"
    assert "Membuka loker 03…" in desk.get(f"/staff?visit={visit.id}").text
    twice = post(desk, f"/staff/visits/{visit.id}/locker/open")

    assert twice.status_code == 409
    assert "sedang dibuka" in twice.text
    clock.advance(6)
    assert "perintahnya terlambat" in desk.get(f"/staff?visit={visit.id}").text


def test_handing_over_twice_is_one_locker(desk, services, visit) -> None:
    for number in ("2", "4"):
        assert post(desk, f"/staff/visits/{visit.id}/locker", {"number": number}).status_code == 303

    assert services.lockers.of_visit(visit.id).number == 2
    assert DoorCommand.select().count() == 1


def test_a_locker_just_taken_gives_the_next_and_says_so(desk, core, services, visit) -> None:
    services.lockers.assign(new_visit(core, services).id, by=OTHER, number=2)

    answer = post(desk, f"/staff/visits/{visit.id}/locker", {"number": "2"})

    assert "diberikan loker 1" in desk.get(answer.location).text


def test_pasaman_has_no_card_screen(desk, visit) -> None:
    assert desk.get("/staff/deposits").status_code == 404
    assert post(desk, f"/staff/visits/{visit.id}/card", {"card_type": "KTP"}).status_code == 404
    assert "/staff/deposits" not in desk.get("/staff").text
    assert "Kartu" not in desk.get(f"/staff?visit={visit.id}").text


@CARD_OFFICE
def test_the_card_comes_before_the_locker(desk, services, visit, office_name) -> None:
    served(services, visit)
    page = desk.get(f"/staff?visit={visit.id}").text
    assert "Terima kartu identitas dahulu." in page

    refused = post(desk, f"/staff/visits/{visit.id}/locker", {"number": "1"})
    assert refused.status_code == 409
    post(desk, f"/staff/visits/{visit.id}/card", {"card_type": "SIM", "tray_slot": "5"})
    assert "SIM di slot 5" in desk.get(f"/staff?visit={visit.id}").text
    assert post(desk, f"/staff/visits/{visit.id}/locker", {"number": "1"}).status_code == 303

    tray = desk.get("/staff/deposits").text
    assert visit.label in tray
    assert "1 dari 24 slot terisi" in tray


@CARD_OFFICE
def test_without_a_card_a_reason_is_needed_and_kept(desk, core, visit, office_name) -> None:
    answer = post(
        desk, f"/staff/visits/{visit.id}/locker", {"number": "1", "without_card": "anak SD"}
    )

    assert answer.status_code == 303
    assert [e.reason for e in core.journal.latest() if e.action == "locker.assigned"] == ["anak SD"]


# The way out


@CARD_OFFICE
def test_the_way_out_in_order(desk, services, visit, office_name, clock) -> None:
    base = f"/staff/visits/{visit.id}"
    post(desk, f"{base}/card", {"card_type": "KTP"})
    post(desk, f"{base}/locker", {"number": "1"})
    clock.advance(60)

    post(desk, f"{base}/leave")
    assert post(desk, f"{base}/card/return").status_code == 409
    assert post(desk, f"{base}/locker/empty").location == f"/staff?visit={visit.id}"
    assert post(desk, f"{base}/card/return").location == "/staff"

    assert services.visits.by_id(visit.id).state == "finished"


@CARD_OFFICE
def test_an_officer_in_a_hurry_taps_twice(desk, core, services, visit, office_name) -> None:
    base = f"/staff/visits/{visit.id}"
    post(desk, f"{base}/card", {"card_type": "KTP"})
    assert "Tidak ditemukan" in post(desk, f"{base}/locker/empty").text
    post(desk, f"{base}/locker", {"number": "1"})

    for path in ("leave", "locker/empty", "card/return"):
        answers = [post(desk, f"{base}/{path}") for _ in range(2)]
        assert answers[0].location
        assert path == "leave" or answers[1].location == answers[0].location

    done = [entry.action for entry in core.journal.latest(50)]
    assert done.count("locker.released") == done.count("deposit.returned") == 1
    assert done.count("visit.closed") == 1


def test_a_book_is_noted_and_comes_back_at_the_desk(desk, services, visit) -> None:
    served(services, visit)
    book = new_publication(services)
    note = services.reading.note(visit.id, by=OTHER, publication_id=book.id)
    assert book.title in desk.get(f"/staff?visit={visit.id}").text
    post(desk, f"/staff/visits/{visit.id}/leave")
    assert services.visits.by_id(visit.id).state == "leaving"

    answer = post(desk, f"/staff/visits/{visit.id}/reading/{note.id}/back")

    assert answer.location == "/staff"
    assert services.visits.by_id(visit.id).state == "finished"


def test_the_figures_follow(desk, core, services, visit) -> None:
    served(services, visit)
    services.lockers.assign(visit.id, by=OTHER)

    text = desk.get("/staff").text

    assert "1 / 4" in text
    assert "100%" in text


# Who may


@pytest.mark.parametrize("role", ["operator"])
def test_an_operators_desk_is_the_station(sign_in, core, services, role: str) -> None:
    visit = new_visit(core, services)
    browser = sign_in(role)

    assert browser.get("/staff").location == "/station"
    for path in ("call", "serve", "locker", "leave"):
        assert post(browser, f"/staff/visits/{visit.id}/{path}").status_code == 403
    for path in ("/staff/lockers", "/staff/visits", "/staff/users", "/staff/queue"):
        assert browser.get(path).status_code == 403


def test_a_visitor_moves_nothing(client, core, services) -> None:
    visit = new_visit(core, services)

    assert post(client, f"/staff/visits/{visit.id}/serve").status_code in (303, 403)
    assert services.visits.by_id(visit.id).state == "registered"


def test_get_changes_nothing(desk, services, visit) -> None:
    for path in ("call", "serve", "locker", "leave", "locker/empty", "settle"):
        assert desk.get(f"/staff/visits/{visit.id}/{path}").status_code == 405
    assert services.visits.by_id(visit.id).state == "registered"


def test_a_name_full_of_markup_is_shown_as_text(desk, core, services, visit) -> None:
    from appliance.storage.models import Guest

    core.writer.run(lambda: Guest.create(visit=visit.id, name='<script>alert("x")</script>'))

    for path in ("/staff", f"/staff?visit={visit.id}", "/staff/visits"):
        text = desk.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
