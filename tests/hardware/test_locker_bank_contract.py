"""What every locker bank promises, whatever is behind it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.absent import AbsentLockerBank
from hardware.interfaces import (
    DeviceBusy,
    DeviceFault,
    DeviceUnavailable,
    DoorState,
    LockerBank,
)
from hardware.lockers_gpio import GpioLockerBank
from hardware.simulated import simulated_wiring
from hardware.simulated_steering import simulated_lockers, simulated_rows
from tests.hardware.conftest import WAIT_S, Changes
from tests.hardware.locker_rooms import ROOMS, board_bank, mixed_bank, pin_bank, soon

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN


def missing() -> LockerBank:
    raise DeviceUnavailable("no such chip")


DRIVERS: dict[str, Callable[[], LockerBank]] = ROOMS | {
    "bare gpio": lambda: GpioLockerBank(simulated_wiring(4, pulse_s=0.05), MockFactory()),
    "gpio without sensors": lambda: pin_bank(sensors=False),
    "shift register without sensors": lambda: pin_bank("shift_register", sensors=False),
    "cu16 without sensors": lambda: board_bank("cu16", sensors=False),
    "8a without sensors": lambda: board_bank("8a", sensors=False),
    "waveshare without sensors": lambda: board_bank("waveshare", sensors=False),
    "none": AbsentLockerBank,
}


@pytest.fixture(params=DRIVERS)
def bank(request: pytest.FixtureRequest) -> Iterator[LockerBank]:
    opened = DRIVERS[request.param]()
    yield opened
    opened.close()


@pytest.fixture(params=ROOMS)
def room(request: pytest.FixtureRequest) -> Iterator[LockerBank]:
    """A bank that sees its doors, and whose doors can be disturbed."""
    opened = ROOMS[request.param]()
    yield opened
    opened.close()


@pytest.fixture
def changes(room: LockerBank) -> Changes:
    listener = Changes()
    room.on_door_change = listener
    return listener


def test_numbers_are_ascending_and_start_at_one_or_later(bank: LockerBank) -> None:
    assert list(bank.numbers) == sorted(set(bank.numbers))
    assert all(number >= 1 for number in bank.numbers)


def test_every_door_has_a_state_and_none_without_a_sensor(bank: LockerBank) -> None:
    for number in bank.numbers:
        assert isinstance(bank.door(number), DoorState)
        assert (bank.door(number) is UNKNOWN) is not bank.has_sensor(number)


def test_a_locker_rests_after_its_pulse(bank: LockerBank) -> None:
    for number in bank.numbers[:1]:
        bank.pulse(number)

        with pytest.raises(DeviceBusy) as refusal:
            bank.pulse(number)

        assert 0 < refusal.value.retry_after_s <= 1.5


@pytest.mark.parametrize("number", [0, -1, 49])
def test_a_number_not_in_the_bank_is_unavailable_for_good(bank: LockerBank, number: int) -> None:
    assert not bank.has_sensor(number)
    for call in (bank.pulse, bank.door):
        with pytest.raises(DeviceUnavailable) as refusal:
            call(number)
        assert refusal.value.permanent


def test_a_closed_bank_refuses_and_may_be_closed_and_switched_off_again(bank: LockerBank) -> None:
    bank.close()

    for call in (bank.pulse, bank.door):
        with pytest.raises(DeviceUnavailable):
            call(1)
    bank.all_off()
    bank.close()


def test_errors_are_also_the_builtins_that_fit(bank: LockerBank) -> None:
    with pytest.raises(ConnectionError):
        bank.pulse(49)
    assert issubclass(DeviceBusy, BlockingIOError)


def test_everything_may_be_switched_off_while_nothing_is_on(bank: LockerBank) -> None:
    bank.all_off()

    for number in bank.numbers[:1]:
        bank.pulse(number)


def test_a_pulse_opens_its_door_and_no_other(room: LockerBank, changes: Changes) -> None:
    room.pulse(3)

    assert changes.next() == (3, OPEN)
    assert room.door(3) is OPEN
    assert [room.door(number) for number in (1, 2, 4)] == [CLOSED] * 3
    doors = simulated_lockers(room)
    assert soon(lambda: [len(doors[n].pulses()) for n in room.numbers], [0, 0, 1, 0])
    doors[3].shut()
    assert changes.next() == (3, CLOSED)


def test_doors_are_closed_at_first_and_that_is_no_change(
    room: LockerBank, changes: Changes
) -> None:
    assert [room.door(number) for number in room.numbers] == [CLOSED] * 4
    assert changes.none_within(0.2)


def test_a_pulse_returns_after_its_time_and_one_coil_is_on_at_a_time(room: LockerBank) -> None:
    refusals: list[int] = []
    doors = simulated_lockers(room)
    together = threading.Barrier(4)

    def pulse(number: int) -> None:
        together.wait(WAIT_S)
        try:
            room.pulse(number)
        except DeviceBusy:
            refusals.append(number)

    threads = [threading.Thread(target=pulse, args=(number,)) for number in room.numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)

    assert soon(lambda: sum(len(door.pulses()) for door in doors.values()), 4 - len(refusals))
    fired = sorted(pulse for door in doors.values() for pulse in door.pulses())
    assert fired
    for (_, off_s), (on_s, _) in pairwise(fired):
        assert on_s >= off_s
    assert refusals, "four threads at once, and nobody was told to wait"


def test_a_jammed_door_stays_closed(room: LockerBank, changes: Changes) -> None:
    simulated_lockers(room)[2].jam()

    room.pulse(2)

    assert changes.none_within(0.3)
    assert room.door(2) is CLOSED


def test_a_forced_door_is_seen_without_a_pulse(room: LockerBank, changes: Changes) -> None:
    door = simulated_lockers(room)[4]

    door.force()

    assert changes.next() == (4, OPEN)
    assert door.pulses() == ()


def test_a_cut_cable_reads_open_though_the_door_is_not(room: LockerBank, changes: Changes) -> None:
    door = simulated_lockers(room)[1]

    door.cut_cable()

    assert changes.next() == (1, OPEN)
    assert door.state is CLOSED
    door.mend_cable()
    assert changes.next() == (1, CLOSED)


def test_a_listener_that_raises_misses_nothing_later(
    room: LockerBank, changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    changes.fails = True
    door = simulated_lockers(room)[1]

    door.force()
    assert changes.next() == (1, OPEN)
    door.shut()

    assert changes.next() == (1, CLOSED)
    assert "the listener of door 1 failed" in caplog.text


def test_what_vanished_is_unknown_and_refuses_until_it_comes_back(
    room: LockerBank, changes: Changes
) -> None:
    rows = simulated_rows(room)
    for row in rows:
        row.vanish()
        assert not row.is_present

    assert {changes.next() for _ in room.numbers} == {(n, UNKNOWN) for n in room.numbers}
    assert [room.door(number) for number in room.numbers] == [UNKNOWN] * 4
    for number in (1, 4):
        with pytest.raises((DeviceUnavailable, DeviceFault)) as refusal:
            room.pulse(number)
        assert not getattr(refusal.value, "permanent", False)

    for row in rows:
        row.come_back()
    assert {changes.next() for _ in room.numbers} == {(n, CLOSED) for n in room.numbers}
    room.pulse(2)
    assert changes.next() == (2, OPEN)


@pytest.mark.parametrize("driver", ROOMS)
def test_closing_in_the_middle_of_a_pulse_ends_every_thread_of_the_bank(driver: str) -> None:
    before = set(threading.enumerate())
    room = ROOMS[driver]()
    doors = simulated_lockers(room)
    started = threading.Event()
    doors[1]._coil.on_rise = started.set

    def pulse() -> None:
        with contextlib.suppress(DeviceUnavailable, DeviceFault):  # cut short
            room.pulse(1)

    pulsing = threading.Thread(target=pulse)
    pulsing.start()
    assert started.wait(WAIT_S)
    room.close()
    pulsing.join(WAIT_S)

    assert soon(lambda: set(threading.enumerate()) - before, set())


def test_a_mixture_with_everything_missing_knows_its_numbers_and_its_sensors() -> None:
    bank = mixed_bank(missing, missing)

    assert bank.numbers == (1, 2, 3, 4)
    assert all(bank.has_sensor(number) for number in bank.numbers)
    assert [bank.door(number) for number in bank.numbers] == [UNKNOWN] * 4
    with pytest.raises(DeviceUnavailable, match="bank 0 is not there") as refusal:
        bank.pulse(1)
    assert not refusal.value.permanent
    bank.all_off()
    bank.close()
