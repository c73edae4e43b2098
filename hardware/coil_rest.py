"""How long a solenoid coil must rest: pure arithmetic on its past pulses."""

from collections import deque
from dataclasses import dataclass, field

Pulse = tuple[float, float]
"""Start and end of one pulse, in seconds of a monotonic clock."""


@dataclass(frozen=True, slots=True)
class CoilLimits:
    """The heat limits of one coil: rest after each pulse, and duty within a sliding window."""

    rest_s: float = 1.5
    duty: float = 0.25
    window_s: float = 60.0

    @property
    def budget_s(self) -> float:
        """Seconds a coil may be on within any window."""
        return self.duty * self.window_s


@dataclass(slots=True)
class CoilHistory:
    """The pulses of one coil that still count; not safe for threads on its own."""

    limits: CoilLimits
    pulses: deque[Pulse] = field(default_factory=deque)

    def record(self, start_s: float, end_s: float) -> None:
        """Remember a pulse that has ended; pulses are recorded in order."""
        self.pulses.append((start_s, end_s))

    def wait_s(self, now_s: float, pulse_s: float) -> float:
        """Tell how many seconds from now a pulse of this length may start; 0 means at once."""
        self._forget(now_s)
        if not self.pulses:
            return 0.0
        rested_s = self.pulses[-1][1] + self.limits.rest_s
        return max(0.0, rested_s - now_s, self._within_duty_s(pulse_s) - now_s)

    def _within_duty_s(self, pulse_s: float) -> float:
        """Return the earliest time at which the window ending with the pulse keeps its budget."""
        excess_s = sum(end - start for start, end in self.pulses) + pulse_s - self.limits.budget_s
        for start, end in self.pulses:
            if excess_s <= 0:
                break
            forgotten_s = min(excess_s, end - start)
            excess_s -= forgotten_s
            earliest_s = start + forgotten_s + self.limits.window_s - pulse_s
            if excess_s <= 0:
                return earliest_s
        return float("-inf")

    def _forget(self, now_s: float) -> None:
        while self.pulses and self.pulses[0][1] < now_s - self.limits.window_s:
            self.pulses.popleft()
