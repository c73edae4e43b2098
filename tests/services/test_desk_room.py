"""The desk's one look at everybody of today tells what the slower readers tell."""

from datetime import timedelta

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.clock import ClockQuality
from appliance.lockers.desk_wall import desk_wall, first_doors
from appliance.storage.models import Visit
from tests.entries import filled

OFFICER = Actor.staff("petugas", "officer")
OTHER = Actor.staff("budi", "officer")


@pytest.fixture
def arrive(services):
    """Call to let somebody sign the guest book; their visit's id."""

    def make(**changes: object) -> int:
        return services.guestbook.register(
            filled(**changes), channel="phone", language="id", idempotency_key=""
        ).id

    return make


def check(services) -> None:
    """Nothing that the desk shows differs from what whole cards say."""
    seen, room = services.visits.desk_room(), services.visits.room()
    slow = (tuple(entry.visit for entry in room.queue), room.inside, room.aside)
    for some, cards in zip((seen.queue, seen.inside, seen.aside), slow, strict=True):
        assert [one.id for one in some] == [card.id for card in cards]
        for one, card in zip(some, cards, strict=True):
            for name in one.__slots__:
                assert getattr(one, name) == getattr(card, name), name
            assert one.label == card.label
    assert seen.figures == services.visits.today()
    late = [card.id for card in services.promises.unexplained()]
    assert [one.id for one in seen.unexplained] == late


def test_everybody_of_a_day_is_seen_as_their_card_says(services, arrive, clock) -> None:
    check(services)
    ids = [arrive() for _ in range(8)]
    visits, queue = services.visits, services.queue
    visits.serve(ids[0], by=OFFICER)
    visits.leave(ids[0], by=OFFICER)
    visits.serve(ids[1], by=OFFICER)
    visits.call(ids[2], by=OTHER)
    visits.call(ids[3], by=OFFICER)
    queue.skip(ids[3], by=OFFICER)
    queue.put_aside(ids[4], by=OFFICER)
    visits.close(ids[5], by=OFFICER, state="cancelled", reason="Salah isi")
    check(services)

    clock.advance(400)  # those who wait are late now
    visits.serve(ids[6], by=OFFICER)
    check(services)
    assert len(services.visits.desk_room().unexplained) == 1

    Visit.update(promise_minutes=None).execute()
    check(services)
    services.promises.explain(ids[6], "crowd", by=OFFICER)
    assert services.visits.desk_room().unexplained == ()


def test_who_came_yesterday_is_not_seen_whatever_the_clocks_say(services, arrive, clock) -> None:
    arrive()
    clock.advance(timedelta(hours=20).total_seconds())
    check(services)
    assert services.visits.desk_room().queue == ()

    arrive()
    clock.reboot()
    check(services)
    clock.set_quality(ClockQuality.UNSET)
    check(services)


def test_the_desks_wall_is_the_wall(services, arrive, listening) -> None:
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    first = arrive()
    services.visits.serve(first, by=OFFICER)
    services.lockers.assign(first, by=OFFICER, number=2)
    services.lockers.set_condition(3, "broken", note="Engsel", by=OFFICER)
    services.visits.close(first, by=OFFICER, reason="Pulang tanpa kunci")

    for door, tile in zip(desk_wall(), services.lockers.wall(), strict=True):
        for name in ("number", "state", "visit_id", "visit_label", "visit_is_open"):
            assert getattr(door, name) == getattr(tile, name), name
    assert first_doors(desk_wall()) == services.lockers.numbers_by_visit() == {first: 2}
