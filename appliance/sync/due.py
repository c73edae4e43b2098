"""When something is to be done again that is done now and then."""

from collections.abc import Callable

QUARTER_S = 900.0


class Due:
    """At once at first; then after as long as it is put off. Forgotten by a restart."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._next_s = float("-inf")

    def has_come(self) -> bool:
        """Whether it is time."""
        return self._monotonic() >= self._next_s

    def put_off(self, for_s: float = QUARTER_S) -> None:
        """Not again before so many seconds have gone by."""
        self._next_s = self._monotonic() + for_s
