"""Puts a request into the words of one scanner, and within what it can do."""

import re
from collections.abc import Iterable
from dataclasses import replace

from hardware.interfaces import FED, ScannerDescription, ScanRequest, ScanSource

MODE_BEGINNINGS = {
    "Gray": ("gray", "grey", "true gray", "256 gray", "8-bit gray"),
    "Color": ("color", "colour", "24bit color", "24-bit color", "full color", "48bit color"),
    "Lineart": ("lineart", "black & white", "black and white", "binary", "monochrome", "bw"),
}
FALLBACKS = {"Color": "Gray", "Gray": "Color", "Lineart": "Gray"}
"""Every mode, and what is closest to it on a scanner that does not have it."""
BOTH_SIDES = re.compile(r"duplex|both sides|double[ -]?sided|two[ -]sided")
BACK_ONLY = re.compile(r"\bback\b|\brear\b")
FEEDS = re.compile(r"\badf\b|automatic document|document feeder|\bfeeder\b|sheet[ -]?fed|\bfront\b")
LYING = re.compile(r"flat[ -]?bed|\bfb\b|\bglass\b|platen|document table|^normal$")


def source_kind(word: str) -> ScanSource | None:
    """Which way of taking paper a backend means by its word; None for another, as for slides."""
    plain = word.lower().replace("_", " ")
    if re.search(r"transparen|\btpu\b|negative|slide|film", plain) or BACK_ONLY.search(plain):
        return None
    for kind, pattern in (
        (ScanSource.DUPLEX, BOTH_SIDES),
        (ScanSource.FEEDER, FEEDS),
        (ScanSource.FLATBED, LYING),
    ):
        if pattern.search(plain):
            return kind
    return None


def sources_of(scanner: ScannerDescription) -> tuple[ScanSource, ...]:
    """What paper it takes; one without a choice has only a glass."""
    kinds = {source_kind(word) for word in scanner.sources}
    if scanner.duplex_option and ScanSource.FEEDER in kinds:
        kinds.add(ScanSource.DUPLEX)
    if not scanner.sources:
        kinds.add(ScanSource.FLATBED)
    return tuple(kind for kind in ScanSource if kind in kinds)


def modes_of(scanner: ScannerDescription) -> tuple[str, ...]:
    """Which of "Color", "Gray", "Lineart" it has; one without a choice may be asked for any."""
    if not scanner.modes:
        return tuple(FALLBACKS)
    found = {mode for mode in FALLBACKS if spelled_mode(mode, scanner.modes)}
    if "Gray" in found and 1 in scanner.depths:
        found.add("Lineart")  # as grey samples of one bit
    return tuple(mode for mode in FALLBACKS if mode in found)


def reach_mm(scanner: ScannerDescription, source: str | None) -> tuple[float, float]:
    """How wide and how long a page may be at this kind of source."""
    if source in FED and scanner.feeder_width_mm:
        return scanner.feeder_width_mm, scanner.feeder_height_mm
    return scanner.max_width_mm, scanner.max_height_mm


def fitted(wanted: ScanRequest, scanner: ScannerDescription) -> ScanRequest:
    """The request in this scanner's words: the nearest resolution, a mode it has, its glass.

    A source that it does not have stays as asked, for the scanner to refuse: the paper lies
    elsewhere.
    """
    mode = wanted.mode
    if mode is not None and mode not in modes_of(scanner):
        mode = FALLBACKS.get(mode, mode)
    width_mm, height_mm = reach_mm(scanner, wanted.source)
    return replace(
        wanted,
        resolution_dpi=nearest_resolution(wanted.resolution_dpi, scanner.resolutions_dpi),
        mode=_mode_word(mode, scanner),
        source=spelled_source(wanted.source, scanner.sources),
        extra_words=(*wanted.extra_words, *_depth(mode, scanner), *_sides(wanted.source, scanner)),
        width_mm=min(wanted.width_mm, width_mm),
        height_mm=min(wanted.height_mm, height_mm),
    )


def spelled_mode(wanted: str, available: Iterable[str]) -> str | None:
    """A mode as this scanner spells it; None leaves the choice to it."""
    modes = tuple(available)
    if wanted in modes:
        return wanted
    beginnings = MODE_BEGINNINGS.get(wanted, (wanted.lower(),))
    return next((mode for mode in modes if mode.lower().startswith(beginnings)), None)


def spelled_source(wanted: str | None, available: Iterable[str]) -> str | None:
    """A kind of source as this scanner spells it; a word that is no kind is left alone.

    None for a flatbed where the scanner offers no choice, the feeder's word for a duplex that is
    an option of its own.
    """
    words = tuple(available)
    if wanted is None or wanted not in tuple(ScanSource) or wanted in words:
        return wanted
    kinds = {source_kind(word): word for word in reversed(words)}
    if wanted == ScanSource.FLATBED and not words:
        return None
    if wanted == ScanSource.DUPLEX and ScanSource.DUPLEX not in kinds:
        wanted = ScanSource.FEEDER
    return kinds.get(ScanSource(wanted), wanted)


def nearest_resolution(wanted_dpi: int, available: Iterable[int]) -> int:
    """The resolution closest to the wanted one, the finer of two; the wanted one if unknown."""
    return min(available, key=lambda dpi: (abs(dpi - wanted_dpi), -dpi), default=wanted_dpi)


def _mode_word(mode: str | None, scanner: ScannerDescription) -> str | None:
    if mode is None:
        return None
    word = spelled_mode(mode, scanner.modes)
    if word is None and mode == "Lineart":
        return spelled_mode("Gray", scanner.modes)
    return word


def _depth(mode: str | None, scanner: ScannerDescription) -> tuple[str, ...]:
    """Eight bits a sample, where one can say so, and one for black and white."""
    if mode == "Lineart":
        return ("--depth=1",) if 1 in scanner.depths else ()
    return ("--depth=8",) if 8 in scanner.depths else ()


def _sides(source: str | None, scanner: ScannerDescription) -> tuple[str, ...]:
    """One side or two, where that is an option of its own."""
    kinds = {source_kind(word) for word in scanner.sources}
    if scanner.duplex_option is None or ScanSource.DUPLEX in kinds or source not in FED:
        return ()
    option, single, double = scanner.duplex_option
    return (f"--{option}={double if source == ScanSource.DUPLEX else single}",)
