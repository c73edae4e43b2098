"""The GPIO bank keeps every coil safe, whatever happens around a pulse."""

import time
from collections.abc import Callable
from itertools import pairwise
from threading import Barrier, Event, Thread

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.interfaces import DeviceBusy, DeviceFault, DeviceUnavailable
from hardware.lockers_gpio import GpioLockerBank
from hardware.simulated import SimulatedLockerBank
from hardware.wiring import GpioWiring
from tests.hardware.conftest import WAIT_S, FakeSeconds


def levels(pin: MockPin) -> list[bool]:
    return [state.state for state in pin.states]


def in_thread(call: Callable[[], None]) -> tuple[Thread, list[BaseException]]:
    """Run `call` elsewhere; what it raises is in the list after the join."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except (DeviceFault, DeviceUnavailable) as error:
            raised.append(error)

    thread = Thread(target=run)
    thread.start()
    return thread, raised


def test_outputs_are_low_from_the_start(bank: GpioLockerBank, pin_factory: MockFactory) -> None:
    for line in (12, 13, 16):
        pin = pin_factory.pin(line)
        assert pin.function == "output"
        assert levels(pin) == [False]


def test_a_pulse_goes_on_once_and_off_once(bank: GpioLockerBank, pin_factory: MockFactory) -> None:
    bank.pulse(1)

    pin = pin_factory.pin(12)
    assert levels(pin) == [False, True, False]
    # Never shorter than asked; never longer than the second timer allows, even on a busy machine.
    assert 0.05 <= pin.states[2].timestamp < 0.8 + 0.2
    assert len(pin_factory.pin(13).states) == 1


def test_a_pulse_that_cannot_start_leaves_the_coil_off(room: SimulatedLockerBank) -> None:
    coil = room.world.locker(1)._coil

    def burn() -> None:
        raise OSError("short circuit")

    coil.on_rise = burn

    with pytest.raises(DeviceFault, match="short circuit"):
        room.pulse(1)

    assert levels(coil) == [False, True, False]


def test_closing_in_mid_pulse_cuts_it(room: SimulatedLockerBank) -> None:
    room = SimulatedLockerBank(GpioWiring(solenoid_pins={1: 12}, pulse_s=0.7))
    coil, is_on = room.world.locker(1)._coil, Event()
    coil.on_rise = is_on.set
    thread, raised = in_thread(lambda: room.pulse(1))
    assert is_on.wait(WAIT_S)

    room.close()

    thread.join(WAIT_S)
    assert levels(coil) == [False, True, False]
    assert coil.function == "input"
    assert coil.pulses[0][1] - coil.pulses[0][0] < 0.6
    assert isinstance(raised[0], DeviceFault)
    assert "cut short" in str(raised[0])


def test_all_off_ends_a_running_pulse_and_the_bank_goes_on(seconds: FakeSeconds) -> None:
    room = SimulatedLockerBank(
        GpioWiring(solenoid_pins={1: 12, 2: 13}, pulse_s=0.7, stagger_s=0), clock=seconds
    )
    coil, is_on = room.world.locker(1)._coil, Event()
    coil.on_rise = is_on.set
    thread, raised = in_thread(lambda: room.pulse(1))
    assert is_on.wait(WAIT_S)

    room.all_off()

    thread.join(WAIT_S)
    assert not coil.state
    assert isinstance(raised[0], DeviceFault)
    room.pulse(2)
    room.close()


class StuckPulse:
    """A pulse whose own timer never comes; only a cut from outside ends it."""

    def __init__(self, pin: MockPin) -> None:
        self._pin = pin
        self._cut = Event()

    def start(self, pulse_s: float) -> None:
        self._pin.state = 1

    def wait(self, pulse_s: float) -> bool:
        return not self._cut.wait(WAIT_S)

    def cut(self) -> None:
        if self._pin.function == "output":
            self._pin.state = 0
        self._cut.set()


def test_the_second_timer_cuts_when_the_first_does_not_come(
    bank: GpioLockerBank, pin_factory: MockFactory
) -> None:
    pin = pin_factory.pin(12)
    bank._coils[1]._pulse = StuckPulse(pin)

    with pytest.raises(DeviceFault, match=r"cut after 0\.8 s"):
        bank.pulse(1)

    assert levels(pin) == [False, True, False]
    assert 0.7 < pin.states[2].timestamp < 2.0


class LateOwner(StuckPulse):
    """A pulse that ends in time, which its owner only sees after the second timer has come."""

    def wait(self, pulse_s: float) -> bool:
        self._pin.state = 0
        return not self._cut.wait(0.3)


def test_an_owner_that_is_late_to_see_the_end_is_no_fault(pin_factory: MockFactory) -> None:
    wiring = GpioWiring(solenoid_pins={1: 12}, pulse_s=0.05, max_on_s=0.1)
    bank = GpioLockerBank(wiring, pin_factory)
    bank._coils[1]._pulse = LateOwner(pin_factory.pin(12))

    bank.pulse(1)

    assert levels(pin_factory.pin(12)) == [False, True, False]
    bank.close()


def test_an_output_that_stays_on_is_a_fault(bank: GpioLockerBank, pin_factory: MockFactory) -> None:
    pin = pin_factory.pin(12)
    pin._get_state = lambda: True

    with pytest.raises(DeviceFault, match="still reads as on"):
        bank.pulse(1)


@pytest.mark.parametrize("way", ["on", "toggle"])
def test_a_solenoid_cannot_be_switched_on_without_a_bound(bank: GpioLockerBank, way: str) -> None:
    solenoid = bank._coils[1]

    with pytest.raises(DeviceFault, match="bounded pulse"):
        getattr(solenoid, way)()

    solenoid.off()
    assert not solenoid.value


def test_eight_threads_never_have_two_coils_on(room: SimulatedLockerBank) -> None:
    barrier = Barrier(8)
    refused = []

    def open_soon(number: int) -> None:
        barrier.wait(WAIT_S)
        while True:
            try:
                return room.pulse(number)
            except DeviceBusy as busy:
                refused.append(number)
                time.sleep(busy.retry_after_s / 4)

    threads = [in_thread(lambda n=n: open_soon(n)) for n in room.numbers]
    for thread, raised in threads:
        thread.join(WAIT_S)
        assert not raised

    pulses = sorted(pulse for n in room.numbers for pulse in room.world.locker(n).pulses())
    assert len(pulses) == 8
    assert len(refused) >= 7
    for (_, off_s), (on_s, _) in pairwise(pulses):
        assert off_s <= on_s


def test_coils_of_different_lockers_leave_the_supply_a_pause(pin_factory: MockFactory) -> None:
    bank = SimulatedLockerBank(
        GpioWiring(solenoid_pins={1: 12, 2: 13}, pulse_s=0.05, stagger_s=0.15)
    )

    bank.pulse(1)
    bank.pulse(2)

    first, second = bank.world.locker(1).pulses()[0], bank.world.locker(2).pulses()[0]
    bank.close()
    assert second[0] - first[1] >= 0.145


def test_a_coil_must_rest_but_its_neighbour_need_not(
    room: SimulatedLockerBank, seconds: FakeSeconds
) -> None:
    room.pulse(1)
    seconds.advance(1.4)

    with pytest.raises(DeviceBusy) as refusal:
        room.pulse(1)
    assert refusal.value.retry_after_s == pytest.approx(0.1)
    seconds.advance(0.15)
    room.pulse(2)
    seconds.advance(0.15)
    room.pulse(1)

    assert len(room.world.locker(1).pulses()) == 2


def test_lines_that_cannot_be_claimed_are_unavailable_and_all_others_released(
    pin_factory: MockFactory, wiring: GpioWiring
) -> None:
    class BusyPin(MockPin):
        def _set_function(self, value: str) -> None:
            if value == "output":
                raise OSError("GPIO busy")
            super()._set_function(value)

    pin_factory.pin(13, pin_class=BusyPin)

    with pytest.raises(DeviceUnavailable, match="GPIO busy"):
        GpioLockerBank(wiring, pin_factory)

    assert pin_factory.pin(12).function == "input"
    assert not pin_factory.pin(12).state


def test_closing_gives_the_lines_back_for_the_next_bank(
    bank: GpioLockerBank, pin_factory: MockFactory, wiring: GpioWiring
) -> None:
    bank.close()

    again = GpioLockerBank(wiring, pin_factory)

    again.pulse(1)
    again.close()
    assert pin_factory.pin(12).function == "input"
