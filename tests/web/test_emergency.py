"""An emergency on the officer's screen: asked twice, followed, and everybody counted."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.storage.models import DoorCommand, Guest
from tests.services.library import new_visit
from tests.web.conftest import fragment, post

OFFICER = Actor.staff("officer1", "officer")
PATH = "/staff/lockers/emergency"
ABSURD = 99999999999999999999


@pytest.fixture
def bank(services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 4), True), by=SYSTEM)
    return services


@pytest.fixture
def visit(core, bank, clock):
    """Somebody inside, with locker 1 since a minute."""
    made = new_visit(core, bank)
    core.writer.run(lambda: Guest.create(visit=made.id, name="Siti Rahmawati"))
    bank.lockers.assign(made.id, by=OFFICER, number=1)
    clock.advance(60)
    return made


@pytest.fixture
def running(bank, visit):
    """An emergency that nobody has ended."""
    return bank.emergency.start(source="button", by=SYSTEM, reason="tombol darurat")


def emergencies() -> int:
    return DoorCommand.select().where(DoorCommand.purpose == "emergency").count()


# Starting


def test_it_is_asked_twice_and_then_opens_every_door(officer, bank, visit) -> None:
    assert "Yang akan terjadi" in officer.get(PATH).text

    asked = post(officer, PATH, {"cause": "fire"})
    assert asked.status_code == 200
    assert "Ya, buka semua sekarang" in asked.text
    assert "3 pintu akan terbuka." in asked.text
    assert emergencies() == 0
    done = post(officer, PATH, {"cause": "fire", "confirmed": "yes"})

    assert done.location == PATH
    assert emergencies() == 3
    assert bank.emergency.open().reason == "kebakaran atau asap"
    page = officer.get(PATH).text
    assert "Siti Rahmawati" in page
    assert "3 pintu menunggu giliran." in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Pilih apa yang terjadi."),
        ({"cause": "melted"}, "Pilih apa yang terjadi."),
        ({"cause": "melted", "confirmed": "yes", "reason": "x"}, "Pilih apa yang terjadi."),
        ({"cause": "other"}, "Tulis alasannya"),
        ({"cause": "other", "reason": "  ", "confirmed": "yes"}, "Tulis alasannya"),
        ({"cause": "other", "reason": "x" * 201, "confirmed": "yes"}, "terlalu panjang"),
    ],
)
def test_without_a_reason_nothing_opens(officer, bank, fields, words) -> None:
    answer = post(officer, PATH, fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert emergencies() == 0


def test_a_second_tap_starts_no_second_one(officer, bank, visit) -> None:
    for _ in range(2):
        post(officer, PATH, {"cause": "drill", "confirmed": "yes"})

    assert emergencies() == 3


def test_with_nobody_to_open_the_doors_it_says_so_and_offers_to_try_again(
    sign_in, services
) -> None:
    services.lockers.sync_bank(dict.fromkeys(range(1, 4), True), by=SYSTEM)
    officer = sign_in("officer")

    post(officer, PATH, {"cause": "fire", "confirmed": "yes"})

    page = officer.get(PATH).text
    assert "Buka semua lagi" in page
    assert "Tidak ada pengunjung di dalam" in page


# While it runs


def test_every_page_of_the_desk_says_so(officer, client, bank, visit) -> None:
    quiet = officer.get("/staff/visits").text
    assert "semua loker dibuka" not in quiet
    poll = re.search(rf'hx-get="({PATH}/banner\?v=\w+)"', quiet)[1]
    assert fragment(officer, poll).status_code == 204

    bank.emergency.start(source="button", by=SYSTEM, reason="tombol darurat")

    assert "1 orang belum terlihat di luar." in fragment(officer, poll).text
    for path in ("/staff", "/staff/lockers", "/staff/visits", "/staff/reports"):
        assert "Keadaan darurat: semua loker dibuka." in officer.get(path).text
    assert "Keadaan darurat" not in client.get("/").text
    assert officer.get(f"{PATH}/banner").location == PATH


def test_the_operator_is_told_too_without_names(sign_in, bank, visit, running) -> None:
    page = sign_in("operator").get("/staff/scans").text

    assert "Keadaan darurat: semua loker dibuka." in page
    assert f'href="{PATH}"' not in page
    assert "Siti" not in page


def test_a_second_tap_in_the_same_place_takes_nobody_back(officer, bank, visit, running) -> None:
    bank.emergency.mark_seen(visit.id, by=OFFICER)

    row = officer.get(PATH).text.partition(f'id="person-{visit.id}"')[2].partition("</li>")[0]

    assert row.index("<details") < row.index("<form")


def test_somebody_is_ticked_off_and_back_with_and_without_scripts(
    officer, bank, visit, running
) -> None:
    path = f"{PATH}/people/{visit.id}"

    plain = post(officer, path, {"seen": "yes", "emergency": running.id})
    again = post(officer, path, {"seen": "yes", "emergency": running.id})
    assert plain.location == again.location == f"{PATH}#person-{visit.id}"
    assert bank.emergency.open().missing == 0
    assert "1 dari 1 di luar" in officer.get(PATH).text
    back = post(officer, path, {"seen": "no", "emergency": running.id}, htmx=True)

    assert back.text.startswith('<section class="panel" id="roll-call"')
    assert "0 dari 1 di luar" in back.text
    assert bank.emergency.open().missing == 1


@pytest.mark.parametrize("visit_id", [777, ABSURD])
def test_nobody_is_ticked_off_who_was_not_inside(officer, bank, running, visit_id) -> None:
    form = {"seen": "yes", "emergency": running.id}
    assert post(officer, f"{PATH}/people/{visit_id}", form).status_code == 404


@pytest.mark.parametrize("part", ["doors", "people"])
def test_the_panels_are_quiet_until_something_happens(officer, bank, visit, running, part) -> None:
    page = officer.get(PATH).text
    version = re.search(rf"{PATH}/{part}\?v=(\d+)", page)[1]
    assert fragment(officer, f"{PATH}/{part}?v={version}").status_code == 204
    assert fragment(officer, f"{PATH}/{part}").text.startswith("<section")

    if part == "people":
        bank.emergency.mark_seen(visit.id, by=OFFICER)
    else:
        command = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
        DoorCommand.update(result="driver_error").where(DoorCommand.id == command.id).execute()
    fresh = fragment(officer, f"{PATH}/{part}?v={version}")

    assert fresh.status_code == 200
    if part == "doors":
        assert "Loker 03 tidak menjawab. Buka dengan kunci mekanis." in fresh.text


def test_the_list_can_be_printed_and_stays_after_the_end(officer, bank, visit, running) -> None:
    bank.emergency.end(by=OFFICER)

    page = officer.get(f"{PATH}/people").text

    assert "Siti Rahmawati" in page
    assert "Loker 01" in page
    assert "Sudah di luar" not in page
    assert "tombol darurat" in officer.get(PATH).text


def test_without_any_emergency_the_list_is_empty_not_an_error(officer, bank) -> None:
    assert "Tidak ada pengunjung di dalam" in officer.get(f"{PATH}/people").text
    assert officer.get(f"{PATH}/doors").location == PATH
    assert fragment(officer, f"{PATH}/doors").headers["HX-Redirect"] == PATH


def test_doors_that_stayed_shut_can_be_asked_once_more(officer, bank, visit, running) -> None:
    assert "Buka semua lagi" not in officer.get(PATH).text  # every door still has its turn
    DoorCommand.update(result="opened").execute()
    last = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
    DoorCommand.update(result="open_not_detected").where(DoorCommand.id == last.id).execute()
    before = emergencies()

    page = officer.get(PATH).text
    assert "Pintu loker 03 tidak terlihat terbuka. Tarik pintunya." in page
    assert "Buka semua lagi" in page
    post(officer, PATH, {"cause": "other", "reason": running.reason, "confirmed": "yes"})

    assert emergencies() == before + 3
    assert bank.emergency.open().id == running.id


# Ending


def test_ending_names_who_is_missing_and_frees_nothing(officer, bank, visit, running) -> None:
    asked = post(officer, f"{PATH}/end")
    assert "1 orang belum terlihat di luar." in asked.text
    assert "Siti Rahmawati" in asked.text
    assert bank.emergency.open() is not None

    form = {"confirmed": "yes", "emergency": running.id}
    assert post(officer, f"{PATH}/end", form).location == PATH
    assert post(officer, f"{PATH}/end", form).location == PATH

    assert bank.emergency.open() is None
    assert bank.lockers.tile(1).visit_id == visit.id
    assert "semua loker dibuka" not in officer.get("/staff").text


# Who


@pytest.mark.parametrize("path", ["", "/end", "/people/1"])
def test_nobody_else_starts_ends_or_ticks(client, sign_in, bank, visit, running, path) -> None:
    fields = {"cause": "fire", "confirmed": "yes", "seen": "yes"}

    assert post(client, PATH + path, fields).status_code == 403
    assert post(sign_in("operator"), PATH + path, fields).status_code == 403
    assert bank.emergency.open().missing == 1
    assert emergencies() == 3


@pytest.mark.parametrize("path", ["", "/doors", "/people"])
def test_names_are_for_the_desk_alone(client, sign_in, running, path) -> None:
    assert client.get(PATH + path).location.startswith("/staff/login")
    operator = sign_in("operator").get(PATH + path)
    assert operator.status_code == 403
    assert "Siti" not in operator.text
