"""Doors that are asked: which readings are a change, and when it happened."""

from hardware.door_readings import DoorReadings
from hardware.interfaces import DoorState

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN


def test_a_door_is_unknown_until_it_is_read_once() -> None:
    readings = DoorReadings([1], settle_s=0.05)

    assert readings.state(1) is UNKNOWN
    assert readings.take(10.0, {1: CLOSED}) == [(1, CLOSED, 10.0)]
    assert readings.take(10.2, {1: CLOSED}) == []


def test_a_change_counts_once_it_has_settled_and_dates_from_its_first_reading() -> None:
    readings = DoorReadings([1], settle_s=0.05)
    readings.take(10.0, {1: CLOSED})

    assert readings.take(10.2, {1: OPEN}) == []
    assert readings.is_moving
    assert readings.state(1) is CLOSED
    assert readings.take(10.24, {1: OPEN}) == []
    assert readings.take(10.26, {1: OPEN}) == [(1, OPEN, 10.2)]
    assert not readings.is_moving


def test_a_contact_that_falls_back_has_not_changed() -> None:
    readings = DoorReadings([1], settle_s=0.05)
    readings.take(10.0, {1: CLOSED})
    readings.take(10.2, {1: OPEN})

    assert readings.take(10.25, {1: CLOSED}) == []
    assert not readings.is_moving
    assert readings.take(10.3, {1: OPEN}) == []


def test_a_board_that_goes_or_comes_changes_its_doors_at_once() -> None:
    readings = DoorReadings([1], settle_s=0.05)
    readings.take(10.0, {1: CLOSED})
    readings.take(10.2, {1: OPEN})

    assert readings.take(10.21, {1: UNKNOWN}) == [(1, UNKNOWN, 10.21)]
    assert not readings.is_moving
    assert readings.take(10.3, {1: OPEN}) == [(1, OPEN, 10.3)]


def test_each_door_settles_for_itself() -> None:
    readings = DoorReadings([1, 2], settle_s=0.05)
    readings.take(10.0, {1: CLOSED, 2: CLOSED})
    readings.take(10.25, {1: OPEN, 2: CLOSED})

    assert readings.take(10.5, {1: OPEN, 2: OPEN}) == [(1, OPEN, 10.25)]
    assert readings.take(10.75, {1: OPEN, 2: OPEN}) == [(2, OPEN, 10.5)]
