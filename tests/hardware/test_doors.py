"""Doors as the simulated room plays them and the GPIO bank sees them, faults included."""

import time
from dataclasses import replace

import pytest

from hardware.interfaces import DeviceFault, DoorState
from hardware.simulated import (
    RoomTiming,
    SimulatedLockerBank,
    simulated_wiring,
)
from tests.hardware.conftest import Changes

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN


def test_a_pulse_opens_the_door_and_somebody_shuts_it() -> None:
    bank = SimulatedLockerBank(simulated_wiring(2, pulse_s=0.08), RoomTiming(0.05, 0.2))
    changes = bank.on_door_change = Changes()

    bank.pulse(2)

    assert changes.next() == (2, OPEN)
    assert changes.next() == (2, CLOSED)
    (opened_s, _), (shut_s, _) = bank.world.locker(2).moves
    assert shut_s - opened_s >= 0.19
    bank.close()


def test_doors_are_closed_at_first_and_that_is_no_change(
    room: SimulatedLockerBank, changes: Changes
) -> None:
    assert [room.door(number) for number in room.numbers] == [CLOSED] * 8
    assert changes.none_within(0.1)


def test_the_time_of_a_change_is_that_of_its_first_edge() -> None:
    wiring = replace(simulated_wiring(1), bounce_s=0.5)
    bank = SimulatedLockerBank(wiring)
    seen: list[float] = []
    changes = Changes()

    def listen(number: int, state: DoorState, at_s: float) -> None:
        seen.append(at_s)
        changes(number, state, at_s)

    bank.on_door_change = listen
    before_s = time.monotonic()
    bank.world.locker(1).force()
    changes.next()

    moved_s = bank.world.locker(1).moves[0][0]
    bank.close()
    assert before_s <= moved_s <= seen[0] < moved_s + wiring.bounce_s


def test_a_jammed_door_stays_closed_until_freed(
    room: SimulatedLockerBank, changes: Changes, seconds: object
) -> None:
    room.world.locker(3).jam()

    room.pulse(3)

    assert len(room.world.locker(3).pulses()) == 1
    assert changes.none_within(0.15)
    assert room.door(3) is CLOSED
    room.world.locker(3).free()
    seconds.advance(2)
    room.pulse(3)
    assert changes.next() == (3, OPEN)


def test_a_forced_door_is_seen_without_a_pulse(room: SimulatedLockerBank, changes: Changes) -> None:
    room.world.locker(4).force()

    assert changes.next() == (4, OPEN)
    assert room.world.locker(4).pulses() == ()


def test_a_door_held_open_is_not_shut_by_itself() -> None:
    bank = SimulatedLockerBank(simulated_wiring(1, pulse_s=0.08), RoomTiming(0.05, 0.05))
    changes = bank.on_door_change = Changes()
    bank.world.locker(1).hold_open()

    bank.pulse(1)

    assert changes.next() == (1, OPEN)
    assert changes.none_within(0.2)
    bank.world.locker(1).shut()
    assert changes.next() == (1, CLOSED)
    bank.close()


def test_a_chattering_contact_is_one_change(room: SimulatedLockerBank, changes: Changes) -> None:
    room.world.locker(5).bounces = 5

    room.world.locker(5).force()

    assert changes.next() == (5, OPEN)
    assert changes.none_within(0.1)
    assert len(room.world.locker(5)._door.states) >= 11


def test_a_slow_door_is_seen_late(room: SimulatedLockerBank, changes: Changes) -> None:
    room.world.locker(6).lag_s = 0.3

    room.pulse(6)

    assert room.door(6) is CLOSED
    assert changes.next() == (6, OPEN)
    (on_s, _), (moved_s, _) = room.world.locker(6).pulses()[0], room.world.locker(6).moves[0]
    assert moved_s - on_s >= 0.29


def test_a_cut_cable_reads_open_though_the_door_is_not(
    room: SimulatedLockerBank, changes: Changes
) -> None:
    room.world.locker(7).cut_cable()

    assert changes.next() == (7, OPEN)
    assert room.world.locker(7).state is CLOSED
    room.world.locker(7).mend_cable()
    assert changes.next() == (7, CLOSED)


def test_a_vanished_board_is_unknown_and_refuses_until_it_comes_back(
    room: SimulatedLockerBank, changes: Changes, seconds: object
) -> None:
    room.world.vanish()

    assert room.door(1) is UNKNOWN
    with pytest.raises(DeviceFault, match="gone"):
        room.pulse(1)
    assert {changes.next() for _ in room.numbers} == {(n, UNKNOWN) for n in room.numbers}
    room.world.come_back()
    assert {changes.next() for _ in room.numbers} == {(n, CLOSED) for n in room.numbers}
    seconds.advance(2)
    room.pulse(1)
    assert changes.next() == (1, OPEN)


def test_a_listener_that_raises_misses_nothing_later(
    room: SimulatedLockerBank, changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    changes.fails = True

    room.pulse(1)

    assert changes.next() == (1, OPEN)
    room.world.locker(1).shut()
    assert changes.next() == (1, CLOSED)
    assert room.world.locker(1).pulses()[0][1] - room.world.locker(1).pulses()[0][0] < 1.0
    assert "the listener of door 1 failed" in caplog.text


def test_an_edge_that_got_lost_is_found_by_the_next_poll(
    room: SimulatedLockerBank, changes: Changes
) -> None:
    door = room.world.locker(2)._door
    door.when_changed = None

    room.world.locker(2).force()

    assert changes.next() == (2, OPEN)


def test_contacts_to_the_supply_read_the_same() -> None:
    wiring = simulated_wiring(2, pulse_s=0.08)
    bank = SimulatedLockerBank(
        type(wiring)(
            solenoid_pins=wiring.solenoid_pins, door_pins=wiring.door_pins, closed_level="high"
        )
    )
    changes = bank.on_door_change = Changes()

    assert bank.door(1) is CLOSED
    bank.world.locker(1).force()
    assert changes.next() == (1, OPEN)
    bank.close()
