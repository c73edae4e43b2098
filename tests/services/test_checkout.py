"""Check-out: what must be settled before a visit ends."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.storage.models import DoorCommand, Locker
from tests.services.library import OFFICER, new_publication, new_visit

BOTH = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def room(services, listening):
    services.lockers.sync_bank({1: True, 2: True}, by=SYSTEM)
    return services


def items(room, visit) -> dict[str, bool]:
    return {str(line.item): line.is_done for line in room.checkout.checklist(visit.id).items}


def state(room, visit) -> str:
    return str(room.visits.by_id(visit.id).state)


def test_with_nothing_to_settle_the_visit_ends_at_once(room, core) -> None:
    visit = new_visit(core, room)

    room.checkout.start(visit.id, by=Actor.visitor(visit.uuid))

    assert state(room, visit) == "finished"
    assert items(room, visit) == {"rating": False}


def test_the_visitor_says_the_locker_is_empty(room, core, clock) -> None:
    visit = new_visit(core, room)
    me = Actor.visitor(visit.uuid)
    room.lockers.assign(visit.id, by=OFFICER)
    clock.advance(60)

    room.checkout.start(visit.id, by=me)
    newest = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
    assert (newest.purpose, state(room, visit)) == ("fetch", "leaving")
    room.checkout.locker_is_empty(visit.id, by=me)

    assert state(room, visit) == "finished"
    assert room.lockers.tile(1).is_free


def test_empty_said_of_the_locker_before_a_move_frees_none(room, core, clock) -> None:
    visit = new_visit(core, room)
    room.lockers.assign(visit.id, by=OFFICER, number=1)
    clock.advance(60)
    room.lockers.moves.move(visit.id, to=2, by=OFFICER, reason="pintu macet")

    for by in (OFFICER, Actor.visitor(visit.uuid)):
        with pytest.raises(Refused):
            room.checkout.locker_is_empty(visit.id, by=by, number=1)

    assert room.lockers.of_visit(visit.id).number == 2
    assert room.checkout.locker_is_empty(visit.id, by=OFFICER, number=2).number == 2


def test_starting_twice_opens_once(room, core, clock) -> None:
    visit = new_visit(core, room)
    room.lockers.assign(visit.id, by=OFFICER)
    clock.advance(60)

    for _ in range(2):
        room.checkout.start(visit.id, by=OFFICER)
        clock.advance(60)

    assert DoorCommand.select().where(DoorCommand.purpose == "fetch").count() == 1


def test_an_open_door_is_noted_and_hinders_nothing(room, core) -> None:
    visit = new_visit(core, room)
    room.lockers.assign(visit.id, by=OFFICER)
    core.writer.run(lambda: Locker.update(door="open").execute())

    released = room.checkout.locker_is_empty(visit.id, by=OFFICER)

    assert released.was_open
    assert [e.reason for e in core.journal.latest() if e.action == "locker.released"] == [
        "door open"
    ]


@CARD_OFFICE
def test_the_card_goes_back_after_the_locker(room, core, office_name) -> None:
    visit = new_visit(core, room)
    room.deposits.receive(visit.id, "KTP", by=OFFICER)
    room.lockers.assign(visit.id, by=OFFICER)
    room.checkout.start(visit.id, by=OFFICER)
    assert items(room, visit) == {"locker": False, "card": False, "rating": False}

    with pytest.raises(Refused, match="belum dinyatakan kosong"):
        room.checkout.card_returned(visit.id, by=OFFICER)
    room.checkout.locker_is_empty(visit.id, by=Actor.visitor(visit.uuid))
    assert state(room, visit) == "leaving"
    room.checkout.card_returned(visit.id, by=OFFICER)

    assert state(room, visit) == "finished"
    assert items(room, visit) == {"locker": True, "card": True, "rating": False}


def test_a_book_still_out_keeps_the_visit_open(room, core) -> None:
    visit = new_visit(core, room)
    book = new_publication(room)
    note = room.reading.note(visit.id, by=OFFICER, publication_id=book.id)
    room.checkout.start(visit.id, by=OFFICER)
    assert state(room, visit) == "leaving"

    room.reading.give_back(note.id, by=OFFICER)
    room.checkout.settle(visit.id, by=OFFICER)

    assert state(room, visit) == "finished"


def test_settling_does_not_send_anybody_away(room, core) -> None:
    visit = new_visit(core, room)

    room.checkout.settle(visit.id, by=OFFICER)

    assert state(room, visit) == "registered"


def test_a_closed_visit_cannot_leave_again(room, core) -> None:
    visit = new_visit(core, room)
    room.checkout.start(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="sudah ditutup"):
        room.checkout.start(visit.id, by=OFFICER)
    with pytest.raises(NotFound):
        room.checkout.locker_is_empty(visit.id, by=OFFICER)


def test_staff_closes_only_with_a_reason_and_empty_hands(room, core) -> None:
    visit = new_visit(core, room)
    room.lockers.assign(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="Loker 1 masih dipakai"):
        room.checkout.close(visit.id, by=OFFICER, reason="pulang")
    room.checkout.locker_is_empty(visit.id, by=OFFICER)
    with pytest.raises(Invalid):
        room.checkout.close(visit.id, by=OFFICER, reason=" ")
    room.checkout.close(visit.id, by=OFFICER, reason="pulang tanpa lapor")

    assert state(room, visit) == "closed_by_staff"
