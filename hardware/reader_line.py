"""Readers that send lines of text, whatever carries the bytes."""

import time
from collections.abc import Callable

from hardware.reader_lines import CodeLines
from hardware.reader_stream import StreamReader

IDLE_S = 0.04
"""A silence that ends a code: 40 characters at 9600 baud, and longer than USB holds bytes back."""
BYTES_PER_S = 8192
"""50 codes of MAX_CODE_CHARS a second, and a little."""


class LineReader(StreamReader):
    """Makes codes of lines; a driver still says how to open the device and to let go of it."""

    def __init__(
        self,
        name: str,
        lines: CodeLines | None = None,
        *,
        max_per_s: int = 10,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        self._lines = lines or CodeLines()
        super().__init__(
            name,
            self._lines,
            idle_s=IDLE_S,
            bytes_per_s=BYTES_PER_S,
            max_per_s=max_per_s,
            clock=clock,
            release=release,
        )

    def _take(self, data: bytes) -> None:
        for code in self._lines.feed(data):
            self._deliver(code)
