"""Opens lock-control boards, their simulated twins, and mixtures of banks."""

from collections.abc import Callable

from hardware.board_kinds import BOARD_KINDS
from hardware.interfaces import LockerBank
from hardware.lockers_board import BoardLockerBank
from hardware.options import (
    BoardLockerOptions,
    MixedLockerOptions,
    PlannedBank,
    SimulatedBoardOptions,
)


def open_board(options: BoardLockerOptions) -> LockerBank:
    """A bank on a board, which may keep silent as yet. Raises WiringError."""
    from hardware.serial_line import SerialLines

    kind = BOARD_KINDS[options.protocol]
    board = kind.build(options.address or kind.address, max(options.wiring.channels.values()))
    options.wiring.require(board.channels, board.seen)
    lines = options.lines or SerialLines()
    line = lines.take(options.port, options.baud or kind.baud)
    return BoardLockerBank(options.wiring, board, line)


def open_simulated_board(options: SimulatedBoardOptions) -> LockerBank:
    """The same driver on a simulated board. Raises WiringError."""
    from hardware.simulated_boards import SimulatedBoardBank
    from hardware.simulated_room import RoomTiming

    timing = RoomTiming(options.lag_s, options.shut_after_s)
    return SimulatedBoardBank(options.like, options.wiring, timing)


def open_mixed(
    options: MixedLockerOptions, open_one: Callable[[PlannedBank], LockerBank]
) -> LockerBank:
    """Several banks as one; `open_one` is asked again for a bank that was missing."""
    from hardware.lockers_mixed import BankRow, MixedLockerBank

    def row(bank: PlannedBank) -> BankRow:
        return BankRow(bank.name, bank.numbers, bank.seen, lambda: open_one(bank))

    return MixedLockerBank([row(bank) for bank in options.banks], stagger_s=options.stagger_s)
