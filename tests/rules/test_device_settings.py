"""The tables of lockers and readers in a settings file."""

from pathlib import Path

import msgspec
import pytest

from appliance.config import Settings, explain, load_settings
from appliance.device_settings import BoardBank, GpioBank, door_numbers
from appliance.errors import ConfigError

TWO_BANKS = """
[lockers]
[[lockers.bank]]
driver = "gpio"
doors = "1-2"
coils = [12, 13]
sizes = ["M", "L"]
[[lockers.bank]]
driver = "board"
protocol = "cu16"
port = "/dev/ttyUSB0"
doors = "3-5"
size = "S"
"""


def settings_of(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "ruangbaca.toml"
    file.write_text(text)
    return load_settings(file, env={})


def test_a_further_bank_is_a_further_table(tmp_path: Path) -> None:
    lockers = settings_of(tmp_path, TWO_BANKS).lockers

    assert [type(bank) for bank in lockers.bank] == [GpioBank, BoardBank]
    assert lockers.sizes == {1: "M", 2: "L", 3: "S", 4: "S", 5: "S"}


def test_a_door_in_two_banks_is_refused_by_number(tmp_path: Path) -> None:
    lockers = settings_of(tmp_path, TWO_BANKS.replace('"3-5"', '"2-4"')).lockers

    with pytest.raises(ConfigError, match="Loker 2 ada di dua tempat"):
        _ = lockers.sizes


def test_sizes_must_be_one_a_door(tmp_path: Path) -> None:
    lockers = settings_of(tmp_path, TWO_BANKS.replace('"M", "L"', '"M"')).lockers

    with pytest.raises(ConfigError, match="1 ukuran untuk 2 pintu"):
        _ = lockers.sizes


@pytest.mark.parametrize("doors", ["", "0", "1-49", "3, 3", "a", "1-", "5-3", "-2", "1-999999999"])
def test_doors_that_cannot_be_are_refused(doors: str) -> None:
    with pytest.raises(ConfigError, match="1 sampai 48"):
        door_numbers(doors)


def test_doors_are_read_as_people_write_them() -> None:
    assert door_numbers("1-3, 7 ,9-9") == (1, 2, 3, 7, 9)
    assert door_numbers((4, 2)) == (4, 2)


def test_every_value_of_a_bank_is_shown_with_its_source(tmp_path: Path) -> None:
    file = tmp_path / "ruangbaca.toml"
    file.write_text(TWO_BANKS)

    lines = {line.name: line for line in explain(load_settings(file, env={}), file, env={})}

    assert lines["lockers.bank.2.driver"].value == "board"
    assert lines["lockers.bank.2.port"].source == str(file)
    assert lines["lockers.bank.2.baud"].source == "bawaan"


def test_a_bank_may_come_from_the_environment() -> None:
    env = {"RUANGBACA_LOCKERS__BANK": '[{"driver": "simulated", "doors": "1-3"}]'}

    assert load_settings(Path("/dev/null"), env=env).lockers.sizes == dict.fromkeys((1, 2, 3), "M")


def test_a_reader_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        settings_of(tmp_path, '[[reader]]\nname = "a"\ndriver = "laser"\nplace = "desk"\n')


def test_settings_of_devices_survive_being_written(tmp_path: Path) -> None:
    lockers = settings_of(tmp_path, TWO_BANKS).lockers

    assert msgspec.convert(msgspec.to_builtins(lockers), type(lockers)) == lockers
