"""Encodes a page while it comes, strip by strip, so that never more than one strip is held raw."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from PIL import Image

STRIP_BYTES = 1 << 20
"""Enough that a strip costs little by itself, and no more than the child's pipe takes meanwhile."""
BLOCK_ROWS = 16
"""Strips end where a row of blocks ends, in grey (8) as in colour (16)."""
WHOLE = 1 << 26
"""One strip of a TIFF, which a PDF takes as it is."""
FRAME, SCAN, FIRST_RESTART = 0xC0, 0xDA, 0xD0
END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class EncodedPage:
    """A page as its file is to hold it: JPEG, or TIFF (G4) where it is black and white alone."""

    data: bytes | bytearray
    width_px: int
    height_px: int
    is_bilevel: bool = False


class Strips(Protocol):
    """One page on its way; `strip_rows` rows at a time, and the rest with the last strip."""

    strip_rows: int

    def add(self, rows: memoryview) -> None:
        """Take the next rows; the memory is the caller's again afterwards."""
        ...

    def page(self) -> EncodedPage:
        """The whole page, once all its rows are added; to be asked for once."""
        ...


def strips_of(
    mode: str, size: tuple[int, int], *, resolution_dpi: int, jpeg_quality: int
) -> Strips:
    """What encodes a page of Pillow's mode "1", "L" or "RGB"."""
    if mode == "1":
        return BilevelStrips(size, resolution_dpi)
    return JpegStrips(mode, size, resolution_dpi, jpeg_quality)


class JpegStrips:
    """Joins the JPEGs of all strips into one: each becomes a restart interval (ITU T.81, E.1.4).

    Such an interval is coded as if nothing came before it, so the dots are those of a page that
    is encoded at once; only the marks between them, two bytes each, are more.
    """

    def __init__(self, mode: str, size: tuple[int, int], resolution_dpi: int, quality: int) -> None:
        self._mode, self._size = mode, size
        self._row_bytes = size[0] * len(mode)
        self.strip_rows = _strip_rows(self._row_bytes, size[1])
        block = BLOCK_ROWS if mode == "RGB" else BLOCK_ROWS // 2
        self._how: dict[str, Any] = {
            "quality": quality,
            "dpi": (resolution_dpi, resolution_dpi),
            "restart_marker_blocks": -(-size[0] // block) * (self.strip_rows // block),
        }
        if mode == "RGB":
            self._how["subsampling"] = "4:2:0"  # what Pillow takes anyway; `block` relies on it
        self._jpeg = bytearray()
        self._restarts = 0
        self._strip: Image.Image | None = None

    def add(self, rows: memoryview) -> None:
        size = (self._size[0], len(rows) // self._row_bytes)
        if self._strip is None or self._strip.size != size:
            self._strip = Image.new(self._mode, size, None)
        self._strip.frombytes(rows, "raw", self._mode)
        encoded = BytesIO()
        self._strip.save(encoded, "JPEG", **self._how)
        with encoded.getbuffer() as jpeg:
            frame, coded = _places(jpeg)
            if not self._jpeg:
                self._jpeg += jpeg[: -len(END)]
                self._jpeg[frame + 5 : frame + 7] = self._size[1].to_bytes(2)
                return
            self._jpeg += bytes((0xFF, FIRST_RESTART + self._restarts % 8))
            self._jpeg += jpeg[coded : -len(END)]
            self._restarts += 1

    def page(self) -> EncodedPage:
        self._jpeg += END
        return EncodedPage(self._jpeg, *self._size)


class BilevelStrips:
    """Holds a black and white page whole, a byte a dot: its coding runs from row to row."""

    def __init__(self, size: tuple[int, int], resolution_dpi: int) -> None:
        self._row_bytes = (size[0] + 7) // 8
        self.strip_rows = _strip_rows(self._row_bytes, size[1])
        self._dpi = (resolution_dpi, resolution_dpi)
        # Every row of it is written before anybody sees it, so it need not be cleared.
        self._image = Image.new("1", size, None)
        self._rows_done = 0

    def add(self, rows: memoryview) -> None:
        strip = Image.new("1", (self._image.width, len(rows) // self._row_bytes), None)
        strip.frombytes(rows, "raw", "1;I")  # PNM writes black as 1, Pillow as 0
        self._image.paste(strip, (0, self._rows_done))
        self._rows_done += strip.height

    def page(self) -> EncodedPage:
        encoded = BytesIO()
        self._image.save(encoded, "TIFF", compression="group4", dpi=self._dpi, strip_size=WHOLE)
        return EncodedPage(encoded.getvalue(), *self._image.size, is_bilevel=True)


def _strip_rows(row_bytes: int, height_px: int) -> int:
    """Whole rows of blocks, as many as fit into a strip, but no more than the page has."""
    fitting, all_of_it = STRIP_BYTES // row_bytes // BLOCK_ROWS, -(-height_px // BLOCK_ROWS)
    return max(min(fitting, all_of_it), 1) * BLOCK_ROWS


def _places(jpeg: memoryview) -> tuple[int, int]:
    """Where the frame's segment begins and where the coded blocks do."""
    at, frame, marker = 2, 0, 0
    while marker != SCAN:
        marker = jpeg[at + 1]
        if marker == FRAME:
            frame = at
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return frame, at
