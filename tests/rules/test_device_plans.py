"""Lockers as a settings file describes them, and every way in which it can be wrong."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from appliance.config import Settings
from appliance.device_plans import plan_lockers
from appliance.device_settings import LockerSettings, Reader, door_numbers, listed
from appliance.errors import ConfigError
from hardware.options import (
    BoardLockerOptions,
    GpioLockerOptions,
    MixedLockerOptions,
    ShiftLockerOptions,
    SimulatedBoardOptions,
    SimulatedLockerOptions,
)

GPIO = {"driver": "gpio", "doors": "1-2", "coils": [12, 13], "sensors": [4, 5]}
SHIFT = {
    "driver": "shift_register",
    "doors": "3-5",
    "data_pin": 16,
    "clock_pin": 17,
    "latch_pin": 18,
    "enable_pin": 19,
}
BOARD = {"driver": "board", "protocol": "cu16", "port": "/dev/ttyUSB0", "doors": "11-26"}
BOARD_8A = BOARD | {"protocol": "8a"}
WAVESHARE = {"driver": "board", "protocol": "waveshare", "port": "/dev/ttyUSB1", "doors": "27-34"}
SIMULATED = {"driver": "simulated", "doors": "40-43"}
READER = {"driver": "serial", "name": "a", "place": "lockers", "port": "/dev/ttyACM0"}


def settings(*banks: dict, **more: object) -> LockerSettings:
    return msgspec.convert({"bank": list(banks), **more}, LockerSettings)


def readers(*tables: dict) -> list[Reader]:
    return msgspec.convert(list(tables), list[Reader])


def test_no_bank_is_no_lockers() -> None:
    assert plan_lockers(settings()) == ("none", None)


def test_each_driver_gets_the_doors_their_wires_and_the_times() -> None:
    kind, gpio = plan_lockers(settings(GPIO | {"pulse_s": 0.3}, stagger_s=0.2))
    assert kind == "gpio"
    assert isinstance(gpio, GpioLockerOptions)
    assert gpio.wiring.solenoid_pins == {1: 12, 2: 13}
    assert gpio.wiring.door_pins == {1: 4, 2: 5}
    assert (gpio.wiring.pulse_s, gpio.wiring.stagger_s) == (0.3, 0.2)

    kind, shift = plan_lockers(settings(SHIFT))
    assert kind == "shift_register"
    assert isinstance(shift, ShiftLockerOptions)
    assert shift.wiring.outputs == {3: 0, 4: 1, 5: 2}

    kind, board = plan_lockers(settings(BOARD | {"closed_value": 0}))
    assert kind == "board"
    assert isinstance(board, BoardLockerOptions)
    assert (board.baud, board.address) == (19200, 0)
    assert board.wiring.channels == {door: door - 10 for door in range(11, 27)}
    assert board.wiring.closed_value == 0


def test_the_simulated_twins_stand_behind_the_driver_they_are_like() -> None:
    kind, pins = plan_lockers(settings(SIMULATED | {"like": "shift_register"}))
    assert (kind, pins.like, pins.numbers) == ("simulated", "shift_register", (40, 41, 42, 43))
    assert isinstance(pins, SimulatedLockerOptions)

    kind, board = plan_lockers(settings(SIMULATED | {"like": "8a"}))
    assert isinstance(board, SimulatedBoardOptions)
    assert (kind, board.like, board.wiring.channels[40]) == ("simulated", "8a", 1)


def test_several_banks_are_one_mixture_whose_boards_share_their_port() -> None:
    second = BOARD | {"doors": "30-31", "address": 1}
    kind, mixed = plan_lockers(settings(GPIO, BOARD, second, stagger_s=0.3))

    assert kind == "mixed"
    assert isinstance(mixed, MixedLockerOptions)
    assert mixed.stagger_s == 0.3
    assert [bank.numbers for bank in mixed.banks] == [(1, 2), tuple(range(11, 27)), (30, 31)]
    assert mixed.banks[1].options.lines is mixed.banks[2].options.lines
    assert "lockers 11-26" in mixed.banks[1].name


def test_an_expander_alone_may_be_missing_the_header_may_not() -> None:
    assert plan_lockers(settings(GPIO))[0] == "gpio"
    expander = GPIO | {"chip": "mcp23017", "coils": [0, 1], "sensors": [2, 3]}
    assert plan_lockers(settings(expander))[0] == "mixed"


def test_only_the_owner_of_the_doors_is_guarded() -> None:
    for guarded in (False, True):
        _, options = plan_lockers(settings(GPIO), guarded=guarded)
        assert options.guarded is guarded


@pytest.mark.parametrize(
    ("banks", "message"),
    [
        ([GPIO | {"coils": [12]}], "ada 1 di coils, seharusnya 2"),
        ([GPIO | {"coils": [12, 13, 16]}], "ada 3 di coils, seharusnya 2"),
        ([GPIO | {"sensors": [4]}], "Loker 1-2: ada 1 di sensors, seharusnya 2"),
        ([SHIFT | {"outputs": [1]}], "ada 1 di outputs, seharusnya 3"),
        ([BOARD | {"channels": [1, 2]}], "ada 2 di channels, seharusnya 16"),
        ([GPIO | {"coils": [4, 13], "sensors": []}], "GPIO 4 would fire at boot"),
        ([GPIO, GPIO | {"doors": "2-3"}], "Loker 2 ada di dua tempat"),
        ([GPIO, GPIO | {"doors": "6-7", "sensors": []}], "GPIO 12 dipakai dua kali"),
        ([GPIO, SHIFT | {"enable_pin": 13}], "GPIO 13 dipakai dua kali"),
        ([BOARD | {"doors": "11-27"}], "channel 17 is not within 1 to 16"),
        ([WAVESHARE | {"channels": [*range(2, 10)]}], "channel 9 is not within 1 to 8"),
        ([BOARD | {"address": 16}], "tidak punya alamat 16: 0 sampai 15"),
        ([BOARD, BOARD | {"doors": "1-4", "protocol": "8a"}], "sama protokol dan kecepatannya"),
        ([BOARD, BOARD | {"doors": "1-4", "baud": 9600}], "sama protokol dan kecepatannya"),
        ([BOARD, BOARD | {"doors": "1-4"}], r"USB0 \(0\), channel 1 dipakai dua kali"),
        ([BOARD_8A, BOARD_8A | {"doors": "1-4", "address": 1}], r"\(1\), channel 1 dipakai"),
        ([GPIO | {"pulse_s": 3}], "pulse_s must be"),
        ([BOARD | {"pulse_s": 3}], "pulse_s must be"),
        ([SIMULATED | {"like": "waveshare", "doors": "1-9"}], "channel 9 is not within 1 to 8"),
        ([GPIO | {"sizes": ["S"]}], "1 ukuran untuk 2 pintu"),
    ],
)
def test_a_wrong_table_is_refused_with_its_reason(banks: list[dict], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        plan_lockers(settings(*banks))


def test_relays_beyond_the_inputs_open_doors_that_nobody_sees() -> None:
    unseen = WAVESHARE | {"channels": [*range(9, 17)], "sensors": False}

    _, options = plan_lockers(settings(unseen))

    assert options.wiring.channels[27] == 9


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        (READER | {"good_pin": 12}, "GPIO 12 .* lockers.bank 1-2 dan oleh reader a"),
        (READER | {"trigger_pin": 4}, "GPIO 4 dipakai dua kali"),
        (READER | {"good_pin": 22, "beeper_pin": 22}, "oleh reader a dan oleh reader a"),
        (READER | {"port": "/dev/ttyUSB0"}, "/dev/ttyUSB0 dipakai dua kali"),
        (READER | {"port": "/dev/serial0", "bad_pin": 14}, "GPIO 14 dipakai dua kali"),
        (READER | {"good_pin": 27}, "lockers.emergency dan oleh reader a"),
    ],
)
def test_a_reader_may_not_want_what_a_door_or_the_button_has(reader: dict, message: str) -> None:
    lockers = settings(GPIO, BOARD, emergency={"pin": 27})

    plan_lockers(lockers, readers(READER | {"good_pin": 22}))
    with pytest.raises(ConfigError, match=message):
        plan_lockers(lockers, readers(reader))


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((1, 2, 3, 7), "1-3, 7"), ((5,), "5"), ((3, 2, 1), "3, 2, 1"), ((), "")],
)
def test_doors_are_listed_as_they_are_written(numbers: tuple[int, ...], text: str) -> None:
    assert listed(numbers) == text
    if numbers:
        assert door_numbers(text) == numbers


def test_the_examples_of_the_page_are_sound() -> None:
    page = (Path(__file__).parents[2] / "hardware" / "LOCKERS.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))

    lockers = msgspec.convert(tomllib.loads(examples), Settings).lockers

    assert {type(bank).__name__ for bank in lockers.bank} == {
        "GpioBank", "ShiftRegisterBank", "BoardBank", "SimulatedBank"
    }  # fmt: skip
    assert lockers.emergency.pin
    assert plan_lockers(lockers)[0] == "mixed"
