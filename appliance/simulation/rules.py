"""What can be done to the demonstration's devices, and how they then are."""

from dataclasses import dataclass
from enum import StrEnum


class DoorDeed(StrEnum):
    """What somebody does to a simulated door."""

    JAM = "jam"
    FREE = "free"
    FORCE = "force"
    HOLD_OPEN = "hold_open"
    SHUT = "shut"
    CUT_CABLE = "cut_cable"
    MEND_CABLE = "mend_cable"
    BOUNCE = "bounce"
    LAG = "lag"
    """It bounces, or it opens late; CALM ends both."""
    CALM = "calm"


class BankDeed(StrEnum):
    """What somebody does to a whole bank."""

    VANISH = "vanish"
    COME_BACK = "come_back"
    DROP = "drop"
    GARBLE = "garble"
    LATE = "late"
    """Only for boards on a serial line: replies are lost, garbled, or late."""
    CLEAR = "clear"
    """The line is in order again."""


class ReaderDeed(StrEnum):
    """What somebody does with a reader."""

    READ = "read"
    READ_BADLY = "read_badly"
    UNPLUG = "unplug"
    PLUG = "plug"


class ButtonDeed(StrEnum):
    """What somebody does to the emergency button."""

    PRESS = "press"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class DoorLook:
    """A simulated door as it really is, whatever its sensor says. `bank` counts from 1."""

    number: int
    bank: int
    is_open: bool
    troubles: tuple[DoorDeed, ...]
    """What was done to it and not undone: JAM, HOLD_OPEN, CUT_CABLE, BOUNCE, LAG."""


@dataclass(frozen=True, slots=True)
class BankLook:
    """A simulated bank; `like` names the driver that believes in it."""

    bank: int
    like: str
    is_there: bool
    line: str | None
    """What is wrong with its serial line; empty: nothing, None: it has none."""


@dataclass(frozen=True, slots=True)
class ReaderLook:
    """A simulated reader; `signal` is what its lights showed last, empty before the first."""

    name: str
    place: str
    is_plugged: bool
    signal: str


@dataclass(frozen=True, slots=True)
class RoomLook:
    """Everything in the simulated room. `is_pressed` None: no emergency button."""

    doors: tuple[DoorLook, ...]
    banks: tuple[BankLook, ...]
    readers: tuple[ReaderLook, ...]
    is_pressed: bool | None
