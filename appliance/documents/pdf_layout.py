"""Where a scanned picture stands on its page: its true size, turned and cropped without a pixel."""

from dataclasses import dataclass

from appliance.documents.looks import Box
from appliance.documents.pdf_writer import numbers

POINTS_PER_INCH = 72
A4_PT = (595.276, 841.89)


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture on its page, in points: what is seen of it begins at the top, at `left`."""

    page: tuple[float, float]
    left: float
    width: float
    height: float
    matrix: tuple[float, float, float, float, float, float]
    is_cropped: bool

    @property
    def drawing(self) -> str:
        """The operators that draw the picture, called /P."""
        clip = ""
        if self.is_cropped:
            lower = self.page[1] - self.height
            clip = f"{numbers((self.left, lower, self.width, self.height))} re W n "
        return f"q {clip}{numbers(self.matrix)} cm /P Do Q\n"


def place(size_px: tuple[int, int], resolution_dpi: int, *, turned: int, box: Box) -> Placed:
    """This part of a picture, turned clockwise by `turned` degrees, at the top of its page."""
    scale = POINTS_PER_INCH / resolution_dpi
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    width, height = (length * scale for length in seen_size(turned, across, down))
    page = page_size(width, height, tolerance=scale)
    margin = (page[0] - width) / 2

    def on_page(x_px: int, y_px: int) -> tuple[float, float]:
        u, v = _turned(turned, (x_px - left, y_px - top), (across, down))
        return margin + u * scale, page[1] - v * scale

    # PDF draws a picture into the square from (0, 0) to (1, 1); these are three of its corners.
    origin, along, up = on_page(0, size_px[1]), on_page(*size_px), on_page(0, 0)
    matrix = (
        along[0] - origin[0], along[1] - origin[1],
        up[0] - origin[0], up[1] - origin[1],
        *origin,
    )  # fmt: skip
    return Placed(page, margin, width, height, matrix, is_cropped=box != (0, 0, *size_px))


def page_size(width: float, height: float, *, tolerance: float = 0.0) -> tuple[float, float]:
    """A4 upright, else lying, when a picture of this size fits on it; else as large as it needs.

    `tolerance` is what a picture may stand over: scanners round to whole pixels.
    """
    upright = A4_PT
    lying = (A4_PT[1], A4_PT[0])
    for paper in (upright, lying):
        if width <= paper[0] + tolerance and height <= paper[1] + tolerance:
            return paper
    least = lying if width > height else upright
    return max(width, least[0]), max(height, least[1])


def seen_size(turned: int, width: int, height: int) -> tuple[int, int]:
    """The size of a picture once it is turned."""
    return (height, width) if turned in (90, 270) else (width, height)


def _turned(turned: int, point: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    (x, y), (width, height) = point, size
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[
        turned
    ]
