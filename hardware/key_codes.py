"""Linux key codes -> characters, one table a keyboard layout. Pure.

A reader that types sends positions, not letters: the layout set in the reader must be the one
read here. A further layout is a further entry of LAYOUTS.
"""

from collections.abc import Mapping
from typing import TypeAlias

Layout: TypeAlias = Mapping[int, tuple[str, str]]
"""Key code (linux/input-event-codes.h) -> the character without and with Shift."""

ENTER, TAB, KEYPAD_ENTER = 28, 15, 96
ENDS = frozenset({ENTER, TAB, KEYPAD_ENTER})
SHIFTS = frozenset({42, 54})
SILENT = frozenset({69})
"""Num Lock: some readers press it around keypad digits; it changes nothing here."""

_KEYPAD = {
    55: "*", 71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+",
    79: "1", 80: "2", 81: "3", 82: "0", 83: ".", 98: "/",
}  # fmt: skip


def _rows(*rows: tuple[int, str, str]) -> dict[int, tuple[str, str]]:
    """Keys that lie side by side have codes that follow one another."""
    return {
        first + place: pair
        for first, plain, shifted in rows
        for place, pair in enumerate(zip(plain, shifted, strict=True))
    }


def _layout(*rows: tuple[int, str, str]) -> Layout:
    return _rows(*rows, (57, " ", " ")) | {key: (char, char) for key, char in _KEYPAD.items()}


# What needs AltGr is left out: no code of ours, and no book's, has such a character. The rows begin
# at the keys 1, Q, A, the one left of 1 (41), the one left of Enter (43), Z, and the one between
# the left Shift and Z that only European keyboards have (86).
LAYOUTS: Mapping[str, Layout] = {
    "us": _layout(
        (2, "1234567890-=", "!@#$%^&*()_+"),
        (16, "qwertyuiop[]", "QWERTYUIOP{}"),
        (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
        (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ),
    "uk": _layout(
        (2, "1234567890-=", '!"£$%^&*()_+'),
        (16, "qwertyuiop[]", "QWERTYUIOP{}"),
        (30, "asdfghjkl;'`", "ASDFGHJKL:@¬"),
        (43, "#zxcvbnm,./", "~ZXCVBNM<>?"),
        (86, "\\", "|"),
    ),
    "de": _layout(
        (2, "1234567890ß´", '!"§$%&/()=?`'),
        (16, "qwertzuiopü+", "QWERTZUIOPÜ*"),
        (30, "asdfghjklöä^", "ASDFGHJKLÖÄ°"),
        (43, "#yxcvbnm,.-", "'YXCVBNM;:_"),
        (86, "<", ">"),
    ),
    "fr": _layout(
        (2, "&é\"'(-è_çà)=", "1234567890°+"),
        (16, "azertyuiop^$", "AZERTYUIOP¨£"),
        (30, "qsdfghjklmù²", "QSDFGHJKLM%²"),
        (43, "*wxcvbn,;:!", "µWXCVBN?./§"),
        (86, "<", ">"),
    ),
}
