"""Bytes of a code reader -> texts: what ends a code, and how long one may be. Pure."""

import re
from collections.abc import Iterator

from hardware.reader_interfaces import MAX_CODE_CHARS, BadRead

CODE_END = re.compile(rb"[\r\n\t]")
MAX_CODE_BYTES = 4 * MAX_CODE_CHARS
"""The most that MAX_CODE_CHARS take in UTF-8."""


class CodeLines:
    """Splits a stream at CR, LF or Tab; `end` is for readers that send none of them."""

    def __init__(self) -> None:
        self._pending = b""
        self._too_long = False

    @property
    def is_pending(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._pending) or self._too_long

    def feed(self, data: bytes) -> Iterator[str | BadRead]:
        """Yield every code that has ended; empty ones are none (CR LF ends one code, not two)."""
        *ended, rest = CODE_END.split(data)
        for part in ended:
            self._append(part)
            yield from self.end()
        self._append(rest)

    def end(self) -> Iterator[str | BadRead]:
        """Yield the pending code: the terminator has come, or the line is silent."""
        raw, too_long = self._pending, self._too_long
        self.forget()
        if too_long:
            yield BadRead.TOO_LONG
        elif raw:
            yield decoded(raw)

    def forget(self) -> None:
        """Drop the pending code."""
        self._pending = b""
        self._too_long = False

    def _append(self, part: bytes) -> None:
        if self._too_long or len(self._pending) + len(part) > MAX_CODE_BYTES:
            self._pending = b""
            self._too_long = True
        else:
            self._pending += part


def decoded(raw: bytes) -> str:
    """Decode UTF-8, else Latin-1: old readers send the bytes of their own country."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
