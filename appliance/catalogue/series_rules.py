"""Which titles are editions of one series: the same title but for the time it speaks of."""

import re
import unicodedata
from collections.abc import Sequence

PREFIX_CHARS = 24  # as in the index publication_series
SHORTEST_PREFIX = 6
SHORTEST_KEY = 8
_MONTHS = (
    "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
    "|january|february|march|may|june|july|august|october|december"
)
_YEAR = r"(?:19|20)\d\d"
_PART = rf"(?:{_MONTHS}|(?:triwulan|semester|caturwulan|subround|quarter)\s+(?:[ivx]+|\d)|q[1-4])"
_TIME = re.compile(
    rf"(?:\b{_PART}\b[\s,./–-]*(?:\bdan\b\s*|s\.?d\.?\s*)?)*"
    rf"\b{_YEAR}(?:\s*[-–/]\s*(?:{_YEAR}|\d\d))*\b"
    rf"(?:[\s,/-]*\b{_PART}\b)?",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"\b(?:vol(?:ume)?|no(?:mor)?|edisi)\b\.?\s*(?:\d+|[ivxlc]+\b)", re.IGNORECASE)
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dXx])")


def series_key(title: str) -> str:
    """What the editions of a series have in common; empty for a title that says too little."""
    timeless = _ISSUE.sub(" ", _TIME.sub(" ", title))
    letters = unicodedata.normalize("NFKD", timeless).casefold()
    key = " ".join(re.findall(r"[^\W_]+", letters))
    return key if len(key) >= SHORTEST_KEY and " " in key else ""


def title_prefix(title: str) -> str:
    """How every title of its series begins; empty where the time stands too far in front."""
    places = [found.start() for found in (_TIME.search(title), _ISSUE.search(title)) if found]
    prefix = title[: min([PREFIX_CHARS, *places])].rstrip()
    return prefix if len(prefix) >= SHORTEST_PREFIX else ""


def time_of(title: str) -> str:
    """The time a title speaks of, as it is written there: "Maret 2024"; empty for none."""
    found = _TIME.search(title)
    return " ".join(found[0].split()) if found else ""


def is_renamed(years: Sequence[int | None]) -> bool:
    """Whether what has one ISSN under several titles is one series: with one edition a year.

    Else several series share it, such as those of all the sub-districts of an office.
    """
    return None not in years and len(set(years)) == len(years)


def is_issn(text: str) -> bool:
    """Whether this is an ISSN whose check digit is right: an ISBN, too, is kept in that field."""
    found = _ISSN.fullmatch(text.strip())
    if found is None:
        return False
    digits = (found[1] + found[2]).upper()
    values = [10 if digit == "X" else int(digit) for digit in digits]
    weighted = sum(value * weight for value, weight in zip(values, range(8, 0, -1), strict=True))
    return weighted % 11 == 0
