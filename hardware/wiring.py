"""Which GPIO line drives which solenoid and reads which door, checked before anything is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hardware.coil_rest import CoilLimits

MAX_PULSE_S = 1.0
"""Hard cap: cam locks want 0.2 to 1 s, and coils of their kind burn on seconds."""
USUAL_CUT_OFF_S = 0.8
MAX_CUT_OFF_S = 3.0
MIN_MARGIN_S = 0.3
"""A pulse timed by Python may be that late on a busy machine without being stuck."""
PULLED_UP_AT_BOOT = range(9)
"""GPIO 0 to 8 are pulled up until the kernel configures them: a coil there would fire at boot."""
GPIO_LINES = range(2, 28)
"""The header's lines; 0 and 1 belong to the HAT's EEPROM."""


class WiringError(ValueError):
    """Raised when a wiring would be unsafe or cannot exist; the message names every reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpioWiring:
    """The lockers of one bank on GPIO lines (BCM numbers), solenoids on active-high drivers.

    `solenoid_pins` and `door_pins` map a locker's number to a line; lockers missing from
    `door_pins` have no sensor. A door contact ties its line to ground when closed
    (`closed_level` "low", with the internal pull-up), or to 3.3 V ("high", with the pull-down).
    """

    solenoid_pins: Mapping[int, int]
    door_pins: Mapping[int, int] | None = None
    pulse_s: float = 0.35
    max_on_s: float | None = None
    """The second, independent timer cuts here; None leaves the pulse MIN_MARGIN_S of room."""
    rest_s: float = 1.5
    duty: float = 0.25
    window_s: float = 60.0
    stagger_s: float = 0.15
    """Pause between two coils, so that the supply recovers."""
    bounce_s: float = 0.05
    poll_s: float = 0.5
    closed_level: Literal["low", "high"] = "low"
    limits: CoilLimits = field(init=False)

    def __post_init__(self) -> None:
        """Raise WiringError with every reason at once."""
        problems = [*self._line_problems(), *self._time_problems()]
        if problems:
            raise WiringError("; ".join(problems))
        object.__setattr__(self, "limits", CoilLimits(self.rest_s, self.duty, self.window_s))

    @property
    def cut_off_s(self) -> float:
        """Seconds after which the second timer cuts."""
        if self.max_on_s is None:
            return max(USUAL_CUT_OFF_S, self.pulse_s + MIN_MARGIN_S)
        return self.max_on_s

    @property
    def sensors(self) -> Mapping[int, int]:
        """The door lines; empty when no door can be seen."""
        return self.door_pins or {}

    def _line_problems(self) -> list[str]:
        problems = []
        if not 1 <= len(self.solenoid_pins) <= 48:
            problems.append("a bank has 1 to 48 lockers")
        problems += [f"locker number {n} is not 1 or more" for n in self.solenoid_pins if n < 1]
        problems += [
            f"the door of locker {n} has a sensor but no solenoid"
            for n in self.sensors
            if n not in self.solenoid_pins
        ]
        lines = [*self.solenoid_pins.values(), *self.sensors.values()]
        problems += [
            f"GPIO {line} is used {lines.count(line)} times"
            for line in sorted(set(lines))
            if lines.count(line) > 1
        ]
        problems += [
            f"GPIO {line} is not on the header" for line in lines if line not in GPIO_LINES
        ]
        problems += [
            f"locker {n}: a solenoid on GPIO {line} would fire at boot, take 9 to 27"
            for n, line in self.solenoid_pins.items()
            if line in PULLED_UP_AT_BOOT
        ]
        return problems

    def _time_problems(self) -> list[str]:
        checks = [
            (0.02 <= self.pulse_s <= MAX_PULSE_S, f"pulse_s must be 0.02 to {MAX_PULSE_S}"),
            (
                self.pulse_s < self.cut_off_s <= MAX_CUT_OFF_S,
                f"max_on_s must be longer than pulse_s and at most {MAX_CUT_OFF_S}",
            ),
            (0 <= self.rest_s <= 60, "rest_s must be 0 to 60"),
            (0 < self.duty <= 0.25, "duty must be above 0 and at most 0.25"),
            (
                self.pulse_s <= self.duty * self.window_s <= 60,
                "duty x window_s must have room for one pulse, and be at most 60 s",
            ),
            (0 <= self.stagger_s <= 1, "stagger_s must be 0 to 1"),
            (0 <= self.bounce_s <= 0.5, "bounce_s must be 0 to 0.5"),
            (0.05 <= self.poll_s <= 10, "poll_s must be 0.05 to 10"),
            (self.closed_level in ("low", "high"), 'closed_level must be "low" or "high"'),
        ]
        return [message for holds, message in checks if not holds]
