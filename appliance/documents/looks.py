"""How a page is to be seen: turned clockwise, and cut to a part of the picture as it was read."""

import hashlib
from dataclasses import dataclass

from appliance.errors import N_, Refused

MM_PER_INCH = 25.4
LEAST_MM = 20.0  # what must be left of a page: less is a slip of the finger
EDGE_MM = 8.0  # the dark border that a book's open lid leaves
QUARTER = 90
FULL_TURN = 360

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture as read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page was read as: its size in pixels and how fine."""

    width_px: int
    height_px: int
    resolution_dpi: int

    def seen_mm(self, turned: int) -> tuple[float, float]:
        """Width and height in millimetres as the page is seen after turning."""
        sides = (_mm(self.width_px, self), _mm(self.height_px, self))
        return sides if turned % (2 * QUARTER) == 0 else (sides[1], sides[0])


@dataclass(frozen=True, slots=True)
class Trims:
    """How much is cut from each edge, in millimetres, of the page as it is seen."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


def turned_by(turned: int, quarters: int) -> int:
    """A turn of so many quarters more, clockwise: 0, 90, 180 or 270."""
    return (turned + quarters * QUARTER) % FULL_TURN


def checked_turn(turned: int | None) -> int:
    """The turn when it is one that pages have. Raises Refused."""
    if turned is None or turned % QUARTER or not 0 <= turned < FULL_TURN:
        raise Refused(N_("Halaman hanya dapat diputar seperempat putaran."))
    return turned


def crop_of(trims: Trims, sheet: Sheet, turned: int) -> str | None:
    """What is kept, as it is stored; None when nothing is cut.

    Raises Refused for an edge that is no length, or when too little would be left.
    """
    cuts = (trims.left, trims.top, trims.right, trims.bottom)
    width_mm, height_mm = sheet.seen_mm(turned)
    if not all(0 <= cut <= max(width_mm, height_mm) for cut in cuts):  # nan is not, either
        raise Refused(N_("Tulis berapa milimeter yang dipotong dari tiap tepi."))
    least = LEAST_MM - 1e-6
    if width_mm - trims.left - trims.right < least or height_mm - trims.top - trims.bottom < least:
        raise Refused(N_("Potongan itu terlalu besar: halamannya hampir habis."))
    left, top, right, bottom = (_px(cut, sheet) for cut in _as_read(cuts, turned))
    if not any((left, top, right, bottom)):
        return None
    return f"{left},{top},{sheet.width_px - right},{sheet.height_px - bottom}"


def box_of(crop: str | None, size_px: tuple[int, int]) -> Box:
    """The part that is kept of a picture of this size, never beyond it.

    All of it for None, for nonsense, and for a part of which nothing lies inside.
    """
    width_px, height_px = size_px
    whole = (0, 0, width_px, height_px)
    try:
        left, top, right, bottom = (int(edge) for edge in (crop or "").split(","))
    except ValueError:
        return whole
    box = (max(left, 0), max(top, 0), min(right, width_px), min(bottom, height_px))
    return box if box[0] < box[2] and box[1] < box[3] else whole


def trims_of(crop: str | None, sheet: Sheet, turned: int) -> Trims:
    """What is cut from each edge of the page as it is seen."""
    left, top, right, bottom = box_of(crop, (sheet.width_px, sheet.height_px))
    read = (left, top, sheet.width_px - right, sheet.height_px - bottom)
    quarters = turned // QUARTER
    return Trims(*(_mm(read[(edge - quarters) % 4], sheet) for edge in range(4)))


def ready_trims(sheet: Sheet, turned: int) -> dict[str, Trims]:
    """The cuts that are one tap: nothing, the edges, one page of an open book."""
    half = sheet.seen_mm(turned)[0] / 2
    return {
        "none": Trims(),
        "edges": Trims(EDGE_MM, EDGE_MM, EDGE_MM, EDGE_MM),
        "left": Trims(right=half),
        "right": Trims(left=half),
    }


def look(turned: int, crop: str | None) -> str:
    """A short word that differs for every way of showing a page."""
    return hashlib.sha256(f"{turned};{crop or ''}".encode()).hexdigest()[:8]


def view_name(page_uuid: str, turned: int, crop: str | None) -> str:
    """The file of a page's picture for screens, inside its job's folder."""
    return f"{page_uuid}.{look(turned, crop)}.view.jpg"


def small_view_name(view: str) -> str:
    """The thumbnail made with a picture for screens."""
    return view.removesuffix(".view.jpg") + ".strip.jpg"


def _as_read(seen: tuple[float, ...], turned: int) -> tuple[float, ...]:
    """Edges of the page as seen (left, top, right, bottom), named as the scanner read them."""
    quarters = turned // QUARTER  # turned once, the left edge is at the top
    return tuple(seen[(edge + quarters) % 4] for edge in range(4))


def _px(mm: float, sheet: Sheet) -> int:
    return round(mm / MM_PER_INCH * sheet.resolution_dpi)


def _mm(px: int, sheet: Sheet) -> float:
    return px / sheet.resolution_dpi * MM_PER_INCH
