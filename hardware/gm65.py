"""The GM65 family's words (GM65, GM861S, Waveshare): what we send, what it answers. Pure.

Commands are ``7E 00 type length address address data CRC CRC``; the CRC ``AB CD`` asks the module
not to check. Answers are ``02 00 type length data CRC CRC`` and come on the same line as codes,
without a terminator, so that the answer to a trigger is glued before the code.
"""

from collections.abc import Iterator

from hardware.reader_interfaces import BadRead
from hardware.reader_lines import CODE_END, CodeLines

ASK_MODE = bytes.fromhex("7E 00 07 01 00 00 01 AB CD")
"""Read one byte of zone 0x0000; its two lowest bits are the mode."""
LOOK_NOW = bytes.fromhex("7E 00 08 01 00 02 01 AB CD")
"""Set the trigger bit of zone 0x0002; the module clears it after its look."""
MODES = ("manual", "command", "continuous", "induction")
"""Only "command" looks when told to; the others by button, always, or when something moves."""

_HEAD = b"\x02\x00"
_LENGTH_AT = 3
_CRC_BYTES = 2


class Gm65Lines(CodeLines):
    """Codes as `CodeLines` has them, without the answers; `answer` is the last of those."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = b""
        self._begun = b""

    @property
    def is_pending(self) -> bool:
        """Whether a code or an answer has begun and not ended."""
        return super().is_pending or bool(self._begun)

    def feed(self, data: bytes) -> Iterator[str | BadRead]:
        """Yield every code that has ended; an answer may come in pieces, before any code."""
        data, self._begun = self._begun + data, b""
        while data:
            if not super().is_pending and data.startswith(_HEAD[: len(data)]):
                answer = data[: _answer_bytes(data)]
                if len(answer) < _answer_bytes(data):
                    self._begun = data
                    return
                self.answer = answer
                data = data[len(answer) :]
                continue
            end = CODE_END.search(data)
            cut = end.end() if end else len(data)
            yield from super().feed(data[:cut])
            data = data[cut:]

    def end(self) -> Iterator[str | BadRead]:
        """Yield the pending code; an answer that stopped halfway is unreadable."""
        if self._begun:
            self._begun = b""
            yield BadRead.UNREADABLE
        yield from super().end()

    def forget(self) -> None:
        """Drop the pending code or answer."""
        super().forget()
        self._begun = b""


def mode_of(answer: bytes) -> str:
    """The mode that the answer to ASK_MODE tells, as in MODES."""
    return MODES[answer[_LENGTH_AT + 1] & 0b11]


def _answer_bytes(data: bytes) -> int:
    """How long this answer is, or at least is."""
    if len(data) <= _LENGTH_AT:
        return _LENGTH_AT + 1 + 1 + _CRC_BYTES
    return _LENGTH_AT + 1 + max(data[_LENGTH_AT], 1) + _CRC_BYTES
