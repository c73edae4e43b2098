"""What an electrician needs to wire the room: every door's lines, and what config.txt says of them.

Values in, values out; made from the settings alone, no device is touched.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from appliance.device_pins import I2C_PINS, UART_PINS, UART_PORTS
from appliance.device_settings import (
    Bank,
    BoardBank,
    GpioBank,
    LockerSettings,
    Reader,
    SerialReader,
    ShiftRegisterBank,
    SimulatedBank,
    WiegandReader,
)

HEADER = ""
EXPANDER_ADDRESS = "0x20"  # of an MCP23017 whose three address pins are at ground
NOTHING = "-"

Line = tuple[str, int]  # chip and line; the header's name is empty


class WiringRow(NamedTuple):
    """One door: its number and size, and where its coil and its contact are connected."""

    door: int
    size: str
    coil: str
    sensor: str


class HeaderLine(NamedTuple):
    """One line of the header or an expander in use, and how it has to be before anything runs."""

    line: Line
    use: str
    state: str  # as config.txt writes it: "op,dl" output low, "ip,pu" input pulled up


def wiring_rows(settings: LockerSettings) -> tuple[WiringRow, ...]:
    """Every door in the order of its number. Raises ConfigError for doors that cannot be."""
    rows = [row for bank in settings.bank for row in _bank_rows(bank)]
    return tuple(sorted(rows))


def used_lines(settings: LockerSettings, readers: Sequence[Reader] = ()) -> tuple[HeaderLine, ...]:
    """Every GPIO line that something in the room uses, as often as it is used."""
    found = [line for bank in settings.bank for line in _bank_lines(bank)]
    if settings.emergency.pin and not settings.emergency.simulated:
        found.append(HeaderLine((HEADER, settings.emergency.pin), "tombol darurat", "ip,pu"))
    for reader in readers:
        found += _reader_lines(reader)
    if any(line.line[0] for line in found):
        found += [HeaderLine((HEADER, pin), "I2C", "") for pin in I2C_PINS]
    if _uses_uart(settings, readers):
        found += [HeaderLine((HEADER, pin), "UART", "") for pin in UART_PINS]
    return tuple(found)


def config_lines(settings: LockerSettings, readers: Sequence[Reader] = ()) -> tuple[str, ...]:
    """What belongs into /boot/firmware/config.txt (and cmdline.txt, as a comment)."""
    lines = used_lines(settings, readers)
    return (
        "# Proses yang mati melepas keluarannya. / A dead process lets go of its outputs.",
        "dtparam=strict_gpiod",
        "# Pi yang macet mulai ulang sendiri. / A hung Pi restarts by itself.",
        "dtparam=watchdog=on",
        *_pin_states(lines),
        *_expanders(lines),
        *_uart(settings, readers),
    )


def wiring_text(settings: LockerSettings, readers: Sequence[Reader] = ()) -> str:
    """The whole sheet: the table of doors, what else is wired, the lines to add."""
    head = ("Pintu", "Ukuran", "Solenoid", "Sensor")
    table = [head, *(tuple(str(cell) for cell in row) for row in wiring_rows(settings))]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    lines = used_lines(settings, readers)
    others = [line for line in lines if line.use.split()[0] not in ("solenoid", "sensor")]
    if others:
        text += ["", "Jalur lain: / Other lines:"]
        text += [f"  {_line_name(line.line)}  {line.use}" for line in others]
    text += ["", "/boot/firmware/config.txt:", *config_lines(settings, readers)]
    return "\n".join(text)


def _bank_rows(bank: Bank) -> Iterator[WiringRow]:
    sensors = dict(zip(bank.numbers, _sensor_names(bank), strict=False))
    for (number, size), coil in zip(bank.size_of.items(), _coil_names(bank), strict=False):
        yield WiringRow(number, size, coil, sensors.get(number, NOTHING))


def _coil_names(bank: Bank) -> list[str]:
    if isinstance(bank, GpioBank):
        return [_line_name((bank.chip, line)) for line in bank.coils]
    if isinstance(bank, ShiftRegisterBank):
        outputs = bank.outputs or range(len(bank.numbers))
        return [f"74HC595 ke-{n // 8 + 1} Q{'ABCDEFGH'[n % 8]}" for n in outputs]
    if isinstance(bank, BoardBank):
        return [f"{_board_name(bank)} kanal {channel}" for channel in _channels(bank)]
    return ["tiruan"] * len(bank.numbers)


def _sensor_names(bank: Bank) -> list[str]:
    if isinstance(bank, GpioBank | ShiftRegisterBank):
        return [_line_name((_sensor_chip(bank), line)) for line in bank.sensors]
    if not bank.sensors:
        return []
    if isinstance(bank, BoardBank):
        return [f"masukan {channel} papan yang sama" for channel in _channels(bank)]
    return ["tiruan"] * len(bank.numbers)


def _sensor_chip(bank: GpioBank | ShiftRegisterBank) -> str:
    return bank.sensor_chip or (bank.chip if isinstance(bank, GpioBank) else HEADER)


def _board_name(bank: BoardBank) -> str:
    from hardware.board_kinds import BOARD_KINDS

    address = bank.address or BOARD_KINDS[bank.protocol].address
    return f"papan {bank.protocol} {bank.port} alamat {address}"


def _channels(bank: BoardBank) -> Sequence[int]:
    return bank.channels or range(1, len(bank.numbers) + 1)


def _bank_lines(bank: Bank) -> Iterator[HeaderLine]:
    if isinstance(bank, BoardBank | SimulatedBank):
        return
    if isinstance(bank, ShiftRegisterBank):
        for use in ("data", "clock", "latch", "enable"):
            yield HeaderLine((HEADER, getattr(bank, f"{use}_pin")), f"74HC595 {use}", "op,dl")
    else:
        for number, line in zip(bank.numbers, bank.coils, strict=False):
            yield HeaderLine((bank.chip, line), f"solenoid {number}", "op,dl")
    rests = "ip,pu" if bank.closed_level == "low" else "ip,pd"
    for number, line in zip(bank.numbers, bank.sensors, strict=False):
        yield HeaderLine((_sensor_chip(bank), line), f"sensor {number}", rests)


def _reader_lines(reader: Reader) -> Iterator[HeaderLine]:
    wanted = [("good_pin", "op,dl"), ("bad_pin", "op,dl"), ("beeper_pin", "op,dl")]
    if isinstance(reader, SerialReader):
        wanted += [("trigger_pin", "op,dl"), ("good_read_pin", "ip,pu")]
    if isinstance(reader, WiegandReader):
        wanted += [("data0_pin", "ip,pu"), ("data1_pin", "ip,pu")]
    for field, state in wanted:
        pin: int = getattr(reader, field)
        if pin:
            yield HeaderLine((HEADER, pin), f"{reader.name} {field.removesuffix('_pin')}", state)


def _pin_states(lines: Sequence[HeaderLine]) -> Iterator[str]:
    pins: dict[str, set[int]] = defaultdict(set)
    for (chip, pin), _, state in lines:
        if chip == HEADER and state:
            pins[state].add(pin)
    if pins:
        yield "# Keadaan kaki sejak boot. / Pin states from boot on."
    for state in sorted(pins, reverse=True):
        yield f"gpio={','.join(map(str, sorted(pins[state])))}={state}"


def _expanders(lines: Sequence[HeaderLine]) -> Iterator[str]:
    chips = sorted({chip for (chip, _), _, _ in lines if chip})
    if chips:
        yield "# Ekspander pada I2C. / Expanders on I2C."
        yield "dtparam=i2c_arm=on"
    for chip in chips:
        _, dash, address = chip.partition("-")
        at = f"0x{address[-2:]}" if dash else EXPANDER_ADDRESS
        yield f"dtoverlay=mcp23017,addr={at},noints"


def _uart(settings: LockerSettings, readers: Sequence[Reader]) -> Iterator[str]:
    if _uses_uart(settings, readers):
        yield "# Hapus console=serial0,115200 dari cmdline.txt. / Remove it from cmdline.txt."
        yield "enable_uart=1"


def _uses_uart(settings: LockerSettings, readers: Sequence[Reader]) -> bool:
    ports = [bank.port for bank in settings.bank if isinstance(bank, BoardBank)]
    ports += [reader.port for reader in readers if isinstance(reader, SerialReader)]
    return any(port in UART_PORTS for port in ports)


def _line_name(line: Line) -> str:
    chip, number = line
    if chip == HEADER:
        return f"GPIO {number}"
    bank, pin = divmod(number, 8)
    return f"{chip} GP{'AB'[bank]}{pin}" if number < 16 else f"{chip} {number}"
