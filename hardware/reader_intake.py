"""What becomes of a text that a reader delivers: a code, nothing, or a bad read."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from hardware.reader_interfaces import MAX_CODE_CHARS, REPEAT_S, BadRead, CodeRead

log = logging.getLogger(__name__)

SAY_TOO_FAST_EVERY_S = 1.0
REMEMBERED = 64
"""Texts kept for telling repeats; more cannot pass within REPEAT_S (`max_per_s` is at most 50)."""

Value = TypeVar("Value")


class Allowance:
    """A bucket of `per_s` units a second that holds `burst` at most. One thread only."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float]) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._left = burst
        self._at_s = clock()

    def take(self, units: float = 1.0) -> bool:
        """Take so many units; False, and nothing taken, when there are not enough."""
        now_s = self._clock()
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left < units:
            return False
        self._left -= units
        return True


class CodeIntake:
    """Caps, repeats and the rate of one reader; its methods are called on the reader's thread.

    A text again within REPEAT_S of its last look is the same look, so that a code that lies
    before a reader of continuous mode counts once, however long it lies there.
    """

    def __init__(self, max_per_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.on_code: Callable[[CodeRead], None] | None = None
        self.on_bad_read: Callable[[BadRead], None] | None = None
        self._clock = clock
        self._allowance = Allowance(max_per_s, max_per_s, clock)
        self._seen: dict[str, float] = {}
        self._said_too_fast_s: float | None = None

    def take(self, code: str | BadRead) -> None:
        """Hand on what arrived, whichever it is."""
        if isinstance(code, BadRead):
            self.bad(code)
        else:
            self.text(code)

    def text(self, text: str) -> None:
        """Hand on a text as a code, or say why it is none; spaces around it do not count."""
        text = text.strip(" ")
        if not text:
            return
        if len(text) > MAX_CODE_CHARS:
            self.bad(BadRead.TOO_LONG)
        elif not text.isprintable():
            self.bad(BadRead.UNREADABLE)
        elif not self._is_repeat(text):
            self._code(text)

    def bad(self, why: BadRead) -> None:
        """Say that something was read badly, at the same rate as codes."""
        if why is BadRead.TOO_FAST or not self._allowance.take():
            self._too_fast()
        else:
            call(self.on_bad_read, why)

    def _code(self, text: str) -> None:
        if not self._allowance.take():
            self._too_fast()
            return
        now_s = self._clock()
        self._seen[text] = now_s
        call(self.on_code, CodeRead(text, now_s))

    def _is_repeat(self, text: str) -> bool:
        now_s = self._clock()
        if len(self._seen) > REMEMBERED:
            self._seen = {t: at_s for t, at_s in self._seen.items() if now_s - at_s < REPEAT_S}
        at_s = self._seen.get(text)
        if at_s is None or now_s - at_s >= REPEAT_S:
            return False
        self._seen[text] = now_s
        return True

    def _too_fast(self) -> None:
        now_s = self._clock()
        said_s = self._said_too_fast_s
        if said_s is None or now_s - said_s >= SAY_TOO_FAST_EVERY_S:
            self._said_too_fast_s = now_s
            call(self.on_bad_read, BadRead.TOO_FAST)


def call(listener: Callable[[Value], None] | None, value: Value) -> None:
    """Tell a listener; what it raises is logged and dropped, without the value."""
    if listener is None:
        return
    try:
        listener(value)
    except Exception:  # reading must outlive a careless listener
        log.exception("the listener of a %s failed", type(value).__name__)
