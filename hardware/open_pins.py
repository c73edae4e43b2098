"""Opens the banks on GPIO lines, real and simulated: their chips, their guard, their driver."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from hardware.interfaces import DeviceUnavailable, LockerBank
from hardware.options import GpioLockerOptions, ShiftLockerOptions, SimulatedLockerOptions
from hardware.wiring import HEADER, ShiftWiring

if TYPE_CHECKING:
    from hardware.pins_lgpio import ApplianceFactory
    from hardware.pulse_guard import PulseGuard


def open_simulated(options: SimulatedLockerOptions) -> LockerBank:
    """Open a bank on mock pins. Raises DeviceUnavailable when its guard cannot be started."""
    from hardware import simulated
    from hardware.simulated_room import RoomTiming

    is_shifted = options.like == "shift_register"
    wire = simulated.simulated_shift_wiring if is_shifted else simulated.simulated_wiring
    wiring = wire(
        options.numbers or options.count,
        sensors=options.sensors,
        pulse_s=options.pulse_s,
        rest_s=options.rest_s,
        stagger_s=options.stagger_s,
    )
    timing = RoomTiming(options.lag_s, options.shut_after_s)
    guard = _guard({}) if options.guarded else None
    if isinstance(wiring, ShiftWiring):
        return simulated.SimulatedShiftBank(wiring, timing, guard=guard)
    return simulated.SimulatedLockerBank(wiring, timing, like=options.like, guard=guard)


def open_gpio(options: GpioLockerOptions) -> LockerBank:
    """Open a bank on the header's or an expander's lines. Raises DeviceUnavailable."""
    from hardware.lockers_gpio import GpioLockerBank

    wiring = options.wiring
    if options.require_strict_gpiod and wiring.chip == HEADER:
        _require_strict_gpiod()
    with ExitStack() as held:
        chips = _open_chips(held, wiring.chip, wiring.sensor_chip)
        coils = chips[wiring.chip]
        lines = tuple(line for _, line in wiring.coil_lines)
        return GpioLockerBank(
            wiring,
            coils,
            sensor_factory=chips[wiring.sensor_chip],
            guard=_guard({coils.path: lines}) if options.guarded else None,
            release=_kept(held),
        )


def open_shift(options: ShiftLockerOptions) -> LockerBank:
    """Open a bank behind shift registers. Raises DeviceUnavailable."""
    from hardware.lockers_shift import ShiftLockerBank

    wiring = options.wiring
    if options.require_strict_gpiod:
        _require_strict_gpiod()
    with ExitStack() as held:
        chips = _open_chips(held, HEADER, wiring.sensor_chip)
        header = chips[HEADER]
        return ShiftLockerBank(
            wiring,
            header,
            sensor_factory=chips[wiring.sensor_chip],
            guard=_guard({header.path: (wiring.enable_pin,)}) if options.guarded else None,
            release=_kept(held),
        )


def open_chip(name: str = HEADER) -> "ApplianceFactory":
    """Open one gpiochip by its label, the header unless named. Raises DeviceUnavailable."""
    try:
        from hardware.pins_lgpio import ApplianceFactory

        return ApplianceFactory(name)
    except Exception as error:
        # lgpio raises its own error type, gpiozero another, a missing library ImportError.
        which = "header" if name == HEADER else f"chip {name}"
        raise DeviceUnavailable(f"the GPIO {which} cannot be opened: {error}") from error


def _require_strict_gpiod() -> None:
    from hardware.strict_gpiod import require_strict_gpiod

    require_strict_gpiod()


def _open_chips(held: ExitStack, *names: str) -> "dict[str, ApplianceFactory]":
    """Open every chip once; two factories on one chip would quarrel over its lines."""
    chips = {}
    for name in dict.fromkeys(names):
        chips[name] = open_chip(name)
        held.callback(chips[name].close)
    return chips


def _kept(held: ExitStack) -> Callable[[], None]:
    """Take the chips out of the stack of their opening; the bank closes them from now on."""
    return held.pop_all().close


def _guard(lines: dict[str, tuple[int, ...]]) -> "PulseGuard":
    from hardware.pulse_guard import PulseGuard

    return PulseGuard(lines)
