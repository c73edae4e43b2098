"""Door sensors over the kernel's own edges, with the test as the contact."""

import time
from queue import Empty, Queue

import pytest

from hardware.interfaces import DeviceUnavailable, DoorState
from tests.hardware.kernel.banks import COILS, DOORS, open_bank

WAIT_S = 10.0
OPEN, CLOSED = 1, 0  # a contact to ground, with the line's own pull-up


@pytest.fixture
def door(header):
    """The contact of locker 1; driven only after the driver claimed the line with its pull."""
    return header.line(DOORS[1])


@pytest.fixture
def seen(header):
    """A bank with both doors shut, and the queue of what it reports from then on."""
    changes: Queue[tuple[int, DoorState, float]] = Queue()
    with open_bank(poll_s=10.0) as bank:
        bank.on_door_change = lambda *change: changes.put(change)
        for line in DOORS.values():
            header.line(line).drive(CLOSED)
        shut = {changes.get(timeout=WAIT_S)[:2] for _ in DOORS}
        assert shut == {(number, DoorState.CLOSED) for number in DOORS}
        yield changes


def test_a_door_that_opens_and_shuts_is_seen_by_its_edges(door, seen):
    before_s = time.monotonic()
    door.drive(OPEN)
    number, state, at_s = seen.get(timeout=WAIT_S)

    assert (number, state) == (1, DoorState.OPEN)
    assert before_s <= at_s <= before_s + 0.2

    door.drive(CLOSED)

    assert seen.get(timeout=WAIT_S)[:2] == (1, DoorState.CLOSED)


def test_a_chattering_contact_is_one_change(door, seen):
    for _ in range(8):
        door.drive(OPEN)
        time.sleep(0.003)
        door.drive(CLOSED)
        time.sleep(0.003)
    door.drive(OPEN)

    assert seen.get(timeout=WAIT_S)[:2] == (1, DoorState.OPEN)
    with pytest.raises(Empty):
        seen.get(timeout=0.5)


def test_a_contact_that_comes_back_is_no_change(door, seen):
    door.drive(OPEN)
    time.sleep(0.01)
    door.drive(CLOSED)

    with pytest.raises(Empty):
        seen.get(timeout=0.5)


def test_both_doors_are_told_apart(header, seen):
    header.line(DOORS[2]).drive(OPEN)

    assert seen.get(timeout=WAIT_S)[:2] == (2, DoorState.OPEN)


def test_a_careless_listener_does_not_end_the_seeing(header, door):
    changes: Queue[DoorState] = Queue()

    def careless(_number: int, state: DoorState, _at_s: float) -> None:
        changes.put(state)
        raise RuntimeError("careless")

    with open_bank(poll_s=10.0) as bank:
        bank.on_door_change = careless
        for level, state in ((CLOSED, DoorState.CLOSED), (OPEN, DoorState.OPEN)) * 2:
            door.drive(level)

            assert changes.get(timeout=WAIT_S) is state


def test_a_door_without_a_sensor_is_unknown():
    with open_bank() as bank:
        assert bank.door(3) is DoorState.UNKNOWN


def test_a_line_that_another_program_holds_is_said(header):
    import lgpio

    handle = lgpio.gpiochip_open(header.number)
    lgpio.gpio_claim_output(handle, COILS[2], 0)
    try:
        with pytest.raises(DeviceUnavailable, match="busy"), open_bank():
            pass
    finally:
        lgpio.gpiochip_close(handle)

    with open_bank():
        pass
