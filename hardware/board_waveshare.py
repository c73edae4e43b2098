"""Frames of Waveshare's Modbus RTU relays: pulses that the board times, all off, eight inputs (D).

Function 05 on coil 0x0200 + relay switches it on for a number of 0.1 s steps, on coil 0x00FF all
of them off; both are answered by the request itself. Function 02 reads the inputs of the version
D, where door contacts may hang; function 01 reads which relays are on.
"""

import math

from hardware.board_protocol import Ask, windows
from hardware.interfaces import DeviceFault

USUAL_BAUD = 9600
USUAL_ADDRESS = 1
ADDRESSES = range(1, 248)
READ_COILS, READ_INPUTS, WRITE_COIL = 0x01, 0x02, 0x05
FAILED = 0x80
"""Added to the function in an answer that refuses."""
FLASH_ON = 0x0200
ALL_RELAYS = 0x00FF
STEP_S = 0.1
WRITE_LENGTH = 8
REFUSAL_LENGTH = 5


def crc16(data: bytes) -> int:
    """Modbus's checksum."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def checked(body: bytes) -> bytes:
    """The frame: the body with its checksum behind it, low byte first."""
    return body + crc16(body).to_bytes(2, "little")


class WaveshareBoard:
    """One relay board by its address, 1 to 247, with up to 32 relays; inputs are those of 8."""

    channels = range(1, 33)
    seen = range(1, 9)
    unlock_is_answered = True

    def __init__(self, address: int = USUAL_ADDRESS, relays: int = 8) -> None:
        self._address = address
        self._relays = 8 * math.ceil(relays / 8)

    def status(self) -> Ask[int]:
        """Ask for the inputs."""
        return self._read(READ_INPUTS, len(self.seen))

    def unlock(self, channel: int, pulse_s: float) -> Ask[bool]:
        """Switch the relay on for the steps that the pulse needs."""
        return self._write(FLASH_ON + channel - 1, _steps(pulse_s))

    def on_s(self, pulse_s: float) -> float:
        """Round up to the board's steps."""
        return _steps(pulse_s) * STEP_S

    def driven(self) -> Ask[int]:
        """Ask which relays are on."""
        return self._read(READ_COILS, self._relays)

    def all_off(self) -> Ask[bool]:
        """Switch every relay off."""
        return self._write(ALL_RELAYS, 0)

    def _read(self, function: int, count: int) -> Ask[int]:
        head = bytes([self._address, function])

        def find(data: bytes) -> int | None:
            self._refuse(data, function)
            size = count // 8
            for frame in windows(data, len(head) + 1 + size + 2):
                if frame[:3] == head + bytes([size]) and frame == checked(frame[:-2]):
                    return int.from_bytes(frame[3:-2], "little") << 1
            return None

        return Ask(checked(head + b"\0\0" + count.to_bytes(2, "big")), find)

    def _write(self, coil: int, value: int) -> Ask[bool]:
        head = bytes([self._address, WRITE_COIL])
        request = checked(head + coil.to_bytes(2, "big") + value.to_bytes(2, "big"))

        def find(data: bytes) -> bool | None:
            self._refuse(data, WRITE_COIL)
            return request in windows(data, WRITE_LENGTH) or None

        return Ask(request, find)

    def _refuse(self, data: bytes, function: int) -> None:
        head = bytes([self._address, function | FAILED])
        for frame in windows(data, REFUSAL_LENGTH):
            if frame[:2] == head and frame == checked(frame[:-2]):
                raise DeviceFault(f"the board refused: Modbus exception {frame[2]}")


def _steps(pulse_s: float) -> int:
    return max(1, math.ceil(pulse_s / STEP_S - 1e-9))
