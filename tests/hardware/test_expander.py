"""An expander is a gpiochip of its own, which tells no edges and keeps its outputs."""

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hardware import gpiochip
from hardware.gpiochip import find_chip
from hardware.interfaces import DeviceFault, DoorState
from hardware.lockers_gpio import GpioLockerBank
from hardware.made_up_board import NumberedLines
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from hardware.simulated_room import RoomTiming
from hardware.wiring import GpioWiring, ShiftWiring, WiringError
from tests.hardware.conftest import Changes, FakeSeconds

OPEN, CLOSED = DoorState.OPEN, DoorState.CLOSED
SHIFT = {"outputs": {1: 0}, "data_pin": 5, "clock_pin": 6, "latch_pin": 13, "enable_pin": 12}


class ExpanderFactory(MockFactory):
    """Mock pins of a chip with sixteen lines."""

    def __init__(self) -> None:
        super().__init__()
        self._info = NumberedLines(16)


def test_doors_of_a_chip_without_edges_are_seen_by_polling(seconds: FakeSeconds) -> None:
    bank = SimulatedLockerBank(
        simulated_wiring(8, pulse_s=0.08),
        RoomTiming(lag_s=0.05, shut_after_s=None),
        like="expander",
        clock=seconds,
    )
    changes = bank.on_door_change = Changes()
    bank.world.locker(2).bounces = 3

    bank.pulse(2)
    opened = changes.next()
    bank.world.locker(2).shut()
    shut = changes.next()

    assert (opened, shut) == ((2, OPEN), (2, CLOSED))
    assert changes.none_within(0.2)
    assert bank._doors.are_polled
    bank.close()


def test_doors_of_the_header_are_not_polled() -> None:
    bank = SimulatedLockerBank(simulated_wiring(2))

    assert not bank._doors.are_polled
    bank.close()


def test_a_door_that_moved_between_two_polls_only_is_no_change(seconds: FakeSeconds) -> None:
    bank = SimulatedLockerBank(simulated_wiring(2), RoomTiming(), like="expander")
    changes = bank.on_door_change = Changes()

    bank.world.locker(1).force()
    bank.world.locker(1).shut()

    assert changes.none_within(0.3)
    bank.close()


def test_coils_on_one_chip_and_contacts_on_another_may_share_numbers() -> None:
    coils, contacts = ExpanderFactory(), ExpanderFactory()
    wiring = GpioWiring(
        solenoid_pins={1: 0, 2: 15},
        door_pins={1: 0, 2: 15},
        chip="1-0020",
        sensor_chip="1-0021",
        pulse_s=0.05,
    )
    bank = GpioLockerBank(wiring, coils, sensor_factory=contacts)

    bank.pulse(2)

    assert [state.state for state in coils.pin(15).states] == [False, True, False]
    assert contacts.pin(15).function == "input"
    bank.close()


def test_forty_eight_doors_fit_one_simulated_bank() -> None:
    bank = SimulatedLockerBank(simulated_wiring(range(1, 49), pulse_s=0.05))

    bank.pulse(48)

    assert bank.numbers == tuple(range(1, 49))
    assert len(bank.world.locker(48).pulses()) == 1
    assert bank.door(1) is CLOSED
    bank.close()
    with pytest.raises(ValueError, match="1 to 48 lockers"):
        simulated_wiring(49)


def test_a_welded_relay_is_a_fault_and_seen_in_the_world(seconds: FakeSeconds) -> None:
    bank = SimulatedLockerBank(simulated_wiring(2, pulse_s=0.05), clock=seconds)
    bank.world.locker(1).stuck_on()

    with pytest.raises(DeviceFault, match="still reads as on"):
        bank.pulse(1)
    assert bank.world.locker(1)._coil.is_on
    bank.world.locker(1).mend_relay()
    bank.all_off()

    assert not bank.world.locker(1)._coil.is_on
    bank.close()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"chip": "mcp23017", "solenoid_pins": {1: 16}}, "mcp23017 line 16 is not on the mcp23017"),
        ({"sensor_chip": "mcp23017", "door_pins": {1: 20}}, "mcp23017 line 20"),
        (
            {"sensor_chip": "mcp23017", "door_pins": {1: 3}, "closed_level": "high"},
            "no pull-down",
        ),
        (
            {"chip": "x", "sensor_chip": "x", "solenoid_pins": {1: 3}, "door_pins": {1: 3}},
            "x line 3 is used 2 times",
        ),
    ],
)
def test_a_wiring_that_the_expander_cannot_have_is_refused(
    values: dict[str, object], message: str
) -> None:
    with pytest.raises(WiringError, match=message):
        GpioWiring(**{"solenoid_pins": {1: 12}} | values)


def test_every_line_of_an_expander_may_have_a_coil() -> None:
    GpioWiring(solenoid_pins={n + 1: n for n in range(16)}, chip="mcp23017")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"enable_pin": 4}, "enable_pin on GPIO 4 would be high at boot"),
        ({"outputs": {1: 0, 2: 0}}, "output 0 is used 2 times"),
        ({"outputs": {1: 48}}, "output 48 is not within 0 to 47"),
        ({"outputs": {}}, "1 to 48 lockers"),
        ({"data_pin": 12}, "GPIO 12 is used 2 times"),
        ({"door_pins": {1: 6}}, "GPIO 6 is used 2 times"),
    ],
)
def test_an_unsafe_shift_wiring_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(WiringError, match=message):
        ShiftWiring(**SHIFT | values)


class Chips:
    """Folders as the kernel shows gpiochips, with labels by file name."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._labels: dict[str, str] = {}
        self._folder = folder
        monkeypatch.setattr(gpiochip, "chip_label", lambda path: self._labels[path])

    def add(self, name: str, label: str, device: str) -> None:
        (self._folder / "dev").mkdir(exist_ok=True)
        (self._folder / "classes").mkdir(exist_ok=True)
        (self._folder / "dev" / name).touch()
        real = self._folder / "devices" / device / name
        real.mkdir(parents=True)
        (self._folder / "classes" / name).symlink_to(real)
        self._labels[str(self._folder / "dev" / name)] = label

    def find(self, name: str) -> int:
        return find_chip(name, str(self._folder / "dev"), str(self._folder / "classes"))[1]


@pytest.fixture
def chips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chips:
    found = Chips(tmp_path, monkeypatch)
    found.add("gpiochip0", "pinctrl-bcm2711", "fe200000.gpio")
    found.add("gpiochip2", "mcp23017", "1-0020")
    (tmp_path / "dev" / "gpiochip4").symlink_to("gpiochip0")
    return found


def test_a_chip_is_found_by_its_label_or_its_device(chips: Chips) -> None:
    assert chips.find("") == 0
    assert chips.find("mcp23017") == 2
    assert chips.find("1-0020") == 2


def test_two_chips_of_one_label_must_be_told_apart(chips: Chips) -> None:
    chips.add("gpiochip3", "mcp23017", "1-0021")

    with pytest.raises(OSError, match="name one by its device: 1-0020, 1-0021"):
        chips.find("mcp23017")
    assert chips.find("1-0021") == 3


def test_a_chip_that_is_missing_is_told_with_what_is_there(chips: Chips) -> None:
    with pytest.raises(OSError, match=r"no gpiochip called pcf8575; found: .*mcp23017 \(1-0020\)"):
        chips.find("pcf8575")
