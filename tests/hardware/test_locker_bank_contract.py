"""What every locker bank promises, whatever is behind it."""

from collections.abc import Callable, Iterator

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.absent import AbsentLockerBank
from hardware.interfaces import DeviceBusy, DeviceUnavailable, DoorState, LockerBank
from hardware.lockers_gpio import GpioLockerBank
from hardware.simulated import SimulatedLockerBank, simulated_wiring

DRIVERS: dict[str, Callable[[], LockerBank]] = {
    "gpio": lambda: GpioLockerBank(simulated_wiring(4, pulse_s=0.05), MockFactory()),
    "gpio without sensors": lambda: GpioLockerBank(
        simulated_wiring(4, sensors=False, pulse_s=0.05), MockFactory()
    ),
    "simulated": lambda: SimulatedLockerBank(simulated_wiring(4, pulse_s=0.05)),
    "none": AbsentLockerBank,
}


@pytest.fixture(params=DRIVERS)
def bank(request: pytest.FixtureRequest) -> Iterator[LockerBank]:
    opened = DRIVERS[request.param]()
    yield opened
    opened.close()


def test_numbers_are_ascending_and_start_at_one_or_later(bank: LockerBank) -> None:
    assert list(bank.numbers) == sorted(set(bank.numbers))
    assert all(number >= 1 for number in bank.numbers)


def test_every_door_has_a_state_and_none_without_a_sensor(bank: LockerBank) -> None:
    for number in bank.numbers:
        assert isinstance(bank.door(number), DoorState)
        assert (bank.door(number) is DoorState.UNKNOWN) is not bank.has_sensor(number)


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
