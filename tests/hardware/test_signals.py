"""Lights, beeper and emergency button on mock pins."""

from collections.abc import Callable, Iterator
from queue import Empty, Queue

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from hardware.absent_signals import AbsentEmergencyButton, AbsentSignalLights
from hardware.emergency_button import GpioEmergencyButton
from hardware.held_contact import HeldContact
from hardware.interfaces import DeviceUnavailable
from hardware.reader_interfaces import Signal
from hardware.reader_options import EmergencyButtonOptions, SignalLightOptions
from hardware.signal_lights import PATTERNS, GpioSignalLights
from hardware.simulated_button import SimulatedEmergencyButton
from tests.hardware.conftest import WAIT_S, FakeSeconds

GOOD, BAD, BEEPER, BUTTON = 16, 17, 18, 27
SOON_S = 0.3


@pytest.fixture
def lights(pin_factory: MockFactory) -> Iterator[GpioSignalLights]:
    options = SignalLightOptions(good_pin=GOOD, bad_pin=BAD, beeper_pin=BEEPER)
    opened = GpioSignalLights(options, pin_factory)
    yield opened
    opened.close()


def wait_for(true: Callable[[], bool]) -> None:
    waiting: Queue[None] = Queue()
    for _ in range(int(WAIT_S / 0.01)):
        if true():
            return
        with pytest.raises(Empty):
            waiting.get(timeout=0.01)
    raise AssertionError("it never happened")


def states(factory: MockFactory, pin: int) -> list[bool]:
    return [state.state for state in factory.pin(pin).states]


def test_every_signal_is_short_and_no_two_look_or_sound_alike() -> None:
    assert set(PATTERNS) == set(Signal)
    assert all(sum(seconds for seconds, _ in steps) <= 1.6 for steps in PATTERNS.values())
    assert len(set(PATTERNS.values())) == len(PATTERNS)
    beeps = {sum("beeper" in lines for _, lines in steps) for steps in PATTERNS.values()}
    assert beeps == {1, 2, 3}


def test_a_good_read_lights_good_beeps_once_and_goes_dark_by_itself(
    lights: GpioSignalLights, pin_factory: MockFactory
) -> None:
    lights.show(Signal.GOOD)

    wait_for(lambda: states(pin_factory, GOOD) == [False, True, False])
    assert states(pin_factory, BEEPER) == [False, True, False]
    assert states(pin_factory, BAD) == [False]


def test_a_further_signal_replaces_the_one_that_is_shown(
    lights: GpioSignalLights, pin_factory: MockFactory
) -> None:
    lights.show(Signal.GOOD)
    wait_for(lambda: bool(pin_factory.pin(GOOD).state))

    lights.show(Signal.BAD)

    wait_for(lambda: states(pin_factory, BAD) == [False, *[True, False] * 3])
    assert states(pin_factory, GOOD) == [False, True, False]


def test_closed_lights_are_dark_and_showing_does_nothing(
    lights: GpioSignalLights, pin_factory: MockFactory
) -> None:
    lights.show(Signal.ASK)
    wait_for(lambda: bool(pin_factory.pin(BEEPER).state))

    lights.close()
    lights.close()
    lights.show(Signal.GOOD)

    assert not any(pin_factory.pin(pin).state for pin in (GOOD, BAD, BEEPER))


def test_a_line_that_cannot_be_switched_stops_nothing(
    lights: GpioSignalLights, pin_factory: MockFactory, monkeypatch, caplog
) -> None:
    broken = pin_factory.pin(GOOD)
    monkeypatch.setattr(
        type(broken), "_set_state", lambda pin, value: _refuse(pin, value, broken), raising=True
    )

    lights.show(Signal.GOOD)

    wait_for(lambda: states(pin_factory, BEEPER) == [False, True, False])
    assert "the good line cannot be switched" in caplog.text
    monkeypatch.undo()


def _refuse(pin, value, broken) -> None:
    if pin is broken:
        raise OSError("gone")
    pin._change_state(bool(value))


def test_lights_whose_line_is_taken_are_refused_and_take_none(pin_factory: MockFactory) -> None:
    first = GpioSignalLights(SignalLightOptions(bad_pin=BAD), pin_factory)

    with pytest.raises(DeviceUnavailable):
        GpioSignalLights(SignalLightOptions(good_pin=GOOD, bad_pin=BAD), pin_factory)

    first.close()
    GpioSignalLights(SignalLightOptions(good_pin=GOOD, bad_pin=BAD), pin_factory).close()


def test_closed_lights_and_buttons_release_their_chip_once(pin_factory: MockFactory) -> None:
    released: list[str] = []
    lights = GpioSignalLights(
        SignalLightOptions(good_pin=GOOD), pin_factory, release=lambda: released.append("lights")
    )
    button = GpioEmergencyButton(
        EmergencyButtonOptions(pin=BUTTON), pin_factory, release=lambda: released.append("button")
    )

    for device in (lights, button):
        device.close()
        device.close()

    assert released == ["lights", "button"]


def test_absent_lights_and_buttons_do_nothing() -> None:
    lights, button = AbsentSignalLights(), AbsentEmergencyButton()

    lights.show(Signal.BAD)

    assert not button.is_pressed
    lights.close()
    button.close()


@pytest.fixture
def presses() -> Queue[str]:
    return Queue()


Build = Callable[[str], GpioEmergencyButton]


@pytest.fixture
def build(pin_factory: MockFactory, seconds: FakeSeconds, presses: Queue[str]) -> Iterator[Build]:
    """A button on mock pins, which `pin_factory` presses; its clock stands still."""
    built: list[GpioEmergencyButton] = []

    def make(rests: str) -> GpioEmergencyButton:
        options = EmergencyButtonOptions(pin=BUTTON, rests=rests, hold_s=1.0)
        button = GpioEmergencyButton(options, pin_factory, clock=seconds)
        button.on_press = lambda: presses.put("pressed")
        built.append(button)
        return button

    yield make
    for button in built:
        button.close()


def none_pressed(presses: Queue[str]) -> bool:
    try:
        presses.get(timeout=SOON_S)
    except Empty:
        return True
    return False


def press(factory: MockFactory, rests: str) -> None:
    pin = factory.pin(BUTTON)
    (pin.drive_low if rests == "open" else pin.drive_high)()


def release(factory: MockFactory, rests: str) -> None:
    pin = factory.pin(BUTTON)
    (pin.drive_high if rests == "open" else pin.drive_low)()


both_ways = pytest.mark.parametrize("rests", ["open", "closed"])


@pytest.fixture
def at_rest(build: Build, pin_factory: MockFactory, seconds: FakeSeconds, rests: str, presses):
    """A button that was seen at rest."""
    button = build(rests)
    release(pin_factory, rests)
    assert none_pressed(presses)
    return button


@both_ways
def test_a_press_that_is_held_fires_once_until_it_is_released(
    at_rest, rests, pin_factory, seconds, presses
) -> None:
    press(pin_factory, rests)
    assert none_pressed(presses)
    assert at_rest.is_pressed

    seconds.advance(1.1)
    assert presses.get(timeout=WAIT_S) == "pressed"
    seconds.advance(60.0)
    assert none_pressed(presses)

    release(pin_factory, rests)
    assert none_pressed(presses)
    press(pin_factory, rests)
    assert none_pressed(presses)
    seconds.advance(1.1)
    assert presses.get(timeout=WAIT_S) == "pressed"


@both_ways
def test_a_touch_that_is_not_held_fires_nothing(
    at_rest, rests, pin_factory, seconds, presses
) -> None:
    press(pin_factory, rests)
    assert none_pressed(presses)
    release(pin_factory, rests)
    assert none_pressed(presses)

    seconds.advance(60.0)

    assert none_pressed(presses)
    assert not at_rest.is_pressed


def test_a_loop_broken_at_the_start_fires_once_after_two_seconds(
    build: Build, seconds: FakeSeconds, presses: Queue[str]
) -> None:
    button = build("closed")  # nothing pulls the line low: the wire is cut
    assert button.is_pressed

    seconds.advance(1.5)
    assert none_pressed(presses)
    seconds.advance(0.6)

    assert presses.get(timeout=WAIT_S) == "pressed"
    seconds.advance(60.0)
    assert none_pressed(presses)


def test_a_raising_listener_does_not_end_the_button(
    build: Build, pin_factory: MockFactory, seconds: FakeSeconds, presses: Queue[str]
) -> None:
    button = build("closed")

    def careless() -> None:
        presses.put("raised")
        raise RuntimeError("a careless listener")

    button.on_press = careless
    for _ in range(2):
        release(pin_factory, "closed")
        assert none_pressed(presses)
        press(pin_factory, "closed")
        assert none_pressed(presses)
        seconds.advance(1.1)
        assert presses.get(timeout=WAIT_S) == "raised"


def test_a_line_that_cannot_be_read_presses_nothing(
    build: Build, seconds: FakeSeconds, presses: Queue[str], pin_factory: MockFactory, monkeypatch
) -> None:
    button = build("closed")
    pin = type(pin_factory.pin(BUTTON))
    monkeypatch.setattr(pin, "_get_state", lambda _: 1 / 0)

    seconds.advance(60.0)

    assert none_pressed(presses)
    assert not button.is_pressed
    monkeypatch.undo()


def test_the_simulated_button_is_pressed_and_released(presses: Queue[str]) -> None:
    button = SimulatedEmergencyButton(hold_s=0.1)
    button.on_press = lambda: presses.put("pressed")
    assert not button.is_pressed

    button.press()
    assert presses.get(timeout=WAIT_S) == "pressed"
    button.release()

    assert not button.is_pressed
    button.close()
    button.close()


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.5)), max_size=60))
def test_a_contact_fires_at_most_once_a_press_and_only_when_held(samples) -> None:
    contact = HeldContact(hold_s=1.0, start_hold_s=2.0)
    at_s, since_s, fired, first_press = 0.0, None, False, True

    for pressed, after_s in samples:
        at_s += after_s
        if not pressed:
            since_s, fired, first_press = None, False, False
        elif since_s is None:
            since_s = at_s
        fires = contact.sample(pressed=pressed, at_s=at_s)
        held_s = at_s - since_s if since_s is not None else 0.0
        assert fires == (pressed and not fired and held_s >= (2.0 if first_press else 1.0))
        fired = fired or fires
