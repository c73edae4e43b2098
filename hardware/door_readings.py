"""Door changes in a row of readings: pure arithmetic, for doors that are asked and never tell."""

from collections.abc import Iterable, Mapping

from hardware.interfaces import DoorState

Change = tuple[int, DoorState, float]
"""A door, its new state, and the time of the reading that first showed it."""


class DoorReadings:
    """What successive readings of all doors amount to.

    A door that is read differently has changed when it still is after `settle_s`. To and from
    UNKNOWN it changes at once: whether a board answers does not bounce.
    """

    def __init__(self, numbers: Iterable[int], settle_s: float) -> None:
        self._known = dict.fromkeys(numbers, DoorState.UNKNOWN)
        self._settle_s = settle_s
        self._moving: dict[int, tuple[DoorState, float]] = {}

    @property
    def is_moving(self) -> bool:
        """True while a door was read differently and has not settled: read again soon."""
        return bool(self._moving)

    def state(self, number: int) -> DoorState:
        """The settled state; UNKNOWN before the first reading and for a door that is not read."""
        return self._known.get(number, DoorState.UNKNOWN)

    def take(self, now_s: float, states: Mapping[int, DoorState]) -> list[Change]:
        """Note a reading of every door; returns the changes, which `state` now shows."""
        return [
            (number, state, at_s)
            for number, state in states.items()
            if (at_s := self._settled(number, state, now_s)) is not None
        ]

    def _settled(self, number: int, state: DoorState, now_s: float) -> float | None:
        known = self._known[number]
        if state is known:
            self._moving.pop(number, None)
            return None
        since_s = now_s
        if DoorState.UNKNOWN not in (state, known):
            before, since_s = self._moving.get(number, (None, now_s))
            if before is not state:
                self._moving[number] = (state, now_s)
                return None
            if now_s - since_s < self._settle_s:
                return None
        self._moving.pop(number, None)
        self._known[number] = state
        return since_s
