"""Several lockers for one group: each is given back by itself, and none is forgotten."""

import pytest

from appliance.actor import Actor
from appliance.errors import NotFound, Refused
from appliance.lockers.rules import EndReason
from tests.entries import filled

OFFICER = Actor.staff("rina", "officer")


@pytest.fixture
def group(services, listening):
    """A teacher with thirty pupils, before the lockers 1 to 6."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=OFFICER)
    return services.guestbook_desk.register(
        filled(heads_1_1="30"), language="id", key="", by=OFFICER
    )


def test_a_group_has_as_many_lockers_as_the_office_allows(services, group) -> None:
    lockers = services.lockers
    with pytest.raises(NotFound):
        lockers.group.another(group.id, by=OFFICER)
    first = lockers.assign(group.id, by=OFFICER).number

    more = [lockers.group.another(group.id, by=OFFICER) for _ in range(3)]

    assert lockers.group.numbers(group.id) == (first, *more) == (1, 2, 3, 4)
    with pytest.raises(Refused, match="sebanyak yang diperbolehkan"):
        lockers.group.another(group.id, by=OFFICER)
    assert (lockers.group.in_use(), lockers.numbers_by_visit()) == (4, {group.id: 1})
    assert [tile.visit_id for tile in lockers.wall()] == [group.id] * 4 + [None] * 2


def test_one_person_has_one_locker(services, group) -> None:
    alone = services.guestbook_desk.register(filled(), language="id", key="", by=OFFICER)
    services.lockers.assign(alone.id, by=OFFICER)

    assert not services.lockers.group.may_have_more(services.visits.by_id(alone.id))
    with pytest.raises(Refused):
        services.lockers.group.another(alone.id, by=OFFICER)


def test_the_roll_call_knows_how_many_must_come_out(services, group) -> None:
    emergency = services.emergency.start(source="screen", by=OFFICER, reason="latihan")

    assert [line.persons for line in emergency.roll_call] == [31]


def test_check_out_asks_for_every_locker(services, group) -> None:
    lockers, checkout = services.lockers, services.checkout
    lockers.assign(group.id, by=OFFICER)
    for _ in range(2):
        lockers.group.another(group.id, by=OFFICER)
    checkout.start(group.id, by=OFFICER)

    assert checkout.locker_is_empty(group.id, by=OFFICER, number=2).number == 2
    assert services.visits.by_id(group.id).is_open
    assert checkout.locker_is_empty(group.id, by=OFFICER, number=2) is None
    with pytest.raises(Refused, match="dipindahkan"):
        checkout.locker_is_empty(group.id, by=OFFICER, number=6)
    checkout.locker_is_empty(group.id, by=OFFICER, number=1)
    assert lockers.group.numbers(group.id) == (3,)
    checkout.locker_is_empty(group.id, by=OFFICER, number=3)

    assert not services.visits.by_id(group.id).is_open
    assert lockers.free_numbers() == (1, 2, 3, 4, 5, 6)


def test_a_later_locker_is_opened_moved_and_released_by_its_number(services, group, clock) -> None:
    lockers = services.lockers
    lockers.assign(group.id, by=OFFICER)
    lockers.group.another(group.id, by=OFFICER)
    clock.advance(60)

    assert lockers.open_again(group.id, by=OFFICER, number=2).number == 2
    clock.advance(60)
    lockers.moves.move(group.id, to=5, by=OFFICER, reason="pintu macet", number=2)
    lockers.moves.move(group.id, to=5, by=OFFICER, reason="pintu macet", number=2)

    assert lockers.group.numbers(group.id) == (1, 5)
    released = lockers.release(
        group.id, by=OFFICER, reason=EndReason.FOUND_PROPERTY, description="Tas", number=5
    )
    assert (released.number, lockers.of_visit(group.id).number) == (5, 1)
