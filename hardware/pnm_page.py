"""Takes one page out of the PNM stream of scanimage, strip by strip."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from hardware.page_strips import EncodedPage, Strips

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
    def mode(self) -> str:
        """What Pillow calls such a picture."""
        return PILLOW_MODES[self.kind]

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
    """Takes the stream in pieces of any size, where `room` says, and has it encoded by strips."""

    def __init__(self, strips_of: Callable[[str, tuple[int, int]], Strips]) -> None:
        self.header: PnmHeader | None = None
        self.excess_bytes = 0
        """Bytes that belong to no announced row."""
        self._strips_of = strips_of
        self._strips: Strips | None = None
        self._buffer = bytearray(HEADER_MAX_BYTES + 1)
        self._end = len(self._buffer)
        self._filled = 0
        self._rows_encoded = 0

    @property
    def room(self) -> memoryview:
        """Where the next bytes go, never empty; `took` is told how many have come."""
        return memoryview(self._buffer)[self._filled : self._end]

    @property
    def rows_done(self) -> int:
        """How many rows have come whole."""
        if self.header is None:
            return 0
        return self._rows_encoded + self._filled // self.header.row_bytes

    @property
    def is_full(self) -> bool:
        """Tell whether every announced row has come."""
        return self.header is not None and self._rows_encoded == self.header.height_px

    def took(self, count: int) -> None:
        """So many bytes have come into `room`; raises PnmError when they cannot be a page."""
        if self.is_full:
            self.excess_bytes += count
            return
        self._filled += count
        if self.header is None:
            self._read_header()
        elif self._strips is not None and self._filled == self._end:
            with memoryview(self._buffer)[: self._end] as rows:
                self._strips.add(rows)
            self._rows_encoded += self._end // self.header.row_bytes
            self._filled = 0
            self._await_strip(self.header, self._strips)

    def page(self) -> EncodedPage:
        """Return the page; raises PnmError unless exactly the announced rows have come."""
        if self.header is None or self._strips is None:
            raise PnmError("the stream ended before a header")
        if not self.is_full:
            raise PnmError(f"{self.rows_done} of {self.header.height_px} rows")
        if self.excess_bytes:
            raise PnmError(f"{self.excess_bytes} bytes beyond {self.header.height_px} rows")
        return self._strips.page()

    def _read_header(self) -> None:
        self.header = header = parse_header(bytes(self._buffer[: self._filled]))
        if header is None:
            return
        rest = memoryview(self._buffer)[header.length : self._filled]
        self._strips = strips = self._strips_of(header.mode, (header.width_px, header.height_px))
        self._buffer = bytearray(min(strips.strip_rows, header.height_px) * header.row_bytes)
        self._filled = 0
        self._await_strip(header, strips)
        while rest:
            count = min(len(rest), len(self.room))
            self.room[:count] = rest[:count]
            self.took(count)
            rest = rest[count:]

    def _await_strip(self, header: PnmHeader, strips: Strips) -> None:
        rows_left = header.height_px - self._rows_encoded
        # Once all rows are here, what still comes is counted and overwritten.
        self._end = min(strips.strip_rows, rows_left) * header.row_bytes or len(self._buffer)
