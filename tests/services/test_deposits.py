"""Identity cards in the tray."""

import pytest

from appliance.actor import SYSTEM
from appliance.errors import Invalid, NotFound, Refused
from tests.services.library import OFFICER, new_visit

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


def test_a_card_gets_the_lowest_free_slot(services, core) -> None:
    visits = [new_visit(core, services) for _ in range(3)]
    slots = [services.deposits.receive(v.id, "KTP", by=OFFICER).tray_slot for v in visits]
    assert slots == [1, 2, 3]

    services.deposits.give_back(visits[1].id, by=OFFICER)

    assert services.deposits.free_slots()[0] == 2
    assert [card.tray_slot for card in services.deposits.held()] == [1, 3]


def test_taking_it_twice_is_one_deposit(services, core) -> None:
    visit = new_visit(core, services)
    first = services.deposits.receive(visit.id, "KTP", by=OFFICER)

    assert services.deposits.receive(visit.id, "SIM", by=OFFICER) == first


def test_a_taken_slot_is_refused_and_an_absent_one_invalid(services, core) -> None:
    services.deposits.receive(new_visit(core, services).id, "KTP", by=OFFICER, tray_slot=7)
    visit = new_visit(core, services)

    with pytest.raises(Refused, match="Slot 7"):
        services.deposits.receive(visit.id, "KTP", by=OFFICER, tray_slot=7)
    with pytest.raises(Invalid) as caught:
        services.deposits.receive(visit.id, "STNK", by=OFFICER, tray_slot=99)

    assert set(caught.value.problems) == {"card_type", "tray_slot"}
    assert services.visits.by_id(visit.id).served_at is None


def test_a_full_tray_is_said_in_words(services, core) -> None:
    for _ in range(services.deposits.slot_count):
        services.deposits.receive(new_visit(core, services).id, "KTP", by=OFFICER)

    with pytest.raises(Refused, match="penuh"):
        services.deposits.receive(new_visit(core, services).id, "KTP", by=OFFICER)


def test_a_card_left_behind_keeps_its_slot(services, core) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)

    with pytest.raises(Invalid):
        services.deposits.leave_behind(visit.id, by=OFFICER, note=" ")
    for _ in range(2):
        services.deposits.leave_behind(visit.id, by=OFFICER, note="tergesa, kembali besok")

    assert services.deposits.held()[0].state == "left_behind"
    assert not services.deposits.is_held(visit.id)
    assert [e.reason for e in core.journal.latest() if e.action == "deposit.left_behind"] == [
        "tergesa, kembali besok"
    ]


def test_giving_back_nothing_is_not_found(services, core) -> None:
    with pytest.raises(NotFound):
        services.deposits.give_back(new_visit(core, services).id, by=OFFICER)


def test_a_card_leaves_no_number_anywhere(services, core) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER, tray_slot=4)

    events = [e for e in core.journal.latest() if e.action == "deposit.received"]

    assert events[0].detail == '{"card_type": "KTP", "tray_slot": 4}'


# In place of a card


def test_a_guarantee_takes_a_slot_only_where_something_lies_in_the_tray(services, core) -> None:
    letter, promise = (new_visit(core, services) for _ in range(2))

    held = services.deposits.receive_guarantee(letter.id, "Surat tugas", by=OFFICER)
    said = services.deposits.receive_guarantee(
        promise.id, "Pendamping", by=OFFICER, note="ibu gurunya di ruangan"
    )

    assert (held.tray_slot, said.tray_slot) == (1, None)
    assert [one.tray_slot for one in services.deposits.held()] == [1]
    assert services.deposits.is_held(promise.id)
    assert [one.visit_id for one in services.deposits.owed()] == [letter.id, promise.id]


def test_a_guarantee_the_office_does_not_take_is_refused(services, core) -> None:
    with pytest.raises(Invalid, match="perlu diperbaiki") as caught:
        services.deposits.receive_guarantee(new_visit(core, services).id, "KTP", by=OFFICER)

    assert set(caught.value.problems) == {"guarantee"}


def test_nothing_at_all_needs_a_reason_and_leaves_nothing_to_give_back(
    services, core, listening
) -> None:
    services.lockers.sync_bank({1: True}, by=SYSTEM)
    visit = new_visit(core, services)

    with pytest.raises(Refused):
        services.lockers.assign(visit.id, by=OFFICER)
    services.lockers.assign(visit.id, by=OFFICER, without_card="anak SD tanpa kartu")

    waived = services.deposits.of_visit(visit.id)
    assert (waived.state, waived.note) == ("waived", "anak SD tanpa kartu")
    assert services.deposits.owed() == ()
    assert services.checkout.checklist(visit.id).get("card") is None


@pytest.mark.parametrize(
    "text", ["NIK 1311012345678901", "hp 0812-3456-7890", "0751 451 548", "paspor A1234567"]
)
def test_numbers_of_cards_and_telephones_are_not_taken(services, core, text) -> None:
    visit = new_visit(core, services)
    card = services.deposits.receive(visit.id, "KTP", by=OFFICER)

    for say in (
        lambda: services.deposits.leave_behind(visit.id, by=OFFICER, note=text),
        lambda: services.deposits.do_without(new_visit(core, services).id, text, by=OFFICER),
        lambda: services.uncollected.note_contact(card.id, "called", "no_answer", text, by=OFFICER),
    ):
        with pytest.raises(Invalid):
            say()

    stored = core.database.connection().execute("SELECT group_concat(note) FROM deposit")
    assert text not in str(stored.fetchone())


def test_dates_and_small_numbers_are_no_numbers_of_cards(services, core) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)

    left = services.deposits.leave_behind(
        visit.id, by=OFFICER, note="kembali 23-11-2026 pukul 08.30, loker 7"
    )

    assert left.state == "left_behind"
