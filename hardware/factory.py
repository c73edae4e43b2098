"""Opens the driver that a config word names, and imports no other."""

from hardware.interfaces import DocumentScanner, LockerBank
from hardware.options import GpioLockerOptions, SaneScannerOptions, SimulatedLockerOptions

LOCKER_KINDS = ("gpio", "simulated", "none")
SCANNER_KINDS = ("sane", "none")


def open_locker_bank(
    kind: str, options: GpioLockerOptions | SimulatedLockerOptions | None = None
) -> LockerBank:
    """Open the bank of this kind: "gpio", "simulated", or "none".

    Raises ValueError for an unknown kind or options of another kind, DeviceUnavailable when the
    lines cannot be claimed or, for "gpio", when outputs would outlive a killed process.
    """
    if kind == "none":
        from hardware.absent import AbsentLockerBank

        return AbsentLockerBank()
    if kind == "simulated" and isinstance(options, SimulatedLockerOptions | None):
        return _open_simulated(options or SimulatedLockerOptions())
    if kind == "gpio" and isinstance(options, GpioLockerOptions):
        return _open_gpio(options)
    raise ValueError(_mismatch("locker bank", kind, LOCKER_KINDS, options))


def open_scanner(kind: str, options: SaneScannerOptions | None = None) -> DocumentScanner:
    """Open the scanner of this kind: "sane" or "none"; no device is touched yet.

    Raises ValueError for an unknown kind, or "sane" without options.
    """
    if kind == "none":
        from hardware.absent import AbsentScanner

        return AbsentScanner()
    if kind == "sane" and options is not None:
        from hardware.scanner_sane import SaneScanner

        return SaneScanner(options)
    raise ValueError(_mismatch("scanner", kind, SCANNER_KINDS, options))


def _open_simulated(options: SimulatedLockerOptions) -> LockerBank:
    from hardware.simulated import SimulatedLockerBank, simulated_wiring
    from hardware.simulated_room import RoomTiming

    wiring = simulated_wiring(options.count, sensors=options.sensors)
    return SimulatedLockerBank(wiring, RoomTiming(options.lag_s, options.shut_after_s))


def _open_gpio(options: GpioLockerOptions) -> LockerBank:
    from hardware.lockers_gpio import GpioLockerBank
    from hardware.strict_gpiod import require_strict_gpiod

    if options.require_strict_gpiod:
        require_strict_gpiod()
    return GpioLockerBank(options.wiring, _header())


def _header() -> object:
    from hardware.interfaces import DeviceUnavailable

    try:
        from hardware.pins_lgpio import ApplianceFactory

        return ApplianceFactory()
    except Exception as error:
        # lgpio raises its own error type, gpiozero another, a missing library ImportError.
        raise DeviceUnavailable(f"the GPIO header cannot be opened: {error}") from error


def _mismatch(device: str, kind: str, kinds: tuple[str, ...], options: object) -> str:
    if kind not in kinds:
        return f"no {device} of kind {kind!r}; known: {', '.join(kinds)}"
    return f"a {device} of kind {kind!r} cannot be opened with {type(options).__name__}"
