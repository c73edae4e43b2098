"""The font that every reader brings along: which bytes it draws and how wide they are."""

import unicodedata

ENCODING = "cp1252"  # PDF calls it WinAnsiEncoding
FONT = "/Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding"
# In thousandths of the size, for the bytes 32 to 255, from Adobe's font metrics.
WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 0,
    556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
    0, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
)  # fmt: skip


def encoded(text: str) -> bytes:
    """The text in the font's bytes; an accent it lacks is left off, another letter becomes `?`."""
    try:
        return text.encode(ENCODING)
    except UnicodeEncodeError:
        return b"".join(_letter(letter) for letter in unicodedata.normalize("NFC", text))


def width_pt(data: bytes, size_pt: float) -> float:
    """How wide these bytes stand; bytes below the space are not drawn."""
    return sum(WIDTHS[byte - 32] for byte in data if byte >= 32) * size_pt / 1000


def _letter(letter: str) -> bytes:
    try:
        return letter.encode(ENCODING)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", letter).encode(ENCODING, "ignore")
        return plain or b"?"
