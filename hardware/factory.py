"""Opens the driver that a config word names, and imports no other."""

from hardware.interfaces import DocumentScanner, LockerBank
from hardware.options import (
    GpioLockerOptions,
    SaneScannerOptions,
    ShiftLockerOptions,
    SimulatedLockerOptions,
)

LockerOptions = GpioLockerOptions | ShiftLockerOptions | SimulatedLockerOptions
LOCKER_KINDS = ("gpio", "shift_register", "simulated", "none")
SCANNER_KINDS = ("sane", "none")


def open_locker_bank(kind: str, options: LockerOptions | None = None) -> LockerBank:
    """Open the bank of this kind, one of LOCKER_KINDS.

    Raises ValueError for an unknown kind or options of another kind, DeviceUnavailable when the
    lines cannot be claimed or, for coils on the header, when outputs would outlive a killed
    process.
    """
    if kind == "none":
        from hardware.absent import AbsentLockerBank

        return AbsentLockerBank()
    if kind == "simulated" and isinstance(options, SimulatedLockerOptions | None):
        from hardware.open_pins import open_simulated

        return open_simulated(options or SimulatedLockerOptions())
    if kind == "gpio" and isinstance(options, GpioLockerOptions):
        from hardware.open_pins import open_gpio

        return open_gpio(options)
    if kind == "shift_register" and isinstance(options, ShiftLockerOptions):
        from hardware.open_pins import open_shift

        return open_shift(options)
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


def _mismatch(device: str, kind: str, kinds: tuple[str, ...], options: object) -> str:
    if kind not in kinds:
        return f"no {device} of kind {kind!r}; known: {', '.join(kinds)}"
    return f"a {device} of kind {kind!r} cannot be opened with {type(options).__name__}"
