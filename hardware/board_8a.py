"""Frames of the "8A" lock boards: 24 channels, one status bit each, their own pulse time.

``8A board channel 11 XOR`` unlocks and is answered by ``8A board channel 00|11 XOR``;
``80 board 00 33 XOR`` is answered by ``80 board s3 s2 s1 33 XOR``, the highest channels first.
Whether a set bit means shut or open differs from lock to lock. A board waits for its pulse before
it answers an unlock, because the answer carries what the lock did.
"""

from functools import reduce
from operator import xor

from hardware.board_protocol import Ask, windows

USUAL_BAUD = 9600
USUAL_ADDRESS = 1
ADDRESSES = range(1, 32)
UNLOCK, STATUS = 0x8A, 0x80
DO_UNLOCK, GET_STATUS = 0x11, 0x33
STATUS_LENGTH = 7
UNLOCK_LENGTH = 5
LATE_S = 0.2
"""How long after the end of its pulse a board may take to answer."""


def checked(body: bytes) -> bytes:
    """The frame: the body with its exclusive-or behind it."""
    return body + bytes([reduce(xor, body)])


class EightABoard:
    """One such board by its address, 1 to 31."""

    channels = range(1, 25)
    seen = range(1, 25)
    unlock_is_answered = True

    def __init__(self, address: int = USUAL_ADDRESS) -> None:
        self._address = address

    def status(self) -> Ask[int]:
        """Ask for the 24 status bits."""
        return Ask(checked(bytes([STATUS, self._address, 0, GET_STATUS])), self._find_status)

    def unlock(self, channel: int, pulse_s: float) -> Ask[bool]:
        """Unlock; `pulse_s` is what the board is set to, this frame does not carry it."""
        head = bytes([UNLOCK, self._address, channel])

        def find(data: bytes) -> bool | None:
            whole = (f for f in windows(data, UNLOCK_LENGTH) if f == checked(f[:-1]))
            return any(f[:3] == head and f[3] in (0x00, DO_UNLOCK) for f in whole) or None

        return Ask(checked(head + bytes([DO_UNLOCK])), find, pulse_s + LATE_S)

    def on_s(self, pulse_s: float) -> float:
        """Return what the settings say of the board's own time."""
        return pulse_s

    def driven(self) -> None:
        """The board does not say."""

    def all_off(self) -> None:
        """There is no such command: the board ends its pulses itself."""

    def _find_status(self, data: bytes) -> int | None:
        for frame in windows(data, STATUS_LENGTH):
            shape = (frame[0], frame[1], frame[5])
            if shape == (STATUS, self._address, GET_STATUS) and frame == checked(frame[:-1]):
                return int.from_bytes(frame[2:5], "big") << 1
        return None
