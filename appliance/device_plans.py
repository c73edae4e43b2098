"""What the settings say of the lockers, as the options that drivers are opened with.

Nothing is opened here, so that a settings file can be judged without its devices.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from appliance.device_pins import require_unshared
from appliance.device_settings import (
    Bank,
    BoardBank,
    GpioBank,
    LockerSettings,
    Reader,
    ShiftRegisterBank,
    SimulatedBank,
    listed,
)
from appliance.errors import N_, ConfigError

if TYPE_CHECKING:
    from hardware.options import BankOptions, MixedLockerOptions, PlannedBank
    from hardware.serial_line import SerialLines
    from hardware.wiring import GpioWiring, ShiftWiring

Plan: TypeAlias = "tuple[str, BankOptions | MixedLockerOptions | None]"
"""A kind of bank and its options, as the factory takes them."""


def plan_lockers(
    settings: LockerSettings, readers: Sequence[Reader] = (), *, guarded: bool = False
) -> Plan:
    """Everything about the lockers that a driver must know. Raises ConfigError with the reason.

    `guarded`: the process may be killed by its pulse guard, which only the owner of the doors may.
    """
    from hardware.options import MixedLockerOptions

    if not settings.bank:
        return "none", None
    _ = settings.sizes  # raises for a number used twice and for a wrong count of sizes
    lines = _lines(settings.bank)
    require_unshared(settings, readers)
    planned = tuple(
        _planned(index, bank, settings, lines, guarded=guarded)
        for index, bank in enumerate(settings.bank, start=1)
    )
    if len(planned) == 1 and not _may_be_missing(settings.bank[0]):
        return planned[0].kind, planned[0].options
    return "mixed", MixedLockerOptions(banks=planned, stagger_s=settings.stagger_s)


def _planned(
    index: int,
    bank: Bank,
    settings: LockerSettings,
    lines: "SerialLines | None",
    *,
    guarded: bool,
) -> "PlannedBank":
    from hardware.options import PlannedBank
    from hardware.wiring import WiringError

    numbers = bank.numbers
    times = {
        "pulse_s": bank.pulse_s,
        "rest_s": bank.rest_s,
        "stagger_s": settings.stagger_s,
    }
    try:
        kind, options = _options(bank, times, lines, guarded=guarded)
    except WiringError as error:
        raise ConfigError(N_("Sambungan loker tidak aman: %(problem)s."), problem=error) from error
    return PlannedBank(
        name=f"bank {index} ({kind}, lockers {listed(numbers)})",
        kind=kind,
        numbers=numbers,
        seen=frozenset(numbers if bank.sensors else ()),
        options=options,
    )


def _options(
    bank: Bank, times: Mapping[str, Any], lines: "SerialLines | None", *, guarded: bool
) -> "tuple[str, BankOptions]":
    from hardware import options

    match bank:
        case GpioBank():
            return "gpio", options.GpioLockerOptions(wiring=_gpio(bank, times), guarded=guarded)
        case ShiftRegisterBank():
            wiring = _shift(bank, times)
            return "shift_register", options.ShiftLockerOptions(wiring=wiring, guarded=guarded)
        case BoardBank():
            return "board", _board(bank, times, lines)
        case SimulatedBank():
            return "simulated", _simulated(bank, times, guarded=guarded)


def _gpio(bank: GpioBank, times: Mapping[str, Any]) -> "GpioWiring":
    from hardware.wiring import GpioWiring

    return GpioWiring(
        solenoid_pins=_each_door(bank, "coils", bank.coils),
        door_pins=_each_door(bank, "sensors", bank.sensors) if bank.sensors else None,
        chip=bank.chip,
        sensor_chip=bank.sensor_chip or bank.chip,
        closed_level=bank.closed_level,
        **times,
    )


def _shift(bank: ShiftRegisterBank, times: Mapping[str, Any]) -> "ShiftWiring":
    from hardware.wiring import ShiftWiring

    return ShiftWiring(
        outputs=_each_door(bank, "outputs", bank.outputs or range(len(bank.numbers))),
        data_pin=bank.data_pin,
        clock_pin=bank.clock_pin,
        latch_pin=bank.latch_pin,
        enable_pin=bank.enable_pin,
        door_pins=_each_door(bank, "sensors", bank.sensors) if bank.sensors else None,
        sensor_chip=bank.sensor_chip,
        closed_level=bank.closed_level,
        **times,
    )


def _board(bank: BoardBank, times: Mapping[str, Any], lines: "SerialLines | None") -> "BankOptions":
    from hardware.board_kinds import BOARD_KINDS
    from hardware.board_wiring import BoardWiring
    from hardware.options import BoardLockerOptions

    kind = BOARD_KINDS[bank.protocol]
    address = bank.address or kind.address
    if address not in kind.addresses:
        raise ConfigError(
            N_("Papan %(board)s tidak punya alamat %(address)s: %(first)s sampai %(last)s."),
            board=bank.protocol,
            address=bank.address,
            first=kind.addresses.start,
            last=kind.addresses.stop - 1,
        )
    wiring = BoardWiring(
        channels=_each_door(bank, "channels", bank.channels or range(1, len(bank.numbers) + 1)),
        sensors=bank.sensors,
        closed_value=bank.closed_value,
        **times,
    )
    board = kind.build(address, max(wiring.channels.values()))
    wiring.require(board.channels, board.seen)
    return BoardLockerOptions(
        protocol=bank.protocol,
        port=bank.port,
        wiring=wiring,
        baud=bank.baud or kind.baud,
        address=address,
        lines=lines,
    )


def _simulated(bank: SimulatedBank, times: Mapping[str, Any], *, guarded: bool) -> "BankOptions":
    from hardware.board_kinds import BOARD_KINDS
    from hardware.board_wiring import BoardWiring
    from hardware.options import SimulatedBoardOptions, SimulatedLockerOptions

    match bank.like:
        case "gpio" | "shift_register":
            return SimulatedLockerOptions(
                numbers=bank.numbers,
                like=bank.like,
                sensors=bank.sensors,
                guarded=guarded,
                **times,
            )
        case board:
            channels = dict(zip(bank.numbers, range(1, len(bank.numbers) + 1), strict=True))
            wiring = BoardWiring(channels=channels, sensors=bank.sensors, **times)
            kind = BOARD_KINDS[board].build(0, max(channels.values()))
            wiring.require(kind.channels, kind.seen)
            return SimulatedBoardOptions(like=board, wiring=wiring)


def _each_door(bank: Bank, key: str, values: Sequence[int]) -> dict[int, int]:
    numbers = bank.numbers
    if len(values) != len(numbers):
        raise ConfigError(
            N_("Loker %(doors)s: ada %(count)s di %(key)s, seharusnya %(needed)s."),
            doors=listed(numbers),
            count=len(values),
            key=key,
            needed=len(numbers),
        )
    return dict(zip(numbers, values, strict=True))


def _lines(banks: Sequence[Bank]) -> "SerialLines | None":
    """The serial lines of the boards; two boards on one port speak alike. Raises ConfigError."""
    speech: dict[str, tuple[str, int]] = {}
    for bank in banks:
        if not isinstance(bank, BoardBank):
            continue
        mine = (bank.protocol, bank.baud)
        if speech.setdefault(bank.port, mine) != mine:
            raise ConfigError(
                N_("Papan di %(port)s harus sama protokol dan kecepatannya."), port=bank.port
            )
    if not speech:
        return None
    from hardware.serial_line import SerialLines

    return SerialLines()


def _may_be_missing(bank: Bank) -> bool:
    """True for what hangs on an expander, which may be unplugged while the header never is."""
    return isinstance(bank, GpioBank | ShiftRegisterBank) and bool(
        getattr(bank, "chip", "") or bank.sensor_chip
    )
