"""Every line and port that the settings give to something, so that none is given away twice."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from appliance.device_settings import (
    Bank,
    BoardBank,
    EmergencySettings,
    GpioBank,
    LockerSettings,
    Reader,
    SerialReader,
    ShiftRegisterBank,
    WiegandReader,
    listed,
)
from appliance.errors import N_, ConfigError

Claim: TypeAlias = tuple[str, str]
"""What is claimed, as an electrician names it, and who claims it, as the settings name it."""

I2C_PINS, UART_PINS = (2, 3), (14, 15)
UART_PORTS = frozenset({"/dev/serial0", "/dev/ttyAMA0", "/dev/ttyS0"})
"""What the header's own serial line is called; any other port is an adapter."""


def require_unshared(lockers: LockerSettings, readers: Sequence[Reader] = ()) -> None:
    """Raise ConfigError for a line, a board's channel or a port that two things want."""
    owners: dict[str, str] = {}
    for what, owner in _claims(lockers, readers):
        if what in owners:
            raise ConfigError(
                N_("%(what)s dipakai dua kali: oleh %(first)s dan oleh %(second)s."),
                what=what,
                first=owners[what],
                second=owner,
            )
        owners[what] = owner


def _claims(lockers: LockerSettings, readers: Sequence[Reader]) -> Iterator[Claim]:
    shared_ports: dict[str, str] = {}
    for bank in lockers.bank:
        owner = f"lockers.bank {listed(bank.numbers)}"
        match bank:
            case GpioBank():
                yield from _lines(bank.chip, bank.coils, owner)
                yield from _lines(bank.sensor_chip or bank.chip, bank.sensors, owner)
            case ShiftRegisterBank():
                pins = (bank.data_pin, bank.clock_pin, bank.latch_pin, bank.enable_pin)
                yield from _lines("", pins, owner)
                yield from _lines(bank.sensor_chip, bank.sensors, owner)
            case BoardBank():
                shared_ports[bank.port] = owner
                yield from _channels(bank, owner)
            case _:
                pass  # simulated: nothing is wired
    yield from _ports([*shared_ports.items(), *_reader_ports(readers)])
    if any(_chips(bank) for bank in lockers.bank):
        yield from _lines("", I2C_PINS, "I2C")
    yield from _emergency(lockers.emergency)
    for reader in readers:
        yield from _lines("", _reader_pins(reader), f"reader {reader.name}")


def _lines(chip: str, pins: Sequence[int], owner: str) -> Iterator[Claim]:
    for pin in pins:
        yield (f"{chip} {pin}" if chip else f"GPIO {pin}"), owner


def _chips(bank: Bank) -> set[str]:
    """The expanders of this bank, which hang on the header's I2C lines."""
    match bank:
        case GpioBank():
            return {bank.chip, bank.sensor_chip} - {""}
        case ShiftRegisterBank():
            return {bank.sensor_chip} - {""}
        case _:
            return set()


def _channels(bank: BoardBank, owner: str) -> Iterator[Claim]:
    from hardware.board_kinds import BOARD_KINDS

    address = bank.address or BOARD_KINDS[bank.protocol].address
    for channel in bank.channels or range(1, len(bank.numbers) + 1):
        yield f"{bank.port} ({address}), channel {channel}", owner


def _ports(ports: Sequence[tuple[str, str]]) -> Iterator[Claim]:
    for port, owner in ports:
        yield port, owner
        if port in UART_PORTS:
            yield from _lines("", UART_PINS, owner)


def _reader_ports(readers: Sequence[Reader]) -> list[tuple[str, str]]:
    return [(r.port, f"reader {r.name}") for r in readers if isinstance(r, SerialReader)]


def _emergency(button: EmergencySettings) -> Iterator[Claim]:
    if button.pin and not button.simulated:
        yield f"GPIO {button.pin}", "lockers.emergency"


def _reader_pins(reader: Reader) -> list[int]:
    pins = [reader.good_pin, reader.bad_pin, reader.beeper_pin]
    match reader:
        case SerialReader():
            pins += [reader.trigger_pin, reader.good_read_pin]
        case WiegandReader():
            pins += [reader.data0_pin, reader.data1_pin]
        case _:
            pass
    return [pin for pin in pins if pin]
