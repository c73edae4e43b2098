"""Lockers on the screens of their visitor and of staff."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.storage.models import DoorCommand
from tests.entries import filled
from tests.services.library import new_visit
from tests.web.conftest import fragment, post

OFFICER = Actor.staff("officer1", "officer")


@pytest.fixture
def visit(core, services):
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    return new_visit(core, services)


@pytest.fixture
def holder(services, visit, listening, clock):
    """A visit with locker 1, opened a minute ago."""
    services.lockers.assign(visit.id, by=OFFICER)
    clock.advance(60)
    return visit


def _newest_command() -> DoorCommand:
    return DoorCommand.select().order_by(DoorCommand.id.desc()).first()


# The visitor's own


def test_the_visitor_opens_the_own_locker(client, holder) -> None:
    answer = post(client, f"/visits/{holder.token}/locker/open")

    assert answer.location == f"/visits/{holder.token}"
    assert "Membuka loker 01…" in client.get(answer.location).text
    newest = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
    assert newest.requested_by == f"visitor:{holder.uuid}"


def test_the_leader_of_a_group_sees_and_opens_each_locker(
    client, core, services, listening, clock
) -> None:
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), False), by=SYSTEM)
    group = services.guestbook_desk.register(
        filled(heads_1_1="30"), language="id", key="", by=OFFICER
    )
    services.lockers.assign(group.id, by=OFFICER)
    for _ in range(2):
        services.lockers.group.another(group.id, by=OFFICER)

    shown = client.get(f"/visits/{group.token}").text
    for name in ("01", "02", "03"):
        assert f'<strong class="locker-big">{name}</strong>' in shown
        assert f"Buka loker {name}" in shown

    third = _newest_command()
    outcomes = DoorOutcomes(books=core.books)
    while claimed := outcomes.claim_next():
        outcomes.pulsed(claimed.id)
        outcomes.finish(claimed.id, Outcome.SENT)
    tell = {"saw": "opened", "number": "3", "command": third.uuid}
    post(client, f"/visits/{group.token}/locker/seen", tell)
    assert _newest_command().person_says == "opened"
    clock.advance(60)
    post(client, f"/visits/{group.token}/locker/open", {"number": "2"})
    assert _newest_command().locker.number == 2
    assert post(client, f"/visits/{group.token}/locker/open", {"number": "4"}).status_code == 404


def test_a_dead_controller_is_told_at_once(client, services, visit) -> None:
    services.lockers.assign(visit.id, by=OFFICER)

    text = client.get(f"/visits/{visit.token}").text

    assert "Pengendali loker tidak berjalan." in text
    assert "kunci mekanis" in text


def test_tapping_again_and_again_is_refused_in_words(client, holder) -> None:
    post(client, f"/visits/{holder.token}/locker/open")

    answer = post(client, f"/visits/{holder.token}/locker/open", htmx=True)

    assert answer.status_code == 409
    assert "sedang dibuka" in answer.text


def test_guessed_and_foreign_links_open_nothing_and_look_alike(
    client, core, services, holder
) -> None:
    other = new_visit(core, services)
    before = DoorCommand.select().count()

    guessed = post(client, f"/visits/{'0' * 32}/locker/open")
    foreign = post(client, f"/visits/{other.uuid}/locker/open")
    without = post(client, f"/visits/{other.token}/locker/open")

    assert [guessed.status_code, foreign.status_code, without.status_code] == [404, 404, 404]
    assert DoorCommand.select().count() == before


def test_after_the_visit_the_link_opens_nothing(client, services, holder) -> None:
    services.checkout.locker_is_empty(holder.id, by=OFFICER)
    services.visits.close(holder.id, by=OFFICER, state="closed_by_staff", reason="x")

    assert post(client, f"/visits/{holder.token}/locker/open").status_code == 409


def test_the_visitor_leaves(client, services, holder) -> None:
    page = f"/visits/{holder.token}"
    assert "Selesai berkunjung" in client.get(page).text

    assert post(client, f"{page}/finish").location == page
    assert "Loker sudah kosong" in client.get(page).text
    assert post(client, f"{page}/locker/empty").location == page

    assert "Kunjungan selesai" in client.get(page).text
    assert services.lockers.tile(1).is_free
    assert post(client, f"{page}/finish").location == page  # a second tap
    assert post(client, f"{page}/locker/empty").location == page


def test_a_page_from_before_a_move_does_not_empty_the_new_locker(
    client, services, holder, clock
) -> None:
    page = f"/visits/{holder.token}"
    post(client, f"{page}/finish")
    assert 'name="locker" value="1"' in client.get(page).text
    clock.advance(60)
    services.lockers.moves.move(holder.id, to=2, by=OFFICER, reason="pintu macet")

    answer = post(client, f"{page}/locker/empty", {"locker": "1"})

    assert answer.status_code == 409
    assert "sudah dipindahkan ke loker 2" in answer.text
    for nobodys in ("9" * 40, "satu"):
        said = post(client, f"{page}/locker/empty", {"locker": nobodys})
        assert said.status_code == 409
    assert services.lockers.of_visit(holder.id).number == 2


def test_not_leaving_after_all(client, services, holder) -> None:
    post(client, f"/visits/{holder.token}/finish")

    post(client, f"/visits/{holder.token}/stay")

    assert services.visits.by_id(holder.id).state == "served"


def test_get_opens_nothing(client, holder) -> None:
    for path in ("locker/open", "finish", "locker/empty", "stay"):
        assert client.get(f"/visits/{holder.token}/{path}").status_code == 405


# The wall


def test_the_wall_shows_state_door_and_last_command(sign_in, services, holder) -> None:
    services.lockers.set_condition(2, "broken", by=OFFICER, note="engsel lepas")
    browser = sign_in("officer")

    text = browser.get("/staff/lockers").text

    assert "Dipakai" in text
    assert holder.label in text
    assert "engsel lepas" in text
    assert "Perlu dilihat" in text  # the command of a minute ago was never carried out
    assert fragment(browser, "/staff/lockers").text.startswith('<div id="locker-wall"')


def test_the_wall_hears_of_a_locker_that_was_given_back(sign_in, services, holder) -> None:
    browser = sign_in("officer")
    version = re.search(r"lockers\?v=([\w.]+)", browser.get("/staff/lockers").text)[1]
    assert fragment(browser, f"/staff/lockers?v={version}").status_code == 204

    services.lockers.release(holder.id, by=OFFICER)  # no door moves

    assert fragment(browser, f"/staff/lockers?v={version}").status_code == 200


def test_opening_asks_for_a_reason_and_then_once_more(sign_in, holder) -> None:
    browser = sign_in("officer")
    before = DoorCommand.select().count()

    blank = post(browser, "/staff/lockers/2/open")
    asked = post(browser, "/staff/lockers/2/open", {"reason": "kunci tertinggal"})
    assert (blank.status_code, asked.status_code) == (422, 200)
    assert "Ya, buka sekarang" in asked.text
    assert DoorCommand.select().count() == before
    done = post(
        browser, "/staff/lockers/2/open", {"reason": "kunci tertinggal", "confirmed": "yes"}
    )

    assert done.location == "/staff/lockers/2"
    assert "kunci tertinggal" in browser.get("/staff/lockers/2").text


def test_opening_a_used_locker_warns(sign_in, holder) -> None:
    asked = post(sign_in("officer"), "/staff/lockers/1/open", {"reason": "kunci tertinggal"})

    assert f"Loker ini dipakai {holder.label}." in asked.text


def test_a_locker_goes_out_of_use_with_a_note_and_comes_back(sign_in, services, holder) -> None:
    browser = sign_in("officer")

    blank = post(browser, "/staff/lockers/3/condition", {"condition": "broken"})
    absurd = post(browser, "/staff/lockers/3/condition", {"condition": "melted", "note": "x"})
    assert (blank.status_code, absurd.status_code) == (422, 422)
    post(browser, "/staff/lockers/3/condition", {"condition": "broken", "note": "engsel"})
    assert services.lockers.tile(3).state == "broken"
    post(browser, "/staff/lockers/3/condition", {"condition": "usable"})

    assert services.lockers.tile(3).is_free


def test_staff_looks_inside_and_frees_or_blocks(sign_in, core, services, holder) -> None:
    browser = sign_in("officer")
    services.visits.close(holder.id, by=OFFICER, state="not_returned")
    other = new_visit(core, services)
    services.lockers.assign(other.id, by=OFFICER)
    assert "Belum kembali" in browser.get("/staff/lockers").text

    form = {"visit": holder.id, "found": "yes", "description": "tas"}
    post(browser, "/staff/lockers/1/release", form)
    post(browser, "/staff/lockers/2/release", {"visit": other.id})

    assert services.lockers.tile(1).state == "blocked"
    assert services.lockers.tile(2).is_free


def test_a_locker_that_does_not_exist(sign_in, holder) -> None:
    browser = sign_in("officer")

    assert browser.get("/staff/lockers/99").status_code == 404
    assert post(browser, "/staff/lockers/99/open", {"reason": "x"}).status_code == 404
