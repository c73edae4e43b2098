"""Pages as people write them on a photocopy form, read and counted."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from appliance.errors import N_

HIGHEST = 5000  # the thickest yearbook has 1,200 pages
MOST = 1000  # of one publication; beyond that somebody wants the book, or mistyped
UNREADABLE = N_("Tulis nomor halamannya saja, misalnya 1-5, 12.")
BACKWARDS = N_("Halaman awal harus sebelum halaman akhir, misalnya 1-5.")
TOO_MANY = N_("Paling banyak 1.000 halaman dari satu publikasi.")

_WORDS = re.compile(r"\b(?:halaman|hlm|hal|pages?|pp?)\b\.?", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|‐|–|—|\bs\.?\s?/?\s?d\b\.?|\bsampai\b|\bto\b)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;+&\r\n]|\bdan\b|\band\b)\s*", re.IGNORECASE)
_ROMAN = re.compile(r"(?=.)(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")  # a preface has no more
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

Range = tuple[int, int]


class UnreadableError(ValueError):
    """Raised for what are no page numbers; the message says what to write, for the form."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages in order, each counted once. `text` writes them the short way: "iii, 1-5, 12"."""

    text: str
    count: int


def parse_pages(typed: str) -> Pages:
    """The pages that were typed, Roman ones of a preface first. Raises UnreadableError."""
    numbered: dict[bool, list[Range]] = {True: [], False: []}
    for part in filter(None, _BETWEEN.split(_WORDS.sub(" ", typed).strip())):
        is_roman, pages = _range(part.strip())
        numbered[is_roman].append(pages)
    roman, arabic = _merged(numbered[True]), _merged(numbered[False])
    count = sum(last - first + 1 for first, last in (*roman, *arabic))
    if not count:
        raise UnreadableError(UNREADABLE)
    if count > MOST:
        raise UnreadableError(TOO_MANY)
    told = [_written(pages, _to_roman) for pages in roman]
    told += [_written(pages, str) for pages in arabic]
    return Pages(", ".join(told), count)


def _range(part: str) -> tuple[bool, Range]:
    ends = [_number(end) for end in _TO.split(part)]
    if len(ends) > 2 or ends[0][0] is not ends[-1][0]:
        raise UnreadableError(UNREADABLE)
    first, last = ends[0][1], ends[-1][1]
    if first > last:
        raise UnreadableError(BACKWARDS)
    return ends[0][0], (first, last)


def _number(text: str) -> tuple[bool, int]:
    """Whether a page number is Roman, and its value."""
    if text.isascii() and text.isdigit() and len(text) < 8:
        number = int(text)
        if 0 < number <= HIGHEST:
            return False, number
    lower = text.casefold()
    if _ROMAN.fullmatch(lower):
        return True, _from_roman(lower)
    raise UnreadableError(UNREADABLE)


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _from_roman(text: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def _to_roman(number: int) -> str:
    said = ""
    for value, letters in (
        (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"),
        (1, "i"),
    ):  # fmt: skip
        times, number = divmod(number, value)
        said += letters * times
    return said


def _written(pages: Range, say: Callable[[int], str]) -> str:
    first, last = pages
    return say(first) if first == last else f"{say(first)}-{say(last)}"
