"""Which lines drive the solenoids and read the doors, checked before anything is opened."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from hardware.coil_rest import CoilLimits

MAX_DOORS = 48
MAX_PULSE_S = 1.0
"""Hard cap: cam locks want 0.2 to 1 s, and coils of their kind burn on seconds."""
USUAL_CUT_OFF_S = 0.8
MAX_CUT_OFF_S = 3.0
MIN_MARGIN_S = 0.3
"""A pulse timed by Python may be that late on a busy machine without being stuck."""
HEADER = ""
"""How a wiring names the header's chip; any other name is that of an expander's chip."""
PULLED_UP_AT_BOOT = range(9)
"""GPIO 0 to 8 are pulled up until the kernel configures them: a coil there would fire at boot."""
GPIO_LINES = range(2, 28)
"""The header's lines; 0 and 1 belong to the HAT's EEPROM."""
EXPANDER_LINES = range(16)
"""Of an MCP23017 or its like; every one of them is an input until somebody claims it."""

SIMULATED = "simulated"
"""The chip of a simulated bank that is larger than a header."""
SIMULATED_LINES = range(2 * MAX_DOORS)

Line = tuple[str, int]
"""A chip's name and a line of it."""
Check = tuple[bool, str]
"""Whether a condition holds, and what to say when not."""
Place = TypeVar("Place", int, Line)


class WiringError(ValueError):
    """Raised when a wiring would be unsafe or cannot exist; the message names every reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring(ABC):
    """What the wirings of all banks have in common: their lockers, and the times of their coils."""

    pulse_s: float = 0.35
    rest_s: float = 1.5
    duty: float = 0.25
    window_s: float = 60.0
    stagger_s: float = 0.15
    """Pause between two coils, so that the supply recovers."""
    poll_s: float = 0.5
    limits: CoilLimits = field(init=False)

    def __post_init__(self) -> None:
        """Raise WiringError with every reason at once."""
        problems = [*self._number_problems(), *self._line_problems(), *self._time_problems()]
        if problems:
            raise WiringError("; ".join(problems))
        object.__setattr__(self, "limits", CoilLimits(self.rest_s, self.duty, self.window_s))

    @property
    @abstractmethod
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers."""

    @abstractmethod
    def _line_problems(self) -> Iterator[str]:
        """What is wrong with where coils and contacts hang."""

    @abstractmethod
    def _own_times(self) -> list[Check]:
        """Checks of the times that not every bank has."""

    def _number_problems(self) -> Iterator[str]:
        if not 1 <= len(self.numbers) <= MAX_DOORS:
            yield f"a bank has 1 to {MAX_DOORS} lockers"
        yield from (f"locker number {n} is not 1 or more" for n in self.numbers if n < 1)

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
            *self._own_times(),
        ]
        return (message for holds, message in checks if not holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class BankWiring(Wiring):
    """What banks on lines have in common: door sensors, and the times of pulses and contacts.

    `door_pins` maps a locker's number to a line of `sensor_chip`; lockers missing from it have no
    sensor. A door contact ties its line to ground when closed (`closed_level` "low", with the
    internal pull-up), or to 3.3 V ("high", with the pull-down, which expanders do not have).
    """

    door_pins: Mapping[int, int] | None = None
    sensor_chip: str = HEADER
    max_on_s: float | None = None
    """The second, independent timer cuts here; None leaves the pulse MIN_MARGIN_S of room."""
    bounce_s: float = 0.05
    closed_level: Literal["low", "high"] = "low"

    @property
    @abstractmethod
    def coil_lines(self) -> tuple[Line, ...]:
        """Every line that has to be low for every coil to be off; what the guard clears."""

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

    @abstractmethod
    def _coil_problems(self) -> Iterator[str]: ...

    def _driven_lines(self) -> tuple[Line, ...]:
        return self.coil_lines

    def _line_problems(self) -> Iterator[str]:
        yield from self._coil_problems()
        for number in self.sensors:
            if number not in self.numbers:
                yield f"the door of locker {number} has a sensor but no solenoid"
        door_lines = ((self.sensor_chip, line) for line in self.sensors.values())
        lines = [*self._driven_lines(), *door_lines]
        yield from repeats(lines, line_name)
        for chip, line in sorted(set(lines)):
            if line not in _lines_of(chip):
                yield f"{line_name((chip, line))} is not on the {chip or 'header'}"
        if self.sensors and self.sensor_chip != HEADER and self.closed_level == "high":
            yield "an expander has no pull-down: its contacts close to ground (closed_level low)"

    def _own_times(self) -> list[Check]:
        return [
            (
                self.pulse_s < self.cut_off_s <= MAX_CUT_OFF_S,
                f"max_on_s must be longer than pulse_s and at most {MAX_CUT_OFF_S}",
            ),
            (0 <= self.bounce_s <= 0.5, "bounce_s must be 0 to 0.5"),
            (self.closed_level in ("low", "high"), 'closed_level must be "low" or "high"'),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class GpioWiring(BankWiring):
    """A bank whose solenoids hang on active-high drivers, each on a line of its own.

    `solenoid_pins` maps a locker's number to a line of `chip`: BCM numbers on the header, 0 to 15
    on an expander.
    """

    solenoid_pins: Mapping[int, int]
    chip: str = HEADER

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers."""
        return tuple(self.solenoid_pins)

    @property
    def coil_lines(self) -> tuple[Line, ...]:
        """Every solenoid's line."""
        return tuple((self.chip, line) for line in self.solenoid_pins.values())

    def _coil_problems(self) -> Iterator[str]:
        if self.chip == HEADER:
            yield from (
                f"locker {n}: a solenoid on GPIO {line} would fire at boot, take 9 to 27"
                for n, line in self.solenoid_pins.items()
                if line in PULLED_UP_AT_BOOT
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWiring(BankWiring):
    """A bank behind a chain of 74HC595, shifted over four lines of the header.

    `outputs` maps a locker's number to an output of the chain: 0 is QA of the chip nearest to the
    Pi, 8 is QA of the next one. `enable_pin` high lets the outputs through, by an inverter or NPN
    transistor at the chips' OE, which a resistor pulls up: nobody driving means every coil off.
    """

    outputs: Mapping[int, int]
    data_pin: int
    clock_pin: int
    latch_pin: int
    enable_pin: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers."""
        return tuple(self.outputs)

    @property
    def coil_lines(self) -> tuple[Line, ...]:
        """The enable line alone: while it is low, no coil is on whatever the chips hold."""
        return ((HEADER, self.enable_pin),)

    @property
    def length(self) -> int:
        """Outputs of the whole chain: that of every chip up to the last one used."""
        return 8 * (max(self.outputs.values()) // 8 + 1)

    def _driven_lines(self) -> tuple[Line, ...]:
        pins = (self.data_pin, self.clock_pin, self.latch_pin, self.enable_pin)
        return tuple((HEADER, line) for line in pins)

    def _coil_problems(self) -> Iterator[str]:
        if self.enable_pin in PULLED_UP_AT_BOOT:
            yield f"enable_pin on GPIO {self.enable_pin} would be high at boot, take 9 to 27"
        yield from repeats(self.outputs.values(), "output {}".format)
        for output in sorted(set(self.outputs.values())):
            if not 0 <= output < MAX_DOORS:
                yield f"output {output} is not within 0 to {MAX_DOORS - 1}"


def repeats(taken: Iterable[Place], name: Callable[[Place], str]) -> Iterator[str]:
    """Say of every place that is taken more than once how often it is."""
    counts = Counter(taken)
    return (f"{name(one)} is used {counts[one]} times" for one in sorted(counts) if counts[one] > 1)


def line_name(line: Line) -> str:
    """What an electrician calls the line: "GPIO 12", or "mcp23017 line 3"."""
    chip, number = line
    return f"GPIO {number}" if chip == HEADER else f"{chip} line {number}"


def _lines_of(chip: str) -> range:
    return {HEADER: GPIO_LINES, SIMULATED: SIMULATED_LINES}.get(chip, EXPANDER_LINES)
