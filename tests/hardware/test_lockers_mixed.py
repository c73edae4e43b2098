"""Several banks as one: routes, one supply, and banks that are missing."""

import threading

import pytest

from hardware.interfaces import DeviceBusy, DeviceFault, DeviceUnavailable, DoorState, LockerBank
from hardware.lockers_mixed import MixedLockerBank
from hardware.options import MixedLockerOptions, PlannedBank, SimulatedLockerOptions
from hardware.simulated_steering import simulated_lockers, simulated_rows
from tests.hardware.conftest import WAIT_S, Changes
from tests.hardware.locker_rooms import board_bank, mixed_bank, pin_bank, soon

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN


class Missing:
    """Opens a bank once `is_there` is set."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.is_there = False
        self.tries = 0
        self._numbers = numbers

    def __call__(self) -> LockerBank:
        self.tries += 1
        if not self.is_there:
            raise DeviceUnavailable("no such chip")
        return pin_bank(numbers=self._numbers)


def test_a_missing_bank_leaves_the_others_alone_and_is_found_later() -> None:
    absent = Missing((3, 4))
    bank = mixed_bank(lambda: pin_bank(numbers=(1, 2)), absent)
    changes = bank.on_door_change = Changes()

    assert bank.numbers == (1, 2, 3, 4)
    assert [bank.door(n) for n in bank.numbers] == [CLOSED, CLOSED, UNKNOWN, UNKNOWN]
    with pytest.raises(DeviceUnavailable, match="locker 3: bank 1 is not there"):
        bank.pulse(3)
    bank.pulse(1)
    assert changes.next() == (1, OPEN)

    absent.is_there = True
    assert {changes.next(), changes.next()} == {(3, CLOSED), (4, CLOSED)}
    bank.pulse(4)
    assert changes.next() == (4, OPEN)
    tries = absent.tries
    assert changes.none_within(0.2)
    assert absent.tries == tries, "a bank that is there is not opened again"
    bank.close()


def test_what_no_retry_can_help_is_raised_and_nothing_stays_open() -> None:
    opened: list[LockerBank] = []

    def first() -> LockerBank:
        opened.append(pin_bank(numbers=(1, 2)))
        return opened[0]

    def unsafe() -> LockerBank:
        raise DeviceUnavailable("outputs stay on", permanent=True)

    with pytest.raises(DeviceUnavailable, match="outputs stay on"):
        mixed_bank(first, unsafe)
    with pytest.raises(DeviceUnavailable, match="closed"):
        opened[0].door(1)


def test_one_coil_is_on_over_all_banks() -> None:
    # Long enough that a busy machine still asks for the other door while the coil is on.
    bank = mixed_bank(
        lambda: pin_bank(numbers=(1, 2), pulse_s=1.0), lambda: board_bank("8a", (3, 4))
    )
    started = threading.Event()
    doors = simulated_lockers(bank)
    doors[1]._coil.on_rise = started.set
    pulsing = threading.Thread(target=bank.pulse, args=(1,))
    pulsing.start()
    assert started.wait(WAIT_S)

    with pytest.raises(DeviceBusy, match="another coil"):
        bank.pulse(3)
    pulsing.join(WAIT_S)
    bank.pulse(3)

    assert soon(lambda: len(doors[3].pulses()), 1)
    ((_, off_s),) = doors[1].pulses()
    ((on_s, _),) = doors[3].pulses()
    assert on_s - off_s >= 0.049, "the supply had its pause"
    bank.close()


class Stubborn:
    """A bank that neither switches off nor closes."""

    numbers = (3, 4)

    def __init__(self) -> None:
        self.on_door_change = None
        self.is_closed = False

    def all_off(self) -> None:
        raise DeviceFault("the output refuses")

    def close(self) -> None:
        self.is_closed = True
        raise RuntimeError("hangs")


def test_a_bank_that_refuses_keeps_no_other_from_being_switched_off_and_closed() -> None:
    stubborn, other = Stubborn(), pin_bank(numbers=(1, 2))
    bank = mixed_bank(lambda: other, lambda: stubborn)

    with pytest.raises(DeviceFault, match="the output refuses"):
        bank.all_off()
    with pytest.raises(RuntimeError, match="hangs"):
        bank.close()

    assert stubborn.is_closed
    with pytest.raises(DeviceUnavailable, match="closed"):
        other.door(1)


def test_closing_ends_the_search_for_what_is_missing() -> None:
    bank = mixed_bank(Missing((1, 2)), Missing((3, 4)))
    bank.close()

    assert not bank._seeker.is_alive()
    with pytest.raises(DeviceUnavailable, match="closed"):
        bank.door(1)


def test_a_mixture_from_the_settings_is_steered_door_by_door() -> None:
    from hardware.factory import open_locker_bank

    rows = tuple(
        PlannedBank(
            name=f"bank {first}",
            kind="simulated",
            numbers=numbers,
            seen=frozenset(numbers),
            options=SimulatedLockerOptions(numbers=numbers, like=like),
        )
        for first, like in ((1, "gpio"), (13, "shift_register"), (25, "expander"))
        for numbers in [tuple(range(first, first + 12))]
    )
    bank = open_locker_bank("mixed", MixedLockerOptions(banks=rows))

    assert isinstance(bank, MixedLockerBank)
    assert bank.numbers == tuple(range(1, 37))
    assert [row.like for row in simulated_rows(bank)] == ["gpio", "shift_register", "expander"]
    assert all(row.faults is None for row in simulated_rows(bank))
    simulated_lockers(bank)[30].force()
    assert soon(lambda: bank.door(30), OPEN)
    bank.close()


def test_a_board_among_the_banks_lets_its_line_be_spoilt() -> None:
    bank = mixed_bank(lambda: pin_bank(numbers=(1, 2)), lambda: board_bank("cu16", (3, 4)))

    pins, board = simulated_rows(bank)

    assert pins.faults is None
    board.faults.drop = -1
    assert soon(lambda: bank.door(3), UNKNOWN)
    assert bank.door(1) is CLOSED
    bank.close()
