"""Which channel of a lock-control board is which locker, checked before anything is opened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hardware.wiring import Check, Wiring, WiringError, repeats


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWiring(Wiring):
    """The lockers on one board; `channels` maps a locker's number to a channel as printed.

    `pulse_s` is told to boards that let themselves be told; of others it says what they are set
    to. `closed_value` is the status bit of a shut door.
    """

    channels: Mapping[int, int]
    sensors: bool = True
    closed_value: int = 1
    poll_s: float = 0.25
    settle_s: float = 0.05

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

    def _line_problems(self) -> Iterator[str]:
        return repeats(self.channels.values(), "channel {}".format)

    def _own_times(self) -> list[Check]:
        return [(0 <= self.settle_s <= 0.5, "settle_s must be 0 to 0.5")]
