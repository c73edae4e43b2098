"""Key events of a reader that types -> codes. Pure: events in, codes out."""

from collections.abc import Iterator

from hardware.key_codes import ENDS, SHIFTS, SILENT, Layout
from hardware.reader_interfaces import MAX_CODE_CHARS, BadRead

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
RELEASE, PRESS = 0, 1  # 2 is the key repeating, which is the kernel's doing and no character
SILENCE_S = 0.1
"""Between two keys of one code; USB readers send one within 2 to 20 ms of another."""


class KeyText:
    """Collects the keys of one code until Enter or Tab ends it.

    Events that the kernel dropped (its buffer holds about 10 characters) spoil the code they
    belong to, and so does a key that is no character: what is left would be another code.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._typed: list[str] = []
        self._spoilt: BadRead | None = None
        self._shifts: set[int] = set()
        self._dropping = False
        self._last_s = float("-inf")

    @property
    def is_pending(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._typed) or self._spoilt is not None

    def feed(self, kind: int, code: int, value: int, at_s: float) -> Iterator[str | BadRead]:
        """Take one event with the kernel's time of it; yield what it ended."""
        if kind == EV_SYN:
            self._sync(code, at_s)
        elif kind == EV_KEY and not self._dropping:
            if code in SHIFTS:
                self._shift(code, value)
            elif value == PRESS:
                if at_s - self._last_s > SILENCE_S:
                    yield from self.end()
                self._last_s = at_s
                yield from self._press(code)

    def end(self) -> Iterator[str | BadRead]:
        """End what is pending without its Enter: the rest never came."""
        if self.is_pending:
            _, spoilt = self._taken()
            yield spoilt or BadRead.CUT_OFF

    def forget(self) -> None:
        """Drop what is pending, and what was known of Shift."""
        self._taken()
        self._shifts.clear()
        self._dropping = False

    def _press(self, code: int) -> Iterator[str | BadRead]:
        if code in ENDS:
            yield from self._enter()
        elif code in self._layout:
            self._add(self._layout[code][bool(self._shifts)])
        elif code not in SILENT:
            self._spoilt = self._spoilt or BadRead.UNREADABLE

    def _add(self, character: str) -> None:
        if len(self._typed) >= MAX_CODE_CHARS:
            self._spoilt = self._spoilt or BadRead.TOO_LONG
        elif self._spoilt is None:
            self._typed.append(character)

    def _enter(self) -> Iterator[str | BadRead]:
        typed, spoilt = self._taken()
        if spoilt is not None:
            yield spoilt
        elif typed:
            yield typed

    def _sync(self, code: int, at_s: float) -> None:
        if code == SYN_DROPPED:
            self._dropping = True
            self._spoilt = BadRead.CUT_OFF
            # What follows at once is the rest of that code, not the beginning of another.
            self._last_s = at_s
        elif self._dropping and code == SYN_REPORT:
            self._dropping = False
            self._shifts.clear()  # its release may be among what was dropped

    def _shift(self, code: int, value: int) -> None:
        if value == RELEASE:
            self._shifts.discard(code)
        else:
            self._shifts.add(code)

    def _taken(self) -> tuple[str, BadRead | None]:
        """Take what is pending; Shift stays as it is, it may already belong to the next code."""
        typed, spoilt = "".join(self._typed), self._spoilt
        self._typed.clear()
        self._spoilt = None
        return typed, spoilt
