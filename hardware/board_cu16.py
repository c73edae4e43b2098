"""Frames of the Kerong KR-CU16 lock board: 16 locks, hook and infrared bits, its own pulse time.

A request is ``02 ADDR CMD 03 SUM``: ADDR holds the board in its high and the lock (0 to 15) in its
low half, SUM is the low byte of the sum. A status is ``02 ADDR 35 h1 h2 i1 i2 03 SUM``. How long
the coil is on is set on the board. It does not answer an unlock, or answers with a status.
"""

from hardware.board_protocol import Ask, windows

USUAL_BAUD = 19200
USUAL_ADDRESS = 0
ADDRESSES = range(16)
START, END = 0x02, 0x03
GET_STATUS, UNLOCK, STATUS = 0x30, 0x31, 0x35
STATUS_LENGTH = 9


def checked(body: bytes) -> bytes:
    """The frame: the body with its sum behind it."""
    return body + bytes([sum(body) & 0xFF])


class Cu16Board:
    """One CU16 by its address, 0 to 15."""

    channels = range(1, 17)
    seen = range(1, 17)
    unlock_is_answered = False

    def __init__(self, address: int = USUAL_ADDRESS) -> None:
        self._address = address

    def status(self) -> Ask[int]:
        """Ask for the 16 hook bits."""
        return Ask(self._request(GET_STATUS, 0), self._find_status)

    def unlock(self, channel: int, pulse_s: float) -> Ask[bool]:
        """Unlock; `pulse_s` is what the board is set to, this frame does not carry it."""
        return Ask(self._request(UNLOCK, channel - 1), lambda data: None)

    def on_s(self, pulse_s: float) -> float:
        """Return what the settings say of the board's own time."""
        return pulse_s

    def driven(self) -> None:
        """The board does not say."""

    def all_off(self) -> None:
        """There is no such command: the board ends its pulses itself."""

    def _request(self, command: int, lock: int) -> bytes:
        return checked(bytes([START, self._address << 4 | lock, command, END]))

    def _find_status(self, data: bytes) -> int | None:
        for frame in windows(data, STATUS_LENGTH):
            start, address, command, low, high, _, _, end, _ = frame
            shape = (start, address >> 4, command, end)
            if shape == (START, self._address, STATUS, END) and frame == checked(frame[:-1]):
                return (high << 8 | low) << 1
        return None
