"""Puts JPEG pages into one PDF, byte for byte. Imported in the assembling child only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pymupdf

POINTS_PER_INCH = 72
A4_PT = (595.276, 841.89)
FOOTER_PT = 6.0
FOOTER_RISE_PT = 7.0  # above the lower edge: printers leave that much white anyway
FOOTER_GREY = (0.35, 0.35, 0.35)


class DamagedPage(ValueError):
    """Raised when a page on disk is not the page that was scanned."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page to place: its JPEG, the hash it had when it was scanned, and its true size."""

    path: Path
    sha256: str
    width_px: int
    height_px: int
    resolution_dpi: int


def build(leaves: Sequence[Leaf], target: Path, *, title: str, footer: str) -> None:
    """Write the PDF to `target`, not yet synced. Raises DamagedPage, or OSError.

    Every picture stands in its true size on A4, or on a larger page when it does not fit. Nothing
    but the title is said about where the file comes from, and nothing about for whom.
    """
    with pymupdf.open() as document:
        for leaf in leaves:
            _add(document, leaf, footer)
        document.set_metadata({"title": title})
        document.set_language("id")
        document.save(target, deflate=True, no_new_id=False)


def _add(document: "pymupdf.Document", leaf: Leaf, footer: str) -> None:
    data = leaf.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != leaf.sha256:
        raise DamagedPage(f"{leaf.path.name} is not what was scanned")
    width = leaf.width_px / leaf.resolution_dpi * POINTS_PER_INCH
    height = leaf.height_px / leaf.resolution_dpi * POINTS_PER_INCH
    page = document.new_page(width=max(width, A4_PT[0]), height=max(height, A4_PT[1]))
    left = (page.rect.width - width) / 2
    page.insert_image(pymupdf.Rect(left, 0, left + width, height), stream=data)
    room = pymupdf.get_text_length(footer, fontname="helv", fontsize=FOOTER_PT)
    page.insert_text(
        ((page.rect.width - room) / 2, page.rect.height - FOOTER_RISE_PT),
        footer,
        fontname="helv",
        fontsize=FOOTER_PT,
        color=FOOTER_GREY,
    )
