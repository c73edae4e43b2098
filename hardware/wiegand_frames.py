"""Wiegand bits -> card codes: frames of 26, 34 and 37 bits with their two parity bits. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.reader_interfaces import BadRead

FRAME_END_S = 0.03
"""Longer than any reader pauses between bits (0.2 to 20 ms), shorter than between cards."""
MAX_BITS = 64
KEYPAD_BITS = (4, 8)
NOISE_BITS = 3
"""So few are what a coil or a lamp nearby induces, not a card."""

Bit = tuple[float, int]
"""The kernel's seconds of the falling edge, and 0 for D0, 1 for D1."""


@dataclass(frozen=True, slots=True)
class _Format:
    facility_bits: int
    number_bits: int
    parity_bits: int
    """How many bits each of the two parities covers, itself counted; they overlap in 37 bits."""


_FORMATS = {26: _Format(8, 16, 13), 34: _Format(16, 16, 17), 37: _Format(16, 19, 19)}


def card_text(bits: Sequence[int]) -> str | BadRead | None:
    """Return for instance ``W26:045:01234`` (facility, number), or why it is none.

    None is for what is no card: keypad presses and noise.
    """
    if len(bits) <= NOISE_BITS or len(bits) in KEYPAD_BITS:
        return None
    shape = _FORMATS.get(len(bits))
    if shape is None or not _parity_holds(bits, shape.parity_bits):
        return BadRead.UNREADABLE
    facility = _number(bits[1 : 1 + shape.facility_bits])
    number = _number(bits[1 + shape.facility_bits : -1])
    return (
        f"W{len(bits)}:{facility:0{_digits(shape.facility_bits)}}"
        f":{number:0{_digits(shape.number_bits)}}"
    )


def frames(edges: Sequence[Bit], end_s: float = FRAME_END_S) -> list[list[Bit]]:
    """Split edges, in whatever order they were heard of, into frames by the kernel's times."""
    found: list[list[Bit]] = []
    last_s = float("-inf")
    for at_s, bit in sorted(edges):
        if at_s - last_s > end_s:
            found.append([])
        found[-1].append((at_s, bit))
        last_s = at_s
    return found


def _parity_holds(bits: Sequence[int], covers: int) -> bool:
    """Even over the first half with the first bit, odd over the second half with the last."""
    return sum(bits[:covers]) % 2 == 0 and sum(bits[-covers:]) % 2 == 1


def _number(bits: Sequence[int]) -> int:
    return int("".join(map(str, bits)), 2)


def _digits(bits: int) -> int:
    return len(str(2**bits - 1))
