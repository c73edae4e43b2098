"""Which channel of a lock-control board is which locker, checked before anything is opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hardware.coil_rest import CoilLimits
from hardware.wiring import MAX_DOORS, MAX_PULSE_S, WiringError


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWiring:
    """The lockers on one board; `channels` maps a locker's number to a channel as printed.

    `pulse_s` is told to boards that let themselves be told; of others it says what they are set
    to. `closed_value` is the status bit of a shut door.
    """

    channels: Mapping[int, int]
    sensors: bool = True
    closed_value: int = 1
    pulse_s: float = 0.35
    rest_s: float = 1.5
    duty: float = 0.25
    window_s: float = 60.0
    stagger_s: float = 0.15
    poll_s: float = 0.25
    settle_s: float = 0.05
    limits: CoilLimits = field(init=False)

    def __post_init__(self) -> None:
        """Raise WiringError with every reason at once."""
        problems = [*self._channel_problems(), *self._time_problems()]
        if problems:
            raise WiringError("; ".join(problems))
        object.__setattr__(self, "limits", CoilLimits(self.rest_s, self.duty, self.window_s))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, ascending."""
        return tuple(sorted(self.channels))

    def require(self, channels: range, seen: range) -> None:
        """Raise WiringError for a channel that the board has not, or whose door it cannot see."""
        allowed = seen if self.sensors else channels
        wrong = sorted(set(self.channels.values()) - set(allowed))
        if wrong:
            sees = " with sensors" if self.sensors and len(seen) < len(channels) else ""
            raise WiringError(
                f"channel {wrong[0]} is not within {allowed.start} to {allowed.stop - 1}{sees}"
            )

    def _channel_problems(self) -> Iterator[str]:
        if not 1 <= len(self.channels) <= MAX_DOORS:
            yield f"a bank has 1 to {MAX_DOORS} lockers"
        yield from (f"locker number {n} is not 1 or more" for n in self.channels if n < 1)
        taken = list(self.channels.values())
        for channel in sorted(set(taken)):
            if taken.count(channel) > 1:
                yield f"channel {channel} is used {taken.count(channel)} times"

    def _time_problems(self) -> Iterator[str]:
        checks = [
            (0.02 <= self.pulse_s <= MAX_PULSE_S, f"pulse_s must be 0.02 to {MAX_PULSE_S}"),
            (0 <= self.rest_s <= 60, "rest_s must be 0 to 60"),
            (0 < self.duty <= 0.25, "duty must be above 0 and at most 0.25"),
            (
                self.pulse_s <= self.duty * self.window_s <= 60,
                "duty x window_s must have room for one pulse, and be at most 60 s",
            ),
            (0 <= self.stagger_s <= 5, "stagger_s must be 0 to 5"),
            (0.05 <= self.poll_s <= 10, "poll_s must be 0.05 to 10"),
            (0 <= self.settle_s <= 0.5, "settle_s must be 0 to 0.5"),
        ]
        return (message for holds, message in checks if not holds)
