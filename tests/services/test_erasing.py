"""Erasure that somebody asks for: everywhere at once, for good, and with a receipt."""

import contextlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from appliance.actor import ANYONE
from appliance.bootstrap import build_services, open_core
from appliance.errors import NotFound, Refused
from appliance.health.upkeep import back_up, drop_set_aside, restore
from appliance.privacy import register, tombstones
from appliance.storage.models import Complaint, Consent, Erasure, Guest
from tests.entries import filled
from tests.services.library import OFFICER

DAY_S = 24 * 3600
CANARIES = {
    "name": "Kenariname",
    "email": "kenarimail@contoh.id",
    "phone": "0899 1234 5678",
    "agency_name": "Kenariagency",
    "occupation_other": "Kenarioccupation",
    "agency_other": "Kenariotheragency",
    "purpose_other": "Kenaripurpose",
    "data_wanted": "Kenaridata",
}
WISH = {"wanted": "Kenariwish", "purpose": "Kenariwhy", "area": "Kenariarea", "level": "4"}
# `kenari` is in every word of theirs, and in nobody else's.
TRACES = (b"kenari", b"99 1234 5678", b"9912345678")

holding_cards = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


def register_canary(services, key="canary"):
    return services.guestbook.register(
        filled(**CANARIES, services=["1", "2"], occupation="7", agency_category="9", purpose="5"),
        channel="phone",
        language="id",
        idempotency_key=key,
    )


def go_through_everything(core, services):
    """A closed visit that left a trace wherever a visitor can."""
    services.lockers.sync_bank({1: True}, by=OFFICER)
    visit = register_canary(services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)
    services.lockers.assign(visit.id, by=OFFICER)
    services.reading.note(visit.id, title="Kenaribook", by=OFFICER)
    services.photocopy.ask(visit.id, {"title": "Kenaricopy", "pages": "1"}, by=OFFICER)
    made = services.requests.make(visit.id, WISH | {"email": "kenarireq@contoh.id"}, by=OFFICER)
    services.requests.answer(made.id, "ke kenarinote@contoh.id", by=OFFICER)
    services.complaints.make(
        {"topic": "service", "body": "Antrean lama.", "contact": CANARIES["email"]}, by=ANYONE
    )
    services.catalogue_questions.ask(visit.id, "Kenariquestion", by=OFFICER)
    for note in services.reading.of_visit(visit.id):
        services.reading.give_back(note.id, by=OFFICER)
    services.lockers.release(visit.id, by=OFFICER)
    services.deposits.give_back(visit.id, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    return visit


def traces(core) -> list[str]:
    """Where the raw bytes below the data folder, copies aside, still tell."""
    files = [path for path in core.settings.data_dir.rglob("*") if path.is_file()]
    return [
        str(path)
        for path in files
        if path.parent.name not in ("backups", "set-aside")
        and any(trace in path.read_bytes().lower() for trace in TRACES)
    ]


@holding_cards
def test_after_an_erasure_no_file_and_no_line_of_the_log_tells_who_it_was(
    core, services, capfd, caplog
) -> None:
    visit = go_through_everything(core, services)
    assert traces(core) != []

    receipt = services.erasures.erase(visit.id, by=OFFICER)

    assert traces(core) == []
    written = "".join((*capfd.readouterr(), caplog.text)).lower().encode()
    assert [trace for trace in TRACES if trace in written] == []
    assert receipt.number == "H-2026-0001"
    assert set(receipt.kinds) == {"identity", "answers", "requests"}
    # Counted as before; their consent is withdrawn, which can be shown.
    assert services.visits.by_id(visit.id).statistics.sex == visit.statistics.sex
    actions = [row.action for row in Consent.select().where(Consent.visit == visit.id)]
    assert actions == ["given", "withdrawn"]


@holding_cards
def test_a_restored_older_copy_does_not_know_them_either(core, services, clock, tmp_path) -> None:
    visit = go_through_everything(core, services)
    folder = core.settings.data_dir / "backups"
    copied = back_up(core.database, core.writer, core.recorder, folder, clock.now())
    elsewhere = tmp_path / "stick"
    shutil.copytree(folder, elsewhere)
    receipt = services.erasures.erase(visit.id, by=OFFICER)
    core.close()

    restore(copied.path, core.settings.data_dir, core.settings.run_dir, clock)

    with contextlib.closing(open_core(core.settings, clock=clock)) as again:
        assert traces(again) == []
        assert Guest.get(Guest.visit == visit.id).name is None
        assert build_services(again).erasures.receipt(receipt.number) == receipt
        again.close()
    # From a stick alone the list of the data folder is what erases.
    restore(elsewhere / copied.path.name, core.settings.data_dir, core.settings.run_dir, clock)
    with contextlib.closing(open_core(core.settings, clock=clock)) as again:
        assert traces(again) == []


@holding_cards
def test_nothing_is_erased_while_anything_of_theirs_is_open(core, services, listening) -> None:
    services.lockers.sync_bank({1: True}, by=OFFICER)
    visit = register_canary(services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)
    services.lockers.assign(visit.id, by=OFFICER)
    services.reading.note(visit.id, title="Padi", by=OFFICER)

    with pytest.raises(Refused) as refused:
        services.erasures.erase(visit.id, by=OFFICER)

    assert refused.value.values["things"] == "kunjungan, loker, kartu, bacaan"
    assert services.erasures.obstacles(visit.id) == ("visit", "locker", "card", "book")
    assert Guest.get(Guest.visit == visit.id).name == CANARIES["name"]
    assert Erasure.select().count() == 0


def test_a_second_tap_gets_the_first_receipt(services) -> None:
    visit = register_canary(services)
    services.visits.close(visit.id, by=OFFICER)
    first = services.erasures.erase(visit.id, by=OFFICER)

    assert services.erasures.erase(visit.id, by=OFFICER) == first
    assert services.erasures.of_visit(visit.id) == first
    with pytest.raises(NotFound):
        services.erasures.erase(visit.id + 1, by=OFFICER)


def test_two_erasures_at_once_spoil_each_others_list_no_more(core, services) -> None:
    def erase(visit_id):
        with core.database.connection_context():
            return [services.erasures.erase(visit_id, by=OFFICER) for _ in range(4)]

    visits = [register_canary(services, key=f"canary-{number}") for number in range(4)]
    for visit in visits:
        services.visits.close(visit.id, by=OFFICER)
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(erase, [visit.id for visit in (*visits, *visits)]))

    listed = {line["number"] for line in tombstones.read([core.settings.data_dir])}
    assert listed == {one.number for found in receipts for one in found}
    assert len(listed) == len(visits)


def test_a_complaint_with_the_same_address_loses_it_and_keeps_its_words(services) -> None:
    visit = register_canary(services)
    services.visits.close(visit.id, by=OFFICER)
    for contact in (CANARIES["email"], "lain@contoh.id"):
        services.complaints.make(
            {"topic": "service", "body": f"Antrean {contact[:4]}.", "contact": contact}, by=ANYONE
        )

    services.erasures.erase(visit.id, by=OFFICER)

    assert [row.contact for row in Complaint.select().order_by(Complaint.id)] == [
        None,
        "lain@contoh.id",
    ]
    assert Complaint.select().where(Complaint.body == "").count() == 0


def test_whoever_shares_nothing_with_them_is_not_touched(services) -> None:
    other = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="other"
    )
    visit = register_canary(services)
    services.visits.close(visit.id, by=OFFICER)

    services.erasures.erase(visit.id, by=OFFICER)

    assert services.visits.by_id(other.id).name == "Siti Rahmawati"


def test_a_line_cut_off_by_a_power_cut_spoils_no_other(core, services) -> None:
    visit = register_canary(services)
    services.visits.close(visit.id, by=OFFICER)
    receipt = services.erasures.erase(visit.id, by=OFFICER)
    path = core.settings.data_dir / tombstones.FILE_NAME
    path.write_bytes(path.read_bytes() + b'{"number": "H-')

    assert [line["number"] for line in tombstones.read([path.parent])] == [receipt.number]


def test_the_databases_that_restores_replaced_go_after_two_weeks(core, clock) -> None:
    folder = core.settings.data_dir / "set-aside"
    folder.mkdir()
    for name, days in (("old", 15), ("new", 13)):
        path = folder / f"ruangbaca-{name}.db"
        path.write_bytes(b"Kenariname")
        at = clock.now().timestamp() - days * DAY_S
        os.utime(path, (at, at))

    assert drop_set_aside(core.settings.data_dir, clock.now()) == 1
    assert [path.name for path in folder.iterdir()] == ["ruangbaca-new.db"]


def test_every_column_that_the_register_says_goes_is_emptied(core, services) -> None:
    visit = register_canary(services)
    connection = core.database.connection()
    made = services.requests.make(visit.id, WISH, by=OFFICER)
    services.requests.answer(made.id, "kenarinote", by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    goes = [
        pair
        for kind, category in register.CATEGORIES.items()
        if category.goes
        for pair in register.columns(kind)
    ]
    for table, column in goes:
        if table != "visitor":  # its row goes as a whole: tests/services/test_visitors.py
            connection.execute(f"UPDATE {table} SET {column} = 'kenari{table}{column}'")

    services.erasures.erase(visit.id, by=OFFICER)

    assert [
        (table, column)
        for table, column in goes
        if list(connection.execute(f"SELECT 1 FROM {table} WHERE {column} LIKE 'kenari%'"))
    ] == []


def test_a_name_typed_into_the_guest_book_makes_nobody_forget_who_has_a_key(services) -> None:
    services.lockers.sync_bank({1: True, 2: True}, by=OFFICER)
    for number in (1, 2):
        services.keys.note(number, "handed_out", {"holder": CANARIES["name"]}, by=OFFICER)
    services.keys.note(2, "brought_back", {}, by=OFFICER)
    visit = register_canary(services)
    services.visits.close(visit.id, by=OFFICER)

    services.erasures.erase(visit.id, by=OFFICER)

    assert [(key.locker, key.holder) for key in services.keys.out()] == [(1, CANARIES["name"])]
    assert {key.holder for key in services.keys.of_locker(2)} == {""}
