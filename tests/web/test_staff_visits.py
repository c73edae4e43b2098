"""Visits as staff looks them up and closes them."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.anchors.service import AnchorBook
from appliance.clock import ClockQuality
from appliance.storage.models import Guest
from tests.services.library import new_visit
from tests.web.conftest import post


@pytest.fixture
def visit(core, services):
    made = new_visit(core, services)
    core.writer.run(lambda: Guest.create(visit=made.id, name="Siti Rahmawati"))
    return made


def looked_for(browser, words: str) -> str:
    """Where the form leads with these words in it."""
    answer = post(browser, "/staff/visits", {"q": words})
    assert answer.status_code == 303
    return str(answer.location)


def test_today_is_listed_and_searched(sign_in, core, services, visit) -> None:
    browser = sign_in("officer")

    assert "Siti Rahmawati" in browser.get("/staff/visits").text
    for wanted in ("rahma", "A-001", visit.code):
        assert "Siti Rahmawati" in browser.get(looked_for(browser, wanted)).text
    assert "Belum ada kunjungan yang cocok" in browser.get(looked_for(browser, "budi")).text


def test_what_was_typed_is_in_no_address_and_nobody_else_reads_it(sign_in, visit) -> None:
    browser = sign_in("officer")

    found = looked_for(browser, "rahma")
    back = browser.get(found).text

    assert "rahma" not in found
    assert 'value="rahma"' in back  # to go on from, also after "back"
    assert "rahma" not in sign_in("admin").get(found).text.replace("Rahmawati", "")
    assert looked_for(browser, "") == "/staff/visits"


def test_another_day_is_found_and_its_open_visits_are_shown(sign_in, visit, clock) -> None:
    clock.advance(26 * 3600)
    browser = sign_in("officer")

    today = browser.get("/staff/visits").text
    assert "1 kunjungan dari hari lain masih terbuka" in today
    assert "Siti Rahmawati" in browser.get("/staff/visits?date=2026-11-23").text


def test_what_is_no_date_is_said(sign_in, visit) -> None:
    answer = sign_in("officer").get("/staff/visits?date=kemarin")

    assert answer.status_code == 422
    assert "Tulis tanggal seperti" in answer.text


def test_reading_is_journalled_without_what_was_typed(sign_in, core, visit) -> None:
    browser = sign_in("officer")
    browser.get(looked_for(browser, "rahmawati"))
    browser.get(f"/staff/visits/{visit.id}")

    told = {e.action: e for e in core.journal.latest()}

    assert told["visits.looked_up"].actor == "officer:officer1"
    assert "rahmawati" not in told["visits.looked_up"].detail.lower()
    assert told["visit.read"].subject == f"visit/{visit.uuid}"


def test_a_visit_is_closed_with_a_reason(sign_in, services, visit) -> None:
    browser = sign_in("officer")

    blank = post(browser, f"/staff/visits/{visit.id}/close")
    done = post(browser, f"/staff/visits/{visit.id}/close", {"reason": "pulang tanpa lapor"})
    twice = post(browser, f"/staff/visits/{visit.id}/close", {"reason": "lagi"})

    assert (blank.status_code, done.status_code, twice.status_code) == (422, 303, 409)
    assert "pulang tanpa lapor" in browser.get(f"/staff/visits/{visit.id}").text


def test_a_visit_with_a_locker_is_not_closed(sign_in, services, visit) -> None:
    services.lockers.sync_bank({7: True}, by=SYSTEM)
    services.lockers.assign(visit.id, by=Actor.staff("x", "officer"))

    answer = post(sign_in("officer"), f"/staff/visits/{visit.id}/close", {"reason": "pulang"})

    assert answer.status_code == 409
    assert "Loker 7 masih dipakai" in answer.text


def test_an_unknown_visit_is_not_found(sign_in) -> None:
    assert sign_in("officer").get("/staff/visits/4711").status_code == 404


def test_a_visit_of_a_clock_that_was_not_set_says_so(sign_in, core, services, clock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    visit = new_visit(core, services)
    browser = sign_in("officer")

    assert "Tanggal diperkirakan" in browser.get("/staff/visits").text
    assert "Tanggal diperkirakan" in browser.get(f"/staff/visits/{visit.id}").text
    clock.set_quality(ClockQuality.SYNCED)
    AnchorBook(books=core.books, office=core.office).look()
    assert "Tanggal diperkirakan" not in browser.get("/staff/visits").text
