"""The lock-control boards by the word that settings use for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware import board_8a, board_cu16, board_waveshare
from hardware.board_protocol import LockBoard


@dataclass(frozen=True, slots=True)
class BoardKind:
    """How such boards come from their maker; `build` wants the address and the highest channel."""

    baud: int
    address: int
    addresses: range
    build: Callable[[int, int], LockBoard]


BOARD_KINDS: Mapping[str, BoardKind] = {
    "cu16": BoardKind(
        board_cu16.USUAL_BAUD,
        board_cu16.USUAL_ADDRESS,
        board_cu16.ADDRESSES,
        lambda address, _: board_cu16.Cu16Board(address),
    ),
    "8a": BoardKind(
        board_8a.USUAL_BAUD,
        board_8a.USUAL_ADDRESS,
        board_8a.ADDRESSES,
        lambda address, _: board_8a.EightABoard(address),
    ),
    "waveshare": BoardKind(
        board_waveshare.USUAL_BAUD,
        board_waveshare.USUAL_ADDRESS,
        board_waveshare.ADDRESSES,
        board_waveshare.WaveshareBoard,
    ),
}
