"""Shift registers let one coil through, for one bounded pulse, and none at any other time."""

import types
from collections.abc import Iterator
from itertools import pairwise
from threading import Event, Thread

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.interfaces import DeviceBusy, DeviceFault, DeviceUnavailable
from hardware.lockers_shift import ShiftChain, ShiftLockerBank
from hardware.simulated import ENABLE, SimulatedShiftBank, simulated_shift_wiring
from hardware.simulated_pins import Board
from hardware.simulated_registers import RegisterPin, SimulatedRegisters
from hardware.simulated_room import RoomTiming
from hardware.wiring import ShiftWiring
from tests.hardware.conftest import WAIT_S, FakeSeconds

PINS = {"data_pin": 12, "clock_pin": 13, "latch_pin": 16, "enable_pin": 17}


@pytest.fixture
def bank(seconds: FakeSeconds) -> Iterator[SimulatedShiftBank]:
    opened = SimulatedShiftBank(
        simulated_shift_wiring(48, pulse_s=0.06, stagger_s=0),
        RoomTiming(lag_s=0.05, shut_after_s=None),
        clock=seconds,
    )
    yield opened
    opened.close()


def registers(bank: SimulatedShiftBank) -> SimulatedRegisters:
    enable: RegisterPin = bank.world.factory.pin(ENABLE)
    return enable.on_change.__self__


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_word_arrives_at_the_outputs_as_it_was_meant(data: st.DataObject) -> None:
    length = data.draw(st.integers(1, 6)) * 8
    word = data.draw(st.integers(0, (1 << length) - 1))
    factory = MockFactory()
    wiring = ShiftWiring(outputs={1: length - 1}, **PINS)
    chips = SimulatedRegisters(wiring, factory, Board())

    ShiftChain(wiring, factory).show(word)

    assert wiring.length == length
    assert chips.latched == word


def test_chips_that_come_up_with_every_output_set_fire_nothing(bank: SimulatedShiftBank) -> None:
    assert registers(bank).latched == 0
    assert all(bank.world.locker(number).pulses() == () for number in bank.numbers)


def test_zeros_are_latched_before_the_enable_line_is_an_output() -> None:
    factory = MockFactory()
    wiring = simulated_shift_wiring(8, sensors=False)
    chips = SimulatedRegisters(wiring, factory, Board())
    latched_at_claim = []
    enable = factory.pin(ENABLE)
    claim = enable._set_function
    enable._set_function = lambda value: (
        latched_at_claim.append((value, chips.latched)),
        claim(value),
    )

    bank = ShiftLockerBank(wiring, factory)

    bank.close()
    assert latched_at_claim[0] == ("output", 0)


@pytest.mark.parametrize("number", [1, 8, 9, 48])
def test_a_pulse_energises_that_coil_alone_and_once(bank: SimulatedShiftBank, number: int) -> None:
    bank.pulse(number)

    pulses = {n: bank.world.locker(n).pulses() for n in bank.numbers}
    ((on_s, off_s),) = pulses.pop(number)
    assert 0.05 <= off_s - on_s < 0.8 + 0.2
    assert set(pulses.values()) == {()}
    assert registers(bank).latched == 0
    assert not bank.world.factory.pin(ENABLE).state


def test_two_coils_are_never_on_together(bank: SimulatedShiftBank, seconds: FakeSeconds) -> None:
    for number in (3, 4, 11, 3):
        bank.pulse(number)
        seconds.advance(2)

    pulses = sorted(p for n in bank.numbers for p in bank.world.locker(n).pulses())
    assert len(pulses) == 4
    for (_, off_s), (on_s, _) in pairwise(pulses):
        assert off_s <= on_s


def test_each_coil_rests_for_itself(bank: SimulatedShiftBank, seconds: FakeSeconds) -> None:
    bank.pulse(5)
    bank.pulse(6)

    with pytest.raises(DeviceBusy) as refusal:
        bank.pulse(5)

    assert refusal.value.retry_after_s == pytest.approx(1.5)
    seconds.advance(1.5)
    bank.pulse(5)


def test_a_word_with_two_bits_enables_nothing(bank: SimulatedShiftBank) -> None:
    bank._coils[2]._bit = 0b11

    with pytest.raises(DeviceFault, match="not exactly one output"):
        bank.pulse(2)

    assert all(bank.world.locker(number).pulses() == () for number in bank.numbers)
    assert registers(bank).latched == 0


def test_a_clock_line_that_does_not_move_enables_nothing(bank: SimulatedShiftBank) -> None:
    clock = bank.world.factory.pin(PINS["clock_pin"])
    clock._change_state = types.MethodType(lambda self, value: False, clock)

    with pytest.raises(DeviceFault, match="does not go high"):
        bank.pulse(2)

    assert all(bank.world.locker(number).pulses() == () for number in bank.numbers)


def test_an_enable_line_that_stays_on_is_a_fault_and_the_coil_goes_off_by_its_bit(
    bank: SimulatedShiftBank, seconds: FakeSeconds
) -> None:
    bank.world.locker(7).stuck_on()

    with pytest.raises(DeviceFault, match="still reads as on"):
        bank.pulse(7)
    seconds.advance(2)
    with pytest.raises(DeviceFault, match="on before the pulse"):
        bank.pulse(8)

    assert registers(bank).latched == 0
    assert len(bank.world.locker(7).pulses()) == 1
    assert bank.world.locker(8).pulses() == ()


def test_all_off_ends_a_running_pulse() -> None:
    bank = SimulatedShiftBank(simulated_shift_wiring(8, pulse_s=0.7))
    is_on, raised = Event(), []
    bank.world.locker(3)._coil.on_rise = is_on.set

    def pulse() -> None:
        try:
            bank.pulse(3)
        except DeviceFault as error:
            raised.append(str(error))

    thread = Thread(target=pulse)
    thread.start()
    assert is_on.wait(WAIT_S)

    bank.all_off()

    thread.join(WAIT_S)
    ((on_s, off_s),) = bank.world.locker(3).pulses()
    bank.close()
    assert off_s - on_s < 0.6
    assert "cut short" in raised[0]


def test_closing_gives_every_line_back(bank: SimulatedShiftBank) -> None:
    bank.pulse(1)

    bank.close()

    for line in PINS.values():
        assert bank.world.factory.pin(line).function == "input"
    with pytest.raises(DeviceUnavailable):
        bank.pulse(1)


def test_a_board_that_is_gone_is_a_fault_and_works_again_after(
    bank: SimulatedShiftBank, seconds: FakeSeconds
) -> None:
    bank.world.vanish()
    with pytest.raises(DeviceFault):
        bank.pulse(1)
    bank.world.come_back()
    seconds.advance(2)

    bank.pulse(1)

    assert len(bank.world.locker(1).pulses()) == 1
