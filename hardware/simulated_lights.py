"""Lights and beeper that exist only in memory, for the demo and the tests."""

from collections import deque

from hardware.reader_interfaces import Signal

REMEMBERED = 100


class SimulatedSignalLights:
    """Lights that only remember: `shown` has the last ones, oldest first. They never fail."""

    def __init__(self) -> None:
        self._shown: deque[Signal] = deque(maxlen=REMEMBERED)

    @property
    def shown(self) -> tuple[Signal, ...]:
        """What was shown, at most the last REMEMBERED."""
        return tuple(self._shown)

    def show(self, signal: Signal) -> None:
        """Remember it."""
        self._shown.append(signal)

    def close(self) -> None:
        """Do nothing."""
