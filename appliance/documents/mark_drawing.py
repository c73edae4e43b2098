"""The mark as PDF drawings: what they say, how strong, and where they stand on a page.

Both drawings are centred on their own origin and know nothing of pages; where a page puts them,
and how large, is said by a matrix of its own. So one drawing serves pages of every size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.documents import helvetica
from appliance.documents.pdf_writer import literal_string, number, numbers

A4 = (595.28, 841.89)
DIAGONAL_WIDTH, DIAGONAL_HEIGHT = 760.0, 150.0  # the diagonal of A4 is 1,031 points
BIG, SMALL = 62.0, 26.0
FOOTER_SIZE, FOOTER_WIDTH = 7.5, 520.0
FOOTER_RISE = 13.0  # above the lower edge: printers leave that much white anyway
# How much of the page's own ink the mark covers; text below the strongest can still be read.
OPACITY = {"light": (0.09, 0.55), "normal": (0.15, 0.75), "strong": (0.26, 0.95)}
GREY = "0.25"
EDGE_WIDTH = 0.018  # of the letters' size
WHITE_EDGE = "1 G 2 Tr"  # on white paper nobody sees it, on a photograph it is the mark

Box = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Form:
    """A form XObject: the entries of its dictionary but for the length, and its stream."""

    entries: str
    data: bytes

    @property
    def text(self) -> bytes:
        """The object as it stands in a file."""
        head = f"<<{self.entries}/Length {len(self.data)}>>\nstream\n"
        return head.encode() + self.data + b"\nendstream"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a mark says. `strength` is a key of OPACITY."""

    headline: str
    detail: str
    line: str
    strength: str

    def diagonal(self, font: int) -> Form:
        """The form XObject that lies across the page, with the font at this object number."""
        big = _fitted(self.headline, BIG, DIAGONAL_WIDTH)
        small = _fitted(self.detail, SMALL, DIAGONAL_WIDTH)
        texts = [(self.headline, big, 2.0), (self.detail, small, -small - 8.0)]
        half = (DIAGONAL_WIDTH / 2, DIAGONAL_HEIGHT / 2)
        return _form(texts, half, font, OPACITY[self.strength][0], WHITE_EDGE)

    def footer(self, font: int) -> Form:
        """The form XObject at the foot of the page, with the font at this object number."""
        size = _fitted(self.line, FOOTER_SIZE, FOOTER_WIDTH)
        half = (FOOTER_WIDTH / 2 + 4, FOOTER_SIZE * 1.5)
        room = _width(self.line, size) + 6
        band = numbers((-room / 2, -size * 0.4, room, size * 1.5))
        texts = [(self.line, size, 0.0)]
        return _form(texts, half, font, OPACITY[self.strength][1], f"1 g {band} re f")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every page of a scan says beside its picture."""

    footer: str
    mark: Drawing | None


def diagonal_place(width: float, height: float) -> Matrix:
    """Where the diagonal stands on a page of this size as people see it, the y axis upwards."""
    scale = math.hypot(width, height) / math.hypot(*A4)
    angle = math.atan2(height, width)
    across, up = scale * math.cos(angle), scale * math.sin(angle)
    return (across, up, -up, across, width / 2, height / 2)


def footer_place(width: float, height: float) -> Matrix:
    """Likewise where the footer stands."""
    scale = min(width / A4[0], height / A4[0])
    return (scale, 0.0, 0.0, scale, width / 2, FOOTER_RISE * scale)


def seen_to_page(box: Box, rotation: int) -> Matrix:
    """From a page as people see it, lower left corner at 0, to its own coordinates.

    `box` is what is shown of the page, `rotation` 0, 90, 180 or 270 degrees clockwise.
    """
    left, bottom, right, top = box
    return {
        0: (1.0, 0.0, 0.0, 1.0, left, bottom),
        90: (0.0, 1.0, -1.0, 0.0, right, bottom),
        180: (-1.0, 0.0, 0.0, -1.0, right, top),
        270: (0.0, -1.0, 1.0, 0.0, left, top),
    }[rotation]


def placed(names: Sequence[str], box: Box, rotation: int) -> bytes:
    """Operators that draw these of 'diagonal' and 'footer' on a page, by their resource names."""
    width, height = box[2] - box[0], box[3] - box[1]
    if rotation in (90, 270):
        width, height = height, width
    to_page = seen_to_page(box, rotation)
    places = {"diagonal": diagonal_place(width, height), "footer": footer_place(width, height)}
    lines = []
    for name in names:
        matrix = numbers(_after(places[name], to_page))
        lines.append(f"q {matrix} cm /{resource(name)} Do Q")
    return "\n".join(lines).encode()


def resource(name: str) -> str:
    """The name of a drawing among a page's resources."""
    return f"RuangBaca{name.title()}"


def _after(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


def _form(
    texts: Sequence[tuple[str, float, float]],
    half: tuple[float, float],
    font: int,
    opacity: float,
    below: str,
) -> Form:
    """A form XObject with these texts (text, size, height) in the middle of their lines.

    `below` are operators before them, which make them stand out on a dark picture.
    """
    # An artifact: screen readers do not read it aloud on every page.
    lines = [
        b"/Artifact<</Type/Pagination/Subtype/Watermark>>BDC",
        f"q /S gs {below} {GREY} g".encode(),
    ]
    for text, size, y in texts:
        x = -_width(text, size) / 2
        edge, place = number(size * EDGE_WIDTH), f"{number(x)} {number(y)}"
        begin = f"{edge} w BT /F {number(size)} Tf {place} Td "
        # Not in hexadecimal: whoever verifies a file finds the number in it as it stands.
        lines.append(begin.encode() + literal_string(helvetica.encoded(text)) + b" Tj ET")
    data = b"\n".join([*lines, b"Q", b"EMC"])
    x, y = half
    entries = (
        f"/Type/XObject/Subtype/Form/BBox[{numbers((-x, -y, x, y))}]"
        f"/Resources<</Font<</F {font} 0 R>>/ExtGState<</S<</ca {opacity}/CA {opacity}>>>>>>"
    )
    return Form(entries, data)


def _width(text: str, size: float) -> float:
    return helvetica.width_pt(helvetica.encoded(text), size)


def _fitted(text: str, size: float, room: float) -> float:
    """This size, or a smaller one at which the text fits."""
    width = _width(text, size)
    return size if width <= room else size * room / width
