"""Opens the driver that a config word names, and imports no other."""

from hardware.interfaces import DocumentScanner, LockerBank
from hardware.options import (
    BankOptions,
    BoardLockerOptions,
    GpioLockerOptions,
    MixedLockerOptions,
    SaneScannerOptions,
    ShiftLockerOptions,
    SimulatedBoardOptions,
    SimulatedLockerOptions,
)

LOCKER_KINDS = ("gpio", "shift_register", "board", "simulated", "mixed", "none")
SCANNER_KINDS = ("sane", "none")


def open_locker_bank(
    kind: str, options: BankOptions | MixedLockerOptions | None = None
) -> LockerBank:
    """Open the bank of this kind, one of LOCKER_KINDS.

    Raises ValueError for an unknown kind or options of another kind, DeviceUnavailable when the
    lines cannot be claimed or, for coils on the header, when outputs would outlive a killed
    process. A board that does not answer is opened all the same, and so is a mixture of which a
    bank is missing.
    """
    if kind == "mixed" and isinstance(options, MixedLockerOptions):
        from hardware.open_boards import open_mixed

        return open_mixed(options, lambda bank: open_locker_bank(bank.kind, bank.options))
    if isinstance(options, BoardLockerOptions | SimulatedBoardOptions):
        return _open_board(kind, options)
    return _open_pins(kind, options)


def _open_board(kind: str, options: BoardLockerOptions | SimulatedBoardOptions) -> LockerBank:
    from hardware.open_boards import open_board, open_simulated_board

    if kind == "simulated" and isinstance(options, SimulatedBoardOptions):
        return open_simulated_board(options)
    if kind == "board" and isinstance(options, BoardLockerOptions):
        return open_board(options)
    raise ValueError(_mismatch("locker bank", kind, LOCKER_KINDS, options))


def _open_pins(kind: str, options: object) -> LockerBank:
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
