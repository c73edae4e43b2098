"""What a settings file says of lockers, readers and buttons; one table an item.

A bank is a row of doors on one driver. A further one is a further ``[[lockers.bank]]`` table; the
doors of all banks together are numbered as painted on them, 1 to 48.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

import msgspec

from appliance.errors import N_, ConfigError

MAX_DOORS = 48
Size = Literal["S", "M", "L"]
Place = Literal["lockers", "desk", "station"]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
ALSA_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_:,.=-]{0,79}$"
Pin = Annotated[int, msgspec.Meta(ge=0, le=63)]


class _Bank(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, tag_field="driver"
):
    """What every bank has. `doors` are numbers, or a text such as "1-8, 12"."""

    doors: tuple[int, ...] | str = ()
    size: Size = "M"
    sizes: tuple[Size, ...] = ()  # empty: all are of `size`; else one a door
    pulse_s: float = 0.35
    rest_s: float = 1.5

    @property
    def numbers(self) -> tuple[int, ...]:
        """The doors in the order of the table. Raises ConfigError."""
        return door_numbers(self.doors)

    @property
    def size_of(self) -> dict[int, str]:
        """Door -> size. Raises ConfigError."""
        numbers = self.numbers
        sizes: Sequence[str] = self.sizes or (self.size,) * len(numbers)
        if len(sizes) != len(numbers):
            raise ConfigError(
                N_("Loker: %(sizes)s ukuran untuk %(doors)s pintu."),
                sizes=len(sizes),
                doors=len(numbers),
            )
        return dict(zip(numbers, sizes, strict=True))


class GpioBank(_Bank, frozen=True, kw_only=True, tag="gpio"):
    """Coils and sensors on the lines of a gpiochip: the header, or an expander's chip by label."""

    coils: tuple[Pin, ...]
    sensors: tuple[Pin, ...] = ()  # empty: no door can be seen
    chip: str = ""  # empty: the header; "mcp23017" finds the expander's chip by its label
    sensor_chip: str = ""  # empty: the same as `chip`
    closed_level: Literal["low", "high"] = "low"


class ShiftRegisterBank(_Bank, frozen=True, kw_only=True, tag="shift_register"):
    """Coils behind a chain of 74HC595 on header lines; `enable_pin` high lets them through."""

    data_pin: Pin
    clock_pin: Pin
    latch_pin: Pin
    enable_pin: Pin
    outputs: tuple[int, ...] = ()  # output of each door, 0 nearest to the Pi; empty: 0, 1, 2 ...
    sensors: tuple[Pin, ...] = ()
    sensor_chip: str = ""
    closed_level: Literal["low", "high"] = "low"


class BoardBank(_Bank, frozen=True, kw_only=True, tag="board"):
    """A lock-control board on a serial line, which times its own pulses."""

    protocol: Literal["cu16", "8a", "waveshare"]
    port: str
    baud: int = 0  # 0: the protocol's usual
    address: Annotated[int, msgspec.Meta(ge=0, le=247)] = 0
    channels: tuple[int, ...] = ()  # channel of each door, as the board counts; empty: in order
    sensors: bool = True
    closed_value: Literal[0, 1] = 1  # what the board's status bit says of a shut door


class SimulatedBank(_Bank, frozen=True, kw_only=True, tag="simulated"):
    """Doors that exist only in memory, behind the real driver that `like` names."""

    like: Literal["gpio", "shift_register", "cu16", "8a", "waveshare"] = "gpio"
    sensors: bool = True


Bank: TypeAlias = GpioBank | ShiftRegisterBank | BoardBank | SimulatedBank


class EmergencySettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The button that opens every door; `pin` 0 for none."""

    pin: Pin = 0
    rests: Literal["open", "closed"] = "closed"  # a loop that rests closed also tells a cut wire
    hold_s: Annotated[float, msgspec.Meta(ge=0.2, le=10)] = 1.0
    simulated: bool = False

    @property
    def is_fitted(self) -> bool:
        return self.simulated or self.pin > 0


class LockerSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All lockers of the room; no bank: none are driven."""

    open_timeout_s: Seconds = 3.0
    left_open_s: Seconds = 120.0
    stagger_s: Annotated[float, msgspec.Meta(ge=0, le=5)] = 0.15
    bank: tuple[Bank, ...] = ()
    emergency: EmergencySettings = EmergencySettings()

    @property
    def rests_s(self) -> dict[int, float]:
        """Every door of every bank -> seconds its coil rests after a pulse. Raises ConfigError."""
        return {number: bank.rest_s for bank in self.bank for number in bank.numbers}

    @property
    def sizes(self) -> dict[int, str]:
        """Every door of every bank -> size. Raises ConfigError for a number used twice."""
        found: dict[int, str] = {}
        for bank in self.bank:
            for number, size in bank.size_of.items():
                if number in found:
                    raise ConfigError(N_("Loker %(number)s ada di dua tempat."), number=number)
                found[number] = size
        return found


class SoundSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The voice that calls numbers in the room; no driver: nothing is said."""

    driver: Literal["espeak", "simulated", "none"] = "none"
    device: Annotated[str, msgspec.Meta(pattern=ALSA_NAME)] = "default"
    voice: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9+-]{0,31}$")] = "id"
    words_per_minute: Annotated[int, msgspec.Meta(ge=80, le=260)] = 130

    @property
    def is_fitted(self) -> bool:
        return self.driver != "none"


class _Reader(
    msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, tag_field="driver"
):
    """What every reader has: its name, its place, and the lights and beeper beside it."""

    name: str
    place: Place
    good_pin: Pin = 0  # 0: not fitted, here and below
    bad_pin: Pin = 0
    beeper_pin: Pin = 0
    max_per_s: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10


class SerialReader(_Reader, frozen=True, kw_only=True, tag="serial"):
    """A scan module on a serial line."""

    port: str
    baud: int = 9600
    model: Literal["gm65", "plain"] = "plain"
    trigger_pin: Pin = 0
    good_read_pin: Pin = 0


class HidReader(_Reader, frozen=True, kw_only=True, tag="hid"):
    """A USB reader that types like a keyboard; it is grabbed, so nothing reaches a page."""

    device: str  # its name in /dev/input/by-id, or a part of it
    layout: Literal["us", "uk", "de", "fr"] = "us"  # what the reader is set to play


class WiegandReader(_Reader, frozen=True, kw_only=True, tag="wiegand"):
    """A card reader on two header lines."""

    data0_pin: Pin
    data1_pin: Pin


class SimulatedReader(_Reader, frozen=True, kw_only=True, tag="simulated"):
    """A reader that reads what the demonstration tells it."""


Reader: TypeAlias = SerialReader | HidReader | WiegandReader | SimulatedReader


def door_numbers(doors: tuple[int, ...] | str) -> tuple[int, ...]:
    """The numbers in ``(1, 2, 3)`` or in a text such as ``"1-3, 7"``. Raises ConfigError."""
    numbers = _parsed(doors) if isinstance(doors, str) else doors
    wrong = [n for n in numbers if not 1 <= n <= MAX_DOORS or numbers.count(n) > 1]
    if wrong or not numbers:
        raise ConfigError(
            N_("Nomor loker %(doors)s tidak dapat dipakai: 1 sampai 48, masing-masing sekali."),
            doors=doors if isinstance(doors, str) else list(doors),
        )
    return numbers


def listed(numbers: Sequence[int]) -> str:
    """The numbers as a text that `door_numbers` reads, such as ``"1-3, 7"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _parsed(text: str) -> tuple[int, ...]:
    """The numbers of the text; empty when one cannot be read or is no door's."""
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        ends = (first, last) if dash else (first, first)
        if not all(word.isdecimal() and len(word) <= 2 for word in ends):
            return ()
        numbers += range(int(ends[0]), int(ends[1]) + 1)
    return tuple(numbers)
