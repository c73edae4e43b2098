"""Readers that send lines of text, whatever carries the bytes."""

import time
from collections.abc import Callable

from hardware.reader_interfaces import BadRead
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
        *,
        max_per_s: int = 10,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(
            name, bytes_per_s=BYTES_PER_S, max_per_s=max_per_s, clock=clock, release=release
        )
        self._lines = CodeLines()

    def _take(self, data: bytes) -> None:
        for code in self._lines.feed(data):
            self._deliver(code)

    def _silence(self) -> None:
        for code in self._lines.end():
            self._deliver(code)

    def _patience_s(self) -> float | None:
        return IDLE_S if self._lines.is_pending else None

    def _forget(self) -> None:
        self._lines.forget()

    def _let_go(self) -> None:
        if self._lines.is_pending and not self._stopping.is_set():
            self._intake.bad(BadRead.CUT_OFF)
        self._lines.forget()

    def _deliver(self, code: str | BadRead) -> None:
        if isinstance(code, BadRead):
            self._intake.bad(code)
        else:
            self._intake.text(code)
