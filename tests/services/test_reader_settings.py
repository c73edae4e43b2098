"""The readers on their page are settings that hold, and each opens its driver."""

import os
import re
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from appliance.device_settings import Reader
from appliance.devices import open_readers
from hardware.interfaces import DeviceUnavailable

PAGE = Path(__file__).parents[2] / "hardware" / "READERS.md"


@pytest.fixture(scope="module")
def readers() -> tuple[Reader, ...]:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    # What is commented out must hold too: it is there to be used.
    everything = re.sub(r"^# (\w+ = )", r"\1", example, flags=re.MULTILINE)
    for text in (example, everything):
        tables = tomllib.loads(text)["reader"]
        found = msgspec.convert(tables, tuple[Reader, ...])
    return found


def test_the_page_shows_every_driver_once(readers: tuple[Reader, ...]) -> None:
    drivers = [type(reader).__struct_config__.tag for reader in readers]

    assert sorted(drivers) == ["hid", "serial", "simulated", "wiegand"]


def test_the_page_names_every_setting_of_every_driver(readers: tuple[Reader, ...]) -> None:
    page = PAGE.read_text()
    for reader in readers:
        for field in reader.__struct_fields__:
            assert re.search(rf"\b{field}\b", page), field


def test_readers_without_pins_open_without_a_header(readers: tuple[Reader, ...]) -> None:
    without = [r for r in readers if type(r).__struct_config__.tag in ("hid", "simulated")]

    placed = open_readers(without)

    assert [one.name for one in placed] == [reader.name for reader in without]
    for one in placed:
        one.reader.close()
        one.lights.close()


def test_readers_with_pins_say_clearly_that_there_is_no_header(
    readers: tuple[Reader, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hardware.pins_lgpio", None)  # its import fails
    (wired,) = (r for r in readers if type(r).__struct_config__.tag == "wiegand")

    with pytest.raises(DeviceUnavailable):
        open_readers([wired])


@pytest.mark.parametrize(
    "without_lines",
    [
        {"driver": "wiegand", "data0_pin": 5, "data1_pin": 6},
        {"driver": "hid", "device": "Barcode", "good_pin": 5},
    ],
    ids=["reader", "lights"],
)
def test_lines_that_cannot_be_had_leave_no_reader_open(
    without_lines: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hardware.pins_lgpio", None)  # its import fails
    tables = [
        {"driver": "simulated", "name": "meja", "place": "desk"},
        {"name": "loker", "place": "lockers"} | without_lines,
    ]
    settings = msgspec.convert(tables, tuple[Reader, ...])
    before = len(os.listdir("/proc/self/fd"))

    with pytest.raises(DeviceUnavailable):
        open_readers(settings)

    assert len(os.listdir("/proc/self/fd")) == before
