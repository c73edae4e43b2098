"""Identity cards in the tray."""

import pytest

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


def test_a_card_left_behind_keeps_its_slot_until_handed_over(services, core) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)

    with pytest.raises(Invalid):
        services.deposits.leave_behind(visit.id, by=OFFICER, note=" ")
    services.deposits.leave_behind(visit.id, by=OFFICER, note="sudah ditelepon")
    assert services.deposits.held()[0].state == "left_behind"
    services.deposits.hand_over(visit.id, by=OFFICER, note="ke Disdukcapil")

    assert services.deposits.held() == ()
    # The portal must not hear that its owner has it.
    assert core.journal.latest(1)[0].action == "deposit.handed_over"


def test_giving_back_nothing_is_not_found(services, core) -> None:
    with pytest.raises(NotFound):
        services.deposits.give_back(new_visit(core, services).id, by=OFFICER)


def test_a_card_leaves_no_number_anywhere(services, core) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER, tray_slot=4)

    events = [e for e in core.journal.latest() if e.action == "deposit.received"]

    assert events[0].detail == '{"card_type": "KTP", "tray_slot": 4}'
