"""The electrician's sheet: doors, lines, clashes, and what config.txt has to say."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.commands.wiring_sheet import config_lines, wiring_rows, wiring_text
from appliance.config import Settings


def settings(**tables: object) -> Settings:
    return msgspec.convert(tables, Settings)


def lockers(*banks: dict[str, object], **more: object) -> Settings:
    return settings(lockers={"bank": list(banks), **more})


HEADER = {"driver": "gpio", "doors": "1-2", "coils": [12, 13], "sensors": [4, 5]}
EXPANDER = {
    "driver": "gpio",
    "doors": "3-4",
    "size": "L",
    "coils": [0, 9],
    "sensors": [1, 2],
    "chip": "1-0021",
    "sensor_chip": "mcp23017",
}
SHIFT = {
    "driver": "shift_register",
    "doors": "5-14",
    "data_pin": 16,
    "clock_pin": 17,
    "latch_pin": 18,
    "enable_pin": 19,
    "sensors": [6],
}
BOARD = {
    "driver": "board",
    "doors": "20-21",
    "protocol": "cu16",
    "port": "/dev/serial0",
    "address": 2,
    "channels": [7, 3],
}


def test_every_door_of_every_bank_has_its_row_in_order() -> None:
    rows = wiring_rows(lockers(BOARD, SHIFT, EXPANDER, HEADER).lockers)

    assert [row.door for row in rows] == [*range(1, 15), 20, 21]
    assert rows[0] == (1, "M", "GPIO 12", "GPIO 4")
    assert rows[3] == (4, "L", "1-0021 GPB1", "mcp23017 GPA2")
    assert rows[4] == (5, "M", "74HC595 ke-1 QA", "GPIO 6")
    assert rows[13] == (14, "M", "74HC595 ke-2 QB", "-")
    assert rows[14].coil == "papan cu16 /dev/serial0 alamat 2 kanal 7"
    assert rows[14].sensor == "masukan 7 papan yang sama"


def test_config_txt_knows_every_pin_before_anything_runs() -> None:
    lines = config_lines(
        lockers(HEADER, EXPANDER, SHIFT, emergency={"pin": 26}).lockers,
        settings(
            reader=[{"driver": "simulated", "name": "r", "place": "lockers", "good_pin": 22}]
        ).reader,
    )

    assert "dtparam=strict_gpiod" in lines
    assert "dtparam=watchdog=on" in lines
    assert "gpio=12,13,16,17,18,19,22=op,dl" in lines
    assert "gpio=4,5,6,26=ip,pu" in lines
    assert "dtoverlay=mcp23017,addr=0x21,noints" in lines
    assert "dtoverlay=mcp23017,addr=0x20,noints" in lines
    assert not any("uart" in line for line in lines)


def test_contacts_to_3v3_are_pulled_down() -> None:
    lines = config_lines(lockers({**HEADER, "closed_level": "high"}).lockers)

    assert "gpio=4,5=ip,pd" in lines


def test_a_serial_line_of_the_header_needs_the_console_off() -> None:
    lines = config_lines(lockers(BOARD).lockers)
    usb = config_lines(lockers({**BOARD, "port": "/dev/ttyUSB0"}).lockers)

    assert "enable_uart=1" in lines
    assert any("cmdline.txt" in line for line in lines)
    assert "enable_uart=1" not in usb


@given(st.permutations(range(9, 28)), st.integers(1, 18))
def test_each_header_coil_is_low_from_boot_exactly_once(pins: list[int], count: int) -> None:
    bank = {"driver": "gpio", "doors": f"1-{count}", "coils": pins[:count]}

    lines = config_lines(lockers(bank).lockers)

    low = [line for line in lines if line.endswith("=op,dl")]
    assert low == [f"gpio={','.join(map(str, sorted(pins[:count])))}=op,dl"]


def test_the_sheet_is_a_table_and_then_the_lines_to_add() -> None:
    text = wiring_text(lockers(HEADER, emergency={"pin": 26}).lockers).splitlines()

    assert text[:3] == [
        "Pintu  Ukuran  Solenoid  Sensor",
        "1      M       GPIO 12   GPIO 4",
        "2      M       GPIO 13   GPIO 5",
    ]
    assert "  GPIO 26  tombol darurat" in text
    assert text.index("/boot/firmware/config.txt:") > 4
