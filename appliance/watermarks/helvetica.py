"""How wide Helvetica is, in thousandths of its size, so that a text can stand in the middle.

Every viewer has this font (ISO 32000-1, 9.6.2.2); these are the widths of Adobe's metrics.
"""

FIRST = " "
WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
ELSE = 556  # letters with accents are about as wide as a digit
MIDDLE_DOT = 278


def width(text: str, size: float) -> float:
    """The width of this text in points."""
    return sum(_width(character) for character in text) * size / 1000


def _width(character: str) -> int:
    place = ord(character) - ord(FIRST)
    if 0 <= place < len(WIDTHS):
        return WIDTHS[place]
    return MIDDLE_DOT if character == "·" else ELSE
