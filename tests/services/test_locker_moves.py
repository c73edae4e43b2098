"""Things carried from one locker to another: nothing is freed but by a person."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from appliance.actor import SYSTEM
from appliance.bootstrap import build_services
from appliance.errors import Invalid, NotFound, Refused
from appliance.lockers.choosing import Size
from appliance.lockers.outcomes import DoorOutcomes
from appliance.storage.models import DoorCommand, Locker, LockerMove, LockerSession
from tests.services.library import OFFICER, new_visit

WHY = "pintunya macet"


@pytest.fixture
def bank(services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=SYSTEM)
    return services


@pytest.fixture
def holder(bank, core, clock):
    """A visit whose things are in locker 1 since a minute."""
    visit = new_visit(core, bank)
    bank.lockers.assign(visit.id, by=OFFICER, number=1)
    clock.advance(60)
    return visit


def carry_out_all(core, clock) -> list[int]:
    """What the lockers process does, without doors: the numbers in the order of their pulses."""
    outcomes = DoorOutcomes(books=core.books)
    numbers = []
    while (claimed := outcomes.claim_next()) is not None:
        if outcomes.is_due(claimed.id):
            numbers.append(claimed.number)
    return numbers


def test_both_doors_open_the_old_one_first(bank, core, holder, clock) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    assert carry_out_all(core, clock) == [1, 4]
    assert bank.lockers.of_visit(holder.id).number == 4
    assert LockerSession.select().count() == 1
    moved = next(entry for entry in core.journal.latest() if entry.action == "locker.moved")
    assert (moved.subject, moved.reason) == (f"visit/{holder.uuid}", WHY)


def test_the_second_door_waits_for_the_first(bank, core, holder, clock) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)
    clock.advance(5.5)

    assert carry_out_all(core, clock) == [4]


def test_the_locker_left_behind_is_free_only_when_somebody_saw_it_empty(bank, core, holder) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    left = bank.lockers.tile(1)
    assert (left.state, left.moved_to, left.visit_id) == ("blocked", 4, None)
    assert 1 not in bank.lockers.free_numbers()
    bank.lockers.set_condition(1, "usable", by=OFFICER)
    assert 1 not in bank.lockers.free_numbers()
    assert bank.lockers.assign(new_visit(core, bank).id, by=OFFICER, number=1).number == 2

    assert bank.lockers.moves.emptied(1, by=OFFICER)

    assert bank.lockers.tile(1).is_free
    assert core.journal.latest(1)[0].action == "locker.emptied"


def test_saying_it_twice_changes_nothing(bank, core, holder) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)
    assert bank.lockers.moves.emptied(1, by=OFFICER)
    lines = core.journal.newest_seq()

    assert not bank.lockers.moves.emptied(1, by=OFFICER)
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    assert core.journal.newest_seq() == lines
    assert DoorCommand.select().count() == 3


def test_the_end_of_the_visit_does_not_free_the_locker_left_behind(bank, holder) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    bank.lockers.release(holder.id, by=OFFICER)

    assert bank.lockers.tile(4).is_free
    assert not bank.lockers.tile(1).is_free


def test_a_move_may_be_taken_back(bank, holder, clock) -> None:
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)
    clock.advance(60)

    bank.lockers.moves.move(holder.id, to=1, by=OFFICER, reason="ternyata bisa")

    assert bank.lockers.of_visit(holder.id).number == 1
    assert bank.lockers.tile(1).moved_to is None
    assert bank.lockers.tile(4).moved_to == 1


def test_a_broken_locker_stays_broken_when_it_was_emptied(bank, holder) -> None:
    bank.lockers.set_condition(1, "broken", by=OFFICER, note="engsel lepas")
    bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    bank.lockers.moves.emptied(1, by=OFFICER)

    assert (bank.lockers.tile(1).state, bank.lockers.tile(1).note) == ("broken", "engsel lepas")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "kunci\x1b[2J"])
def test_a_move_needs_a_reason_that_can_be_read(bank, holder, reason) -> None:
    with pytest.raises(Invalid):
        bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=reason)


def test_what_cannot_be_moved_is_said_and_nothing_changes(bank, core, holder, clock) -> None:
    other = new_visit(core, bank)
    bank.lockers.assign(other.id, by=OFFICER, number=2)
    bank.lockers.set_condition(3, "broken", by=OFFICER, note="engsel lepas")
    without = new_visit(core, bank)
    clock.advance(60)
    before = core.journal.newest_seq()
    move = bank.lockers.moves.move

    for to in (2, 3):
        with pytest.raises(Refused, match="tidak bebas"):
            move(holder.id, to=to, by=OFFICER, reason=WHY)
    with pytest.raises(NotFound):
        move(holder.id, to=99, by=OFFICER, reason=WHY)
    with pytest.raises(NotFound):
        move(without.id, to=5, by=OFFICER, reason=WHY)
    with pytest.raises(NotFound):
        bank.lockers.moves.emptied(99, by=OFFICER)

    assert core.journal.newest_seq() == before
    assert LockerMove.select().count() == 0


def test_a_closed_visit_keeps_its_things_where_they_are(bank, holder) -> None:
    bank.visits.close(holder.id, by=OFFICER, state="closed_by_staff", reason="pulang")

    with pytest.raises(Refused, match="sudah ditutup"):
        bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)


def test_nothing_moves_while_one_of_the_doors_is_being_opened(bank, holder) -> None:
    bank.lockers.open_for(4, by=OFFICER, reason="dilihat")

    with pytest.raises(Refused, match="sedang dibuka"):
        bank.lockers.moves.move(holder.id, to=4, by=OFFICER, reason=WHY)

    assert bank.lockers.of_visit(holder.id).number == 1
    assert bank.lockers.tile(1).moved_to is None


def test_fifty_at_once_move_and_are_assigned_into_two_lockers(bank, core, clock) -> None:
    for number in (3, 4):
        bank.lockers.set_condition(number, "broken", by=OFFICER, note="engsel lepas")
    holders = [new_visit(core, bank) for _ in range(2)]
    for number, visit in enumerate(holders, start=1):
        bank.lockers.assign(visit.id, by=OFFICER, number=number)
    clock.advance(60)
    others = [new_visit(core, bank) for _ in range(25)]
    another = build_services(core)
    together = threading.Barrier(50)

    def race(place: int) -> None:
        service = (bank if place % 2 else another).lockers
        together.wait()
        try:
            if place < 25:
                service.moves.move(holders[place % 2].id, to=5, by=OFFICER, reason=WHY)
            else:
                service.assign(others[place - 25].id, by=OFFICER, number=5 + place % 2)
        except Refused:
            pass

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(race, range(50)))

    used = [row.locker.number for row in LockerSession.select(LockerSession, Locker).join(Locker)]
    assert len(used) == len(set(used)), "one locker for two visits"
    assert {5, 6} <= set(used)
    left = [move.left.number for move in LockerMove.select()]
    assert len(left) == len(set(left)) <= 1, "locker 5 was taken more than once"
    assert not set(left) & set(used)


# Sizes


@pytest.fixture
def sized(bank, core):
    """Lockers 1 and 2 are large, 3 small, 4 to 6 of the usual size."""
    core.writer.run(lambda: Locker.update(size="L").where(Locker.number <= 2).execute())
    core.writer.run(lambda: Locker.update(size="S").where(Locker.number == 3).execute())
    return bank


def given(sized, core, size: Size | None) -> int:
    return sized.lockers.assign(new_visit(core, sized).id, by=OFFICER, size=size).number


def test_the_smallest_locker_that_fits_is_given(sized, core) -> None:
    assert [given(sized, core, size) for size in (Size.S, Size.S, Size.M, Size.L)] == [3, 4, 5, 1]
    assert given(sized, core, None) == 2


def test_no_locker_large_enough_is_said_and_a_smaller_one_stays_free(sized, core) -> None:
    for _ in range(2):
        given(sized, core, Size.L)

    with pytest.raises(Refused, match="cukup besar"):
        given(sized, core, Size.L)

    assert [(one.number, one.size) for one in sized.lockers.free()] == [
        (3, Size.S),
        (4, Size.M),
        (5, Size.M),
        (6, Size.M),
    ]


# What a door was told


def test_sent_seen_open_and_seen_shut_are_told_apart(bank, core, holder, clock) -> None:
    bank.lockers.open_again(holder.id, by=OFFICER)
    outcomes = DoorOutcomes(books=core.books)
    claimed = outcomes.claim_next()
    outcomes.pulsed(claimed.id)
    outcomes.seen_open(claimed.id)

    newest, first = bank.lockers.history(1)

    assert (newest.purpose, newest.by) == ("again", "officer:petugas")
    assert None not in (newest.sent_at, newest.open_seen_at)
    assert newest.closed_seen_at is None
    assert (first.outcome, first.sent_at) == ("expired", None)


def test_the_history_of_a_door_is_short_and_its_own(bank, clock) -> None:
    for _ in range(25):
        bank.lockers.open_for(1, by=OFFICER, reason="uji")
        clock.advance(10)
    bank.lockers.open_for(2, by=OFFICER, reason="lain")

    assert len(bank.lockers.history(1)) == 20
    assert {entry.reason for entry in bank.lockers.history(1)} == {"uji"}
    with pytest.raises(NotFound):
        bank.lockers.history(99)
