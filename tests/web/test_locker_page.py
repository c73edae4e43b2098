"""The page of one door, as an officer has it on a screen."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.storage.models import DoorCommand
from tests.services.library import new_visit
from tests.web.conftest import fragment, post, version_of

OFFICER = Actor.staff("officer1", "officer")
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
ABSURD = 99999999999999999999
POSTS = (
    ("/staff/lockers/1/assign", {"code": "A-001"}),
    ("/staff/lockers/1/move", {"to": "2", "why": "macet"}),
    ("/staff/lockers/1/emptied", {}),
    ("/staff/lockers/1/alarms/x/seen", {}),
    ("/staff/lockers/1/say", {"saw": "opened"}),
)


def test_the_panel_of_a_door_stays_while_only_others_move(officer, bank, holder) -> None:
    version = version_of(officer.get("/staff/lockers/1").text, "/staff/lockers/1")

    bank.alarms.raise_(3, AlarmKind.LEFT_OPEN)
    assert fragment(officer, f"/staff/lockers/1?v={version}").status_code == 204
    bank.alarms.raise_(1, AlarmKind.LEFT_OPEN)

    assert fragment(officer, f"/staff/lockers/1?v={version}").text.startswith("<section")


def test_an_alarm_is_looked_after_with_a_note_once(officer, core, bank, holder) -> None:
    bank.alarms.raise_(1, AlarmKind.OPENED_WITHOUT_COMMAND)
    path = f"/staff/lockers/1/alarms/{bank.alarms.open()[0].uuid}/seen"
    assert "Sudah dilihat" in officer.get("/staff/lockers/1").text

    assert post(officer, path, {"note": "x" * 201}).status_code == 422
    assert post(officer, path, {"note": "ditarik pemiliknya"}).location == "/staff/lockers/1"
    lines = core.journal.newest_seq()
    assert post(officer, path, {"note": "lagi"}).location == "/staff/lockers/1"

    assert bank.alarms.open() == ()
    assert bank.alarms.recent()[0].note == "ditarik pemiliknya"
    assert core.journal.newest_seq() == lines


def test_a_door_without_sensor_is_asked_of_a_person(officer, core, bank, clock) -> None:
    bank.lockers.sync_bank({**dict.fromkeys(range(1, 7), True), 2: False}, by=SYSTEM)
    bank.lockers.open_for(2, by=OFFICER, reason="uji")
    outcomes = DoorOutcomes(books=core.books)
    claimed = outcomes.claim_next()
    outcomes.pulsed(claimed.id)
    outcomes.finish(claimed.id, Outcome.SENT)
    assert "Apakah pintunya terbuka?" in officer.get("/staff/lockers/2").text

    assert post(officer, "/staff/lockers/2/say", {"saw": "melted"}).location == "/staff/lockers/2"
    assert "Apakah pintunya terbuka?" in officer.get("/staff/lockers/2").text
    said = {"saw": "not_opened", "command": bank.lockers.tile(2).command.uuid}
    post(officer, "/staff/lockers/2/say", said)

    page = officer.get("/staff/lockers/2").text
    assert "Apakah pintunya terbuka?" not in page
    assert "kata officer1: tidak" in page


def test_a_ticket_gets_this_very_locker(officer, core, bank) -> None:
    visit = new_visit(core, bank)

    answer = post(officer, "/staff/lockers/5/assign", {"code": f"RBT{visit.code}"})

    assert answer.location == "/staff/lockers/5"
    assert bank.lockers.of_visit(visit.id).number == 5


@pytest.mark.parametrize("code", ["", "A-999", "RBP12345", "Pasaman Dalam Angka", "x" * 500])
def test_what_is_no_ticket_is_said_beside_the_field(officer, bank, code) -> None:
    answer = post(officer, "/staff/lockers/5/assign", {"code": code})

    assert answer.status_code == 422
    assert "Tidak ada kunjungan terbuka dengan kode atau nomor itu." in answer.text
    assert DoorCommand.select().count() == 0


def test_a_visitor_who_has_a_locker_keeps_it(officer, bank, holder) -> None:
    answer = post(officer, "/staff/lockers/5/assign", {"code": holder.label})

    assert answer.location == "/staff/lockers/1"
    text = officer.get(answer.location).text
    assert f"{holder.label} sudah memakai loker ini." in text
    assert "baru saja terpakai" not in text
    assert bank.lockers.tile(5).is_free


@CARD_OFFICE
def test_where_a_card_is_asked_the_officer_is_led_to_it(officer, core, bank, office_name) -> None:
    visit = new_visit(core, bank)

    answer = post(officer, "/staff/lockers/5/assign", {"code": visit.label})

    assert answer.location == f"/staff?visit={visit.id}"
    assert "Terima kartu identitas dahulu" in officer.get(answer.location).text
    assert bank.lockers.of_visit(visit.id) is None


def test_things_are_moved_and_a_person_frees_the_old_locker(officer, bank, holder) -> None:
    fields = {"visit": holder.id, "to": "4", "why": "pintunya macet"}
    assert post(officer, "/staff/lockers/1/move", fields).location == "/staff/lockers/1"

    assert "Barangnya dipindahkan ke loker 04." in officer.get("/staff/lockers/1").text
    assert "Barang di loker 01 dipindahkan ke loker 04." in officer.get("/staff/lockers").text
    before = DoorCommand.select().count()
    post(officer, "/staff/lockers/1/move", fields)  # a second tap
    assert DoorCommand.select().count() == before
    for _ in range(2):
        post(officer, "/staff/lockers/1/emptied", {"to": "4"})

    assert bank.lockers.tile(1).is_free
    assert officer.get("/staff/lockers/4").text.count("pintunya macet") >= 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"to": "4"}, 422),
        ({"to": "4", "why": "x" * 201}, 422),
        ({"why": "macet"}, 422),
        ({"to": "x", "why": "macet"}, 422),
        ({"to": "2", "why": "macet"}, 409),
        ({"to": "99", "why": "macet"}, 404),
        ({"to": ABSURD, "why": "macet"}, 422),
    ],
)
def test_a_move_that_cannot_be_is_refused(officer, bank, holder, fields, status) -> None:
    bank.lockers.set_condition(2, "broken", by=OFFICER, note="engsel")

    answer = post(officer, "/staff/lockers/1/move", {"visit": holder.id} | fields)

    assert answer.status_code == status
    assert bank.lockers.of_visit(holder.id).number == 1


@pytest.mark.parametrize("visit", ["", "0", "777", str(ABSURD)])
def test_things_of_somebody_else_are_not_moved(officer, bank, holder, visit) -> None:
    fields = {"visit": visit, "to": "4", "why": "macet"}

    assert post(officer, "/staff/lockers/1/move", fields).location == "/staff/lockers/1"

    assert bank.lockers.of_visit(holder.id).number == 1


@pytest.mark.parametrize(
    ("witness", "reason"), [("budi", "obat (saksi: budi)"), ("Siti, 0812", "obat"), ("", "obat")]
)
def test_a_used_locker_may_be_opened_before_a_witness_of_the_staff(
    officer, services, bank, holder, witness, reason
) -> None:
    services.staff.add("budi", "Budi Saksi", "operator", "kuda-laut-biru-27", by=SYSTEM)
    path, fields = "/staff/lockers/1/open", {"reason": "obat", "visit": holder.id}
    asked = post(officer, path, fields).text
    assert "Budi Saksi" in asked
    assert "Rina Officer" not in asked.partition('name="witness"')[2]

    post(officer, path, fields | {"confirmed": "yes", "witness": witness})

    assert bank.lockers.history(1)[0].reason == reason


def test_the_history_tells_sent_open_and_shut_apart(officer, bank, holder) -> None:
    page = officer.get("/staff/lockers/1").text
    version = version_of(page, "/staff/lockers/1/history")
    assert fragment(officer, f"/staff/lockers/1/history?v={version}").status_code == 204

    bank.lockers.open_for(1, by=OFFICER, reason="kunci tertinggal")
    fresh = fragment(officer, f"/staff/lockers/1/history?v={version}").text

    assert fresh.startswith('<section class="panel" id="door-history"')
    assert "kunci tertinggal" in fresh
    assert fresh.count("09.00") >= 3
    assert officer.get("/staff/lockers/1/history").location == "/staff/lockers/1"


# Who, and what is no door


@pytest.mark.parametrize(("role", "status"), [("operator", 403), ("admin", 303)])
def test_the_desk_roles_alone_may_do_it(sign_in, bank, holder, role, status) -> None:
    browser = sign_in(role)

    sent = post(browser, "/staff/lockers/1/emptied")
    assert sent.status_code == status
    for path in ("/staff/lockers", "/staff/lockers/1", "/staff/lockers/1/history"):
        assert fragment(browser, path).status_code == (200 if role == "admin" else 403)


@pytest.mark.parametrize(("path", "fields"), POSTS)
def test_nobody_else_changes_anything_and_get_never_does(client, bank, path, fields) -> None:
    before = bank.journal.newest_seq()

    assert post(client, path, fields).status_code == 403
    assert client.get(path).status_code == 405
    assert bank.journal.newest_seq() == before


@pytest.mark.parametrize("number", [99, ABSURD])
@pytest.mark.parametrize("path", ["", "/history", "/assign", "/emptied", "/alarms/x/seen", "/say"])
def test_a_door_that_does_not_exist_is_not_found(officer, bank, number, path) -> None:
    address = f"/staff/lockers/{number}{path}"
    fields = {"code": "A-001", "saw": "opened"}

    found = (
        fragment(officer, address) if path in ("", "/history") else post(officer, address, fields)
    )

    assert found.status_code == 404
