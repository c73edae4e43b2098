"""Rest, duty, wiring and the checks before anything is opened."""

import types
from itertools import pairwise
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from hardware.coil_rest import CoilHistory, CoilLimits
from hardware.factory import open_locker_bank, open_scanner
from hardware.interfaces import DeviceUnavailable
from hardware.options import GpioLockerOptions, SaneScannerOptions, SimulatedLockerOptions
from hardware.pulses import WavePulse
from hardware.strict_gpiod import outputs_persist, require_strict_gpiod
from hardware.wiring import GpioWiring, WiringError


@given(
    pulse_s=st.floats(0.02, 1.0),
    rest_s=st.floats(0.0, 3.0),
    duty=st.floats(0.02, 0.25),
    delays_s=st.lists(st.floats(0.0, 20.0), min_size=1, max_size=120),
)
def test_no_window_ever_holds_more_than_the_duty(
    pulse_s: float, rest_s: float, duty: float, delays_s: list[float]
) -> None:
    limits = CoilLimits(rest_s=rest_s, duty=duty, window_s=60.0)
    history, fired, now_s = CoilHistory(limits), [], 0.0
    for delay_s in delays_s:
        now_s += delay_s
        now_s += history.wait_s(now_s, pulse_s)
        history.record(now_s, now_s + pulse_s)
        fired.append((now_s, now_s + pulse_s))
        now_s += pulse_s

    for (_, off_s), (on_s, _) in pairwise(fired):
        assert on_s - off_s >= rest_s - 1e-6
    for _, end_s in fired:
        on_s = sum(
            max(0.0, min(off_s, end_s) - max(start_s, end_s - 60.0)) for start_s, off_s in fired
        )
        assert on_s <= limits.budget_s + 1e-6


def test_the_wait_is_no_longer_than_needed() -> None:
    history = CoilHistory(CoilLimits(rest_s=0.0, duty=0.1, window_s=60.0))
    for second in range(6):
        history.record(float(second), second + 1.0)

    wait_s = history.wait_s(6.0, 1.0)

    # The budget of 6 s is used up; at 60 s the first pulse has left the window ending at 61 s.
    assert wait_s == pytest.approx(54.0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"solenoid_pins": {}}, "1 to 48 lockers"),
        ({"solenoid_pins": {0: 12}}, "number 0 is not 1 or more"),
        ({"solenoid_pins": {1: 12, 2: 12}}, "GPIO 12 is used 2 times"),
        ({"door_pins": {1: 12}}, "GPIO 12 is used 2 times"),
        ({"door_pins": {2: 5}}, "door of locker 2 has a sensor but no solenoid"),
        ({"solenoid_pins": {1: 4}}, "GPIO 4 would fire at boot"),
        ({"solenoid_pins": {1: 40}}, "GPIO 40 is not on the header"),
        ({"pulse_s": 1.2, "max_on_s": 2.0}, "pulse_s must be 0.02 to 1.0"),
        ({"pulse_s": 0.9, "max_on_s": 0.8}, "max_on_s must be longer than pulse_s"),
        ({"max_on_s": 9.0}, "max_on_s must be longer than pulse_s and at most 3.0"),
        ({"duty": 0.5}, "at most 0.25"),
        ({"rest_s": -1}, "rest_s"),
        ({"pulse_s": 0.5, "duty": 0.001}, "room for one pulse"),
        ({"closed_level": "LOW"}, "closed_level"),
        ({"poll_s": 0}, "poll_s"),
    ],
)
def test_an_unsafe_wiring_is_refused_with_its_reason(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(WiringError, match=message):
        GpioWiring(**{"solenoid_pins": {1: 12}} | values)


def test_the_second_timer_leaves_every_allowed_pulse_its_time() -> None:
    for pulse_s in (0.02, 0.35, 0.79, 1.0):
        wiring = GpioWiring(solenoid_pins={1: 12}, pulse_s=pulse_s)
        assert pulse_s + 0.29 < wiring.cut_off_s <= 1.31


def test_every_reason_is_told_at_once() -> None:
    with pytest.raises(WiringError) as refusal:
        GpioWiring(solenoid_pins={1: 4, 2: 30}, pulse_s=5)

    for reason in ("GPIO 4", "GPIO 30", "pulse_s"):
        assert reason in str(refusal.value)


@pytest.mark.parametrize(("written", "answer"), [("Y\n", True), ("N\n", False), (None, None)])
def test_the_kernel_says_whether_outputs_outlive_their_process(
    tmp_path: Path, written: str | None, answer: bool | None
) -> None:
    if written is not None:
        parameter = tmp_path / "pinctrl_rp1" / "parameters" / "persist_gpio_outputs"
        parameter.parent.mkdir(parents=True)
        parameter.write_text(written)

    assert outputs_persist(tmp_path) is answer
    if answer:
        with pytest.raises(DeviceUnavailable, match="dtparam=strict_gpiod"):
            require_strict_gpiod(tmp_path)
    else:
        require_strict_gpiod(tmp_path)


class FakeLgpio(types.ModuleType):
    """lgpio's wave calls, recorded; set `busy` to let a wave go on, as a cut one does."""

    TX_WAVE = 1

    def __init__(self) -> None:
        super().__init__("lgpio")
        self.calls: list[tuple[object, ...]] = []
        self.busy = False

    def pulse(self, bits: int, mask: int, delay_us: int) -> tuple[int, int, int]:
        return (bits, mask, delay_us)

    def tx_wave(self, handle: int, gpio: int, wave: list[tuple[int, int, int]]) -> None:
        self.calls.append(("wave", handle, gpio, wave))

    def tx_busy(self, handle: int, gpio: int, kind: int) -> int:
        return int(self.busy)

    def gpio_write(self, handle: int, gpio: int, level: int) -> None:
        self.calls.append(("write", handle, gpio, level))


def test_lgpio_is_told_the_whole_pulse_at_once(pin_factory: MockFactory) -> None:
    lgpio, pin = FakeLgpio(), pin_factory.pin(17)
    pin.function = "output"
    pulse = WavePulse(pin, lgpio, handle=3, gpio=17)

    pulse.start(0.02)
    whole = pulse.wait(0.02)
    pulse.cut()

    assert whole
    assert lgpio.calls == [("wave", 3, 17, [(1, 1, 20_000), (0, 1, 0)]), ("write", 3, 17, 0)]


def test_a_cut_wave_says_so_and_must_run_out_before_the_next(pin_factory: MockFactory) -> None:
    lgpio, pin = FakeLgpio(), pin_factory.pin(17)
    pin.function = "output"
    pulse = WavePulse(pin, lgpio, handle=3, gpio=17)
    pulse.start(0.5)
    pulse.cut()
    lgpio.busy = True

    assert pulse.wait(0.5) is False
    with pytest.raises(OSError, match="older wave"):
        pulse.start(0.5)


def test_the_factory_opens_what_the_word_says() -> None:
    bank = open_locker_bank("simulated", SimulatedLockerOptions(count=3, sensors=False))
    assert bank.numbers == (1, 2, 3)
    assert not bank.has_sensor(1)
    bank.close()

    assert open_locker_bank("none").numbers == ()
    assert open_scanner("none") is not None
    assert open_scanner("sane", SaneScannerOptions(device="test:0")) is not None


def test_the_factory_explains_a_word_it_does_not_know() -> None:
    with pytest.raises(ValueError, match=r"known: gpio, .*, mixed, none"):
        open_locker_bank("gipo")
    with pytest.raises(ValueError, match="cannot be opened with NoneType"):
        open_locker_bank("gpio")
    with pytest.raises(ValueError, match="known: sane, none"):
        open_scanner("twain")


def test_a_machine_without_a_header_is_unavailable() -> None:
    options = GpioLockerOptions(wiring=GpioWiring(solenoid_pins={1: 12}))

    with pytest.raises(DeviceUnavailable, match="GPIO header cannot be opened"):
        open_locker_bank("gpio", options)
