"""What lock-control boards do with the bytes they hear: the far side of each protocol.

Written from the boards' own papers and not with the drivers' frames, so that one checks the other;
only the checksums are shared, and those are checked against known frames.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from hardware import board_8a, board_cu16, board_waveshare

Exchange = tuple[bytes, bytes]
"""A request that was heard, and the reply; empty where the board keeps silent."""


class FiredCoil(Protocol):
    """A coil that the board drives."""

    @property
    def is_on(self) -> bool:
        """True during a pulse."""
        ...

    def fire(self, on_s: float) -> None:
        """Drive it for this time."""
        ...

    def cut(self) -> None:
        """Switch it off."""
        ...


class ReadContact(Protocol):
    """A door contact as the board's input sees it."""

    @property
    def reads_closed(self) -> bool:
        """True for a shut door with its cable whole."""
        ...


@dataclass(frozen=True, slots=True)
class BoardState:
    """What is soldered to the board and set on it; channels count from 1."""

    coils: Mapping[int, FiredCoil]
    contacts: Mapping[int, ReadContact]
    address: int
    pulse_s: float
    closed_value: int = 1

    def doors(self, channels: range) -> int:
        """Status bits, bit 0 for the first channel; nothing connected reads as an open contact."""
        mask = 0
        for bit, channel in enumerate(channels):
            contact = self.contacts.get(channel)
            closed = contact is not None and contact.reads_closed
            mask |= (self.closed_value if closed else 1 - self.closed_value) << bit
        return mask

    def fire(self, channel: int, on_s: float | None = None) -> None:
        """Drive a channel, whatever hangs on it."""
        if channel in self.coils:
            self.coils[channel].fire(self.pulse_s if on_s is None else on_s)


class Firmware(ABC):
    """Cuts what it hears into frames of one length and answers those that are meant for it."""

    length = 5

    def __init__(self, state: BoardState) -> None:
        self.state = state
        self._heard = b""

    def take(self, data: bytes) -> Iterator[Exchange]:
        """Hear some bytes; noise before a frame is skipped."""
        self._heard += data
        while len(self._heard) >= self.length:
            frame = self._heard[: self.length]
            if not self.is_whole(frame):
                self._heard = self._heard[1:]
                continue
            self._heard = self._heard[self.length :]
            yield frame, self.answer(frame)

    @abstractmethod
    def is_whole(self, frame: bytes) -> bool:
        """Tell whether start and checksum hold."""

    @abstractmethod
    def answer(self, frame: bytes) -> bytes:
        """Do what the frame says."""


class Cu16Firmware(Firmware):
    """A KR-CU16, which answers status requests only."""

    def is_whole(self, frame: bytes) -> bool:
        """STX, ETX and the sum."""
        return (frame[0], frame[3]) == (2, 3) and sum(frame[:4]) & 0xFF == frame[4]

    def answer(self, frame: bytes) -> bytes:
        """30 asks for the status, 31 unlocks."""
        board, lock = divmod(frame[1], 16)
        if board != self.state.address:
            return b""
        if frame[2] == 0x31:
            self.state.fire(lock + 1)
        if frame[2] != 0x30:
            return b""
        hooks = self.state.doors(range(1, 17)).to_bytes(2, "little")
        return board_cu16.checked(bytes([2, board << 4, 0x35]) + hooks + b"\0\0\x03")


class EightAFirmware(Firmware):
    """A 24-channel board, which answers an unlock with the lock's state."""

    def is_whole(self, frame: bytes) -> bool:
        """A known head and the exclusive-or."""
        return frame[0] in (0x8A, 0x80) and frame == board_8a.checked(frame[:4])

    def answer(self, frame: bytes) -> bytes:
        """8A unlocks, 80 asks for all states."""
        head, board, channel, word = frame[:4]
        if board != self.state.address:
            return b""
        if (head, word) == (0x8A, 0x11) and channel:
            self.state.fire(channel)
            return board_8a.checked(bytes([head, board, channel, 0x11]))
        if (head, channel, word) == (0x80, 0, 0x33):
            bits = self.state.doors(range(1, 25)).to_bytes(3, "big")
            return board_8a.checked(bytes([head, board]) + bits + b"\x33")
        return b""


class WaveshareFirmware(Firmware):
    """A relay board with eight relays and eight inputs."""

    length = 8

    def is_whole(self, frame: bytes) -> bool:
        """The checksum."""
        return frame == board_waveshare.checked(frame[:6])

    def answer(self, frame: bytes) -> bytes:
        """05 writes a coil, 01 reads the relays, 02 the inputs."""
        board, function = frame[:2]
        where, value = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
        if board != self.state.address:
            return b""
        if function == 5 and (where == 0xFF or 0x200 <= where < 0x220):
            self._write(where, value)
            return frame
        if function in (1, 2) and where == 0 and value % 8 == 0:
            bits = self._relays() if function == 1 else self.state.doors(range(1, 9))
            data = bits.to_bytes(4, "little")[: value // 8]
            return board_waveshare.checked(bytes([board, function, len(data)]) + data)
        return board_waveshare.checked(bytes([board, function | 0x80, 2]))

    def _write(self, where: int, value: int) -> None:
        if where != 0xFF:
            self.state.fire(where - 0x200 + 1, value * 0.1)
            return
        for coil in self.state.coils.values():
            coil.cut()

    def _relays(self) -> int:
        return sum(coil.is_on << (channel - 1) for channel, coil in self.state.coils.items())


FIRMWARE: Mapping[str, Callable[[BoardState], Firmware]] = {
    "cu16": Cu16Firmware,
    "8a": EightAFirmware,
    "waveshare": WaveshareFirmware,
}
