"""Builds one page from the PNM stream of scanimage, strip by strip."""

import re
from dataclasses import dataclass

from PIL import Image

STRIP_BYTES = 1 << 18
"""Pillow gets rows in pieces of this size, so that no second raw page is held."""
HEADER_MAX_BYTES = 512
PILLOW_MODES = {"P4": "1", "P5": "L", "P6": "RGB"}

_FIELD = re.compile(rb"\s*(?:#[^\n]*\n\s*)*([^\s#]+)\s")


class PnmError(ValueError):
    """Raised when the stream is not a page this product can read."""


@dataclass(frozen=True, slots=True)
class PnmHeader:
    """What the header of a P4, P5 or P6 stream announces."""

    kind: str
    width_px: int
    height_px: int
    length: int
    """Bytes of the header itself."""

    @property
    def row_bytes(self) -> int:
        """Bytes of one row, without padding beyond whole bytes."""
        if self.kind == "P4":
            return (self.width_px + 7) // 8
        return self.width_px * (3 if self.kind == "P6" else 1)


def parse_header(data: bytes) -> PnmHeader | None:
    """Return the header at the start of `data`, None while it is not complete.

    Raises PnmError for another format, and for more than 8 bits a sample.
    """
    fields: list[bytes] = []
    position = 0
    wanted = 3 if data[:2] == b"P4" else 4
    while len(fields) < wanted:
        match = _FIELD.match(data, position)
        if match is None:
            if len(data) > HEADER_MAX_BYTES:
                raise PnmError("the stream has no PNM header")
            return None
        fields.append(match.group(1))
        position = match.end()
    return _checked(fields, position)


def _checked(fields: list[bytes], length: int) -> PnmHeader:
    kind, *numbers = (part.decode("ascii", "replace") for part in fields)
    if kind not in ("P4", "P5", "P6") or not all(number.isdecimal() for number in numbers):
        raise PnmError(f"not a PNM header: {kind} {numbers}")
    if kind != "P4" and numbers[2] != "255":
        raise PnmError(f"samples up to {numbers[2]} instead of 255: ask for a depth of 8 bits")
    width_px, height_px = int(numbers[0]), int(numbers[1])
    if not (0 < width_px <= 30_000 and 0 < height_px <= 30_000):
        raise PnmError(f"a page of {width_px} x {height_px} pixels")
    return PnmHeader(kind, width_px, height_px, length)


class PageBuilder:
    """Takes the stream in pieces of any size; holds the page once, as Pillow's image."""

    def __init__(self) -> None:
        self.header: PnmHeader | None = None
        self.rows_done = 0
        self._pending = bytearray()
        self._image: Image.Image | None = None
        self._strip: Image.Image | None = None

    @property
    def excess_bytes(self) -> int:
        """Bytes that belong to no announced row."""
        return len(self._pending) if self.is_full else 0

    @property
    def is_full(self) -> bool:
        """Tell whether every announced row has come."""
        return self.header is not None and self.rows_done == self.header.height_px

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; raises PnmError when they cannot be a page."""
        self._pending += chunk
        if self.header is None:
            self.header = parse_header(bytes(self._pending[: HEADER_MAX_BYTES + 1]))
            if self.header is None:
                return
            del self._pending[: self.header.length]
            mode = PILLOW_MODES[self.header.kind]
            # Every row of it is written before anybody sees it, so it need not be cleared.
            self._image = Image.new(mode, (self.header.width_px, self.header.height_px), None)
        rows_left = self.header.height_px - self.rows_done
        if len(self._pending) >= min(STRIP_BYTES, rows_left * self.header.row_bytes):
            self._paste_rows()

    def settle(self) -> None:
        """Take what still waits for more rows: no more come."""
        self._paste_rows()

    def image(self) -> Image.Image:
        """Return the page; raises PnmError unless exactly the announced rows have come."""
        self._paste_rows()
        if self.header is None or self._image is None:
            raise PnmError("the stream ended before a header")
        if not self.is_full:
            raise PnmError(f"{self.rows_done} of {self.header.height_px} rows")
        if self._pending:
            raise PnmError(f"{len(self._pending)} bytes beyond {self.header.height_px} rows")
        return self._image

    def _paste_rows(self) -> None:
        """Put every whole row that waits into the page, in strips that fit into a cache."""
        if self.header is None or self._image is None:
            return
        row_bytes = self.header.row_bytes
        rows = min(len(self._pending) // row_bytes, self.header.height_px - self.rows_done)
        strip_rows = max(1, STRIP_BYTES // row_bytes)
        with memoryview(self._pending) as pending:
            for first in range(0, rows, strip_rows):
                last = min(first + strip_rows, rows)
                with pending[first * row_bytes : last * row_bytes] as data:
                    self._paste(data, last - first)
        del self._pending[: rows * row_bytes]

    def _paste(self, data: memoryview, rows: int) -> None:
        if self.header is None or self._image is None:
            return
        size = (self.header.width_px, rows)
        if self._strip is None or self._strip.size != size:
            self._strip = Image.new(self._image.mode, size, None)
        # PNM writes black as 1; Pillow's raw mode "1;I" turns that around.
        raw = "1;I" if self.header.kind == "P4" else self._image.mode
        self._strip.frombytes(data, "raw", raw)
        self._image.paste(self._strip, (0, self.rows_done))
        self.rows_done += rows
