"""What the protocols of lock-control boards have in common: requests, and finding the answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One request, and how its answer is found among whatever has arrived since.

    `find` returns None while no whole answer is there; noise, half frames and answers to somebody
    else are passed over. It raises DeviceFault when the board answers that it refuses.
    """

    request: bytes
    find: Callable[[bytes], T | None]
    patience_s: float = 0.2
    """How long the board may take to answer."""


class LockBoard(Protocol):
    """One board with its address: pure frames, no line. Channels count from 1, as printed on it.

    Masks have bit n set for channel n; bit 0 is never set.
    """

    channels: range
    """Every channel that the board can have."""
    seen: range
    """The channels whose door the board sees."""
    unlock_is_answered: bool
    """False where silence after an unlock means nothing; its status tells then."""

    def status(self) -> Ask[int]:
        """Ask for the status bits of the doors; their meaning is the wiring's."""
        ...

    def unlock(self, channel: int, pulse_s: float) -> Ask[bool]:
        """Let the board drive one coil, for a time that the board keeps."""
        ...

    def on_s(self, pulse_s: float) -> float:
        """Tell how long a pulse of this length really lasts."""
        ...

    def driven(self) -> Ask[int] | None:
        """Ask which coils are on now; None where the board cannot say."""
        ...

    def all_off(self) -> Ask[bool] | None:
        """Switch every coil off; None where the board has no such command."""
        ...


def windows(data: bytes, length: int) -> Iterator[bytes]:
    """Every stretch of this length, wherever it starts: frames may stand behind noise."""
    for start in range(len(data) - length + 1):
        yield data[start : start + length]
