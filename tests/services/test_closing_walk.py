"""The closing walk: door by door, by anybody, over any interruption; only words free a locker."""

import datetime as dt

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import build_services
from appliance.clock import ClockQuality
from appliance.errors import Invalid, NotFound, Refused
from appliance.storage.models import DoorCommand
from tests.services.library import OFFICER, new_visit

OTHER = Actor.staff("wati", "officer")
DAY_S = 24 * 3600


@pytest.fixture
def bank(services, listening):
    services.lockers.sync_bank(dict.fromkeys((1, 2, 3, 4), True), by=SYSTEM)
    return services


@pytest.fixture
def visits(core, bank, clock):
    """Three visits, in the lockers 1, 2 and 4."""
    found = []
    for number in (1, 2, 4):
        visit = new_visit(core, bank)
        bank.lockers.assign(visit.id, by=OFFICER, number=number)
        found.append(visit)
    clock.advance(60)
    return found


@pytest.fixture
def walk(bank, visits):
    bank.closing.start("used", by=OFFICER)
    return bank.closing


def stops(closing) -> list[int]:
    return [tile.number for tile in closing.stops()]


def test_a_walk_passes_the_lockers_in_use_in_their_order(walk) -> None:
    assert stops(walk) == [1, 2, 4]


def test_a_walk_past_every_door(core, bank, visits) -> None:
    bank.lockers.block_for_property(3, by=OFFICER, description="payung")

    bank.closing.start("every", by=OFFICER)

    assert stops(bank.closing) == [1, 2, 4]  # the register knows of the third


def test_empty_frees_the_locker_and_nothing_else_does(walk, bank, visits, clock) -> None:
    clock.advance(8 * 3600)
    assert not bank.lockers.tile(1).is_free

    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    assert bank.lockers.tile(1).is_free
    assert stops(walk) == [2, 4]
    assert bank.visits.by_id(visits[0].id).is_open  # where the visitor is, nobody has said


def test_a_visit_that_only_waited_for_its_locker_ends(walk, bank, visits) -> None:
    bank.checkout.start(visits[0].id, by=OFFICER)

    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    assert bank.visits.by_id(visits[0].id).state == "finished"


def test_what_is_found_is_registered_and_blocks(walk, bank, visits) -> None:
    walk.has_property(2, by=OFFICER, visit_id=visits[1].id, description="tas selempang")

    assert bank.lockers.tile(2).state == "blocked"
    assert bank.lockers.of_visit(visits[1].id) is None
    thing = bank.found_property.kept()[0]
    assert (thing.locker, thing.visit_id, thing.description) == (2, visits[1].id, "tas selempang")
    look = walk.current().looks[0]
    assert (look.found, look.property_label, look.visit_label) == ("property", "BT-0001", "A-002")


def test_without_a_description_nothing_is_said(walk, bank, visits) -> None:
    with pytest.raises(Invalid):
        walk.has_property(2, by=OFFICER, visit_id=visits[1].id, description=" ")

    assert stops(walk) == [1, 2, 4]
    assert bank.lockers.of_visit(visits[1].id) is not None


def test_a_door_that_did_not_open_stays_in_use_and_is_tried_again(walk, bank, visits) -> None:
    walk.not_opened(1, by=OFFICER, visit_id=visits[0].id, note="macet")
    assert stops(walk) == [2, 4]
    assert bank.lockers.of_visit(visits[0].id).number == 1

    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    assert [look.found for look in walk.current().looks] == ["empty"]
    assert bank.lockers.tile(1).is_free


def test_double_taps_say_it_once(walk, bank, core, visits) -> None:
    for _ in range(2):
        walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)
        walk.has_property(2, by=OFFICER, visit_id=visits[1].id, description="tas")
        walk.not_opened(4, by=OFFICER, visit_id=visits[2].id)

    looked = [line for line in core.journal.latest(100) if line.action == "closing.looked"]
    assert len(looked) == 3
    assert len(bank.found_property.kept()) == 1


def test_something_else_cannot_be_said_of_a_locker_that_was_seen(walk, visits) -> None:
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    with pytest.raises(Refused, match="sudah diperiksa"):
        walk.has_property(1, by=OFFICER, visit_id=visits[0].id, description="tas")
    with pytest.raises(Refused, match="sudah diperiksa"):
        walk.not_opened(1, by=OFFICER, visit_id=visits[0].id)


def test_a_card_that_is_out_of_date_frees_nobody_elses_locker(walk, core, bank, visits) -> None:
    bank.lockers.release(visits[0].id, by=OFFICER)
    late = new_visit(core, bank)
    bank.lockers.assign(late.id, by=OFFICER, number=1)

    with pytest.raises(Refused, match="pengunjung lain"):
        walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    assert bank.lockers.of_visit(late.id).number == 1


def test_a_locker_handed_out_again_during_the_walk_is_passed_again(
    walk, core, bank, visits, clock
) -> None:
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)
    clock.advance(60)
    late = new_visit(core, bank)
    bank.lockers.assign(late.id, by=OFFICER, number=1)

    assert stops(walk) == [1, 2, 4]
    clock.advance(60)
    walk.is_empty(1, by=OFFICER, visit_id=late.id)

    assert stops(walk) == [2, 4]
    assert bank.lockers.tile(1).is_free


def test_given_back_at_the_desk_meanwhile(walk, bank, visits) -> None:
    bank.checkout.locker_is_empty(visits[0].id, by=OFFICER)

    assert stops(walk) == [2, 4]
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)  # it was still on somebody's screen

    assert walk.current().looks[0].visit_label == ""


def test_a_locker_left_for_another_is_looked_into_too(walk, bank, visits, clock) -> None:
    bank.lockers.moves.move(visits[0].id, to=3, by=OFFICER, reason="terlalu kecil")
    assert stops(walk) == [1, 2, 3, 4]

    walk.is_empty(1, by=OFFICER, visit_id=None)

    assert bank.lockers.tile(1).is_free
    assert bank.lockers.of_visit(visits[0].id).number == 3


def test_opening_a_door_of_the_walk(walk, bank) -> None:
    before = DoorCommand.select().count()

    for _ in range(2):
        walk.open(2, by=OFFICER)

    command = bank.lockers.tile(2).command
    assert (command.purpose, command.reason) == ("staff", "Keliling tutup layanan")
    assert DoorCommand.select().count() == before + 1
    with pytest.raises(NotFound):
        walk.open(9, by=OFFICER)


def test_without_a_walk_nothing_is_opened_and_nothing_said(bank, visits) -> None:
    before = DoorCommand.select().count()

    with pytest.raises(Refused, match="Mulai keliling"):
        bank.closing.open(1, by=OFFICER)
    with pytest.raises(Refused, match="Mulai keliling"):
        bank.closing.is_empty(1, by=OFFICER, visit_id=visits[0].id)
    with pytest.raises(NotFound):
        bank.closing.finish(by=OFFICER)
    with pytest.raises(NotFound):
        bank.closing.get(1)

    assert DoorCommand.select().count() == before
    assert bank.closing.stops() == ()


def test_another_officer_goes_on_after_a_power_cut(walk, core, visits, clock) -> None:
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)
    clock.reboot(off_s=600)

    again = build_services(core).closing
    same = again.start("every", by=OTHER)

    assert (same.started_by, same.scope) == ("petugas", "used")
    assert stops(again) == [2, 4]
    again.is_empty(2, by=OTHER, visit_id=visits[1].id)
    assert [look.by for look in again.current().looks] == ["petugas", "wati"]


def test_finishing_ends_it_once_and_keeps_what_was_found(walk, core, visits) -> None:
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)

    first, second = walk.finish(by=OTHER), walk.finish(by=OFFICER)

    assert (first, first.ended_by) == (second, "wati")
    assert walk.current() is None
    assert walk.last() == walk.get(first.id) == first
    assert [look.locker for look in first.looks] == [1]
    ended = [line for line in core.journal.latest(100) if line.action == "closing.ended"]
    assert len(ended) == 1


def test_no_time_frees_a_locker_that_was_not_looked_into(walk, bank, visits, clock) -> None:
    walk.is_empty(1, by=OFFICER, visit_id=visits[0].id)
    walk.finish(by=OFFICER)

    clock.advance(DAY_S)
    bank.visits.close_day()

    assert [tile.number for tile in walk.taken_home()] == [2, 4]
    assert [tile.number for tile in walk.in_use()] == [2, 4]


def test_today_nobody_has_taken_anything_home(bank, visits) -> None:
    assert bank.closing.taken_home() == ()
    assert len(bank.closing.in_use()) == 3


def test_the_database_knows_one_walk_at_a_time(walk, core) -> None:
    import peewee

    from appliance.storage.models import ClosingWalk

    row = {"uuid": "x", "business_date": "2026-11-23", "scope": "used", "started_by": "x"}
    with pytest.raises(peewee.IntegrityError):
        core.writer.run(lambda: ClosingWalk.create(**row, started_at=dt.datetime.now(dt.UTC)))


@pytest.mark.parametrize(
    ("local", "left_min", "warned"),
    [("14:59", 31, None), ("15:00", 30, 30), ("15:14", 16, 30), ("15:15", 15, 15),
     ("15:25", 5, 5), ("15:29", 1, 5), ("15:30", 0, None), ("18:00", -150, None)],
)  # fmt: skip
def test_how_long_the_room_is_still_open(bank, clock, local, left_min, warned) -> None:
    hour, minute = map(int, local.split(":"))
    clock.jump((hour - 9) * 3600 + minute * 60)  # it is nine in the morning

    closing = bank.closing.time()

    assert (closing.left_s / 60, closing.warned_minutes) == (left_min, warned)
    assert closing.is_over == (left_min <= 0)


def test_on_a_day_off_and_without_a_clock_nobody_is_warned(bank, clock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    assert bank.closing.time() is None
    clock.set_quality(ClockQuality.SYNCED)
    clock.advance(6 * DAY_S)  # Sunday
    assert bank.closing.time() is None
