"""What the appliance may ask of code readers, lights and buttons: Protocols and their values."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MAX_CODE_CHARS = 128
"""Longer is no code of anybody's; a QR holds more, and is cut off as a bad read."""
REPEAT_S = 1.0
"""The same text again within this time is the same look at the same code."""


class ReaderState(StrEnum):
    """How a reader is; being unplugged is a state, not an error."""

    READY = "ready"
    ABSENT = "absent"
    FAULT = "fault"
    """Plugged in, and another program holds it or it sends nothing that makes sense."""


class BadRead(StrEnum):
    """Why what arrived is no code; it never reaches anybody as one."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    """Control characters, or bytes that are no text."""
    CUT_OFF = "cut_off"
    """Parts were lost on the way, or the rest never came."""
    TOO_FAST = "too_fast"
    """More codes in a second than a person can hold before a reader."""


@dataclass(frozen=True, slots=True)
class CodeRead:
    """One code as the reader delivered it: printable text, trimmed, at most MAX_CODE_CHARS."""

    text: str
    at_s: float
    """`time.monotonic()` of its end."""


class CodeReader(Protocol):
    """One reader of barcodes, QR codes or cards. Every method may be called from any thread.

    Callbacks come on the reader's own thread and must only enqueue; an exception they raise is
    logged and dropped. The same text again within REPEAT_S is dropped, and so is whatever comes
    faster than `max_per_s` (TOO_FAST is then said once a second).
    """

    on_code: Callable[[CodeRead], None] | None
    on_bad_read: Callable[[BadRead], None] | None
    on_state: Callable[[ReaderState], None] | None

    @property
    def state(self) -> ReaderState:
        """How the reader is now; it looks for an absent one by itself, at least every 2 s."""
        ...

    def start(self) -> None:
        """Begin to read; returns at once, also when nothing is plugged in. Once only."""
        ...

    def trigger(self) -> None:
        """Ask a reader with a trigger to look now; the others look by themselves.

        Never blocks. Raises DeviceUnavailable when the reader has a trigger and is absent.
        """
        ...

    def close(self) -> None:
        """Stop reading and give the device back; a second call does nothing."""
        ...


class Signal(StrEnum):
    """What lights and beeper tell the person before a reader."""

    GOOD = "good"
    BAD = "bad"
    ASK = "ask"
    """Something is to be chosen or done first."""


class SignalLights(Protocol):
    """The lights and the beeper beside a reader. Every method may be called from any thread."""

    def show(self, signal: Signal) -> None:
        """Show it for its time, replacing what was shown. Never blocks, never raises."""
        ...

    def close(self) -> None:
        """Everything dark and silent; the lines are given back."""
        ...


class PlacedReader(Protocol):
    """A reader, where it stands, and the lights beside it."""

    @property
    def name(self) -> str:
        """Its name in the settings."""
        ...

    @property
    def place(self) -> str:
        """Where it stands, which decides what a code may do there."""
        ...

    @property
    def reader(self) -> CodeReader:
        """What reads."""
        ...

    @property
    def lights(self) -> SignalLights:
        """What answers."""
        ...


class EmergencyButton(Protocol):
    """The button, or alarm loop, that opens every door. Any thread."""

    on_press: Callable[[], None] | None
    """Called on a thread of its own after the contact held for its time; it must only enqueue.
    Once a press: the contact must come back before it can be pressed again."""

    @property
    def is_pressed(self) -> bool:
        """Whether the contact is made (or the loop broken) now."""
        ...

    def close(self) -> None:
        """Stop watching and give the line back."""
        ...
