"""Guesses whether a scanned page is empty: a hint for people, nothing is ever removed for it."""

from PIL import Image

EDGE_SHARE = 0.04  # shadows of the lid and of the paper's edge are no text
INK_SHARE = 0.72  # of the paper's brightness; the other side of thin paper shines through lighter
LEAST_INK = 0.0004  # of the dots of a small picture: a page number alone is still blank
DARK_PAPER = 96  # below it nothing can be told: black card, or a page of one dark photograph


def is_blank(small: Image.Image) -> bool:
    """Whether next to nothing on the small picture of a page is darker than its paper."""
    grey = small.convert("L")
    width, height = grey.size
    edge = round(min(width, height) * EDGE_SHARE)
    if width > 4 * edge and height > 4 * edge:
        grey = grey.crop((edge, edge, width - edge, height - edge))
    counts = grey.histogram()
    dots = sum(counts)
    paper = _brightness_of_paper(counts, dots)
    if paper < DARK_PAPER:
        return False
    return sum(counts[: round(paper * INK_SHARE)]) < LEAST_INK * dots


def _brightness_of_paper(counts: list[int], dots: int) -> int:
    """What half of all dots reach: text covers a tenth of a page, and pictures are no paper."""
    seen = 0
    for value in range(255, -1, -1):
        seen += counts[value]
        if seen >= dots / 2:
            return value
    return 0
