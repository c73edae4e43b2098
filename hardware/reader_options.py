"""What the settings say about readers, lights and the emergency button, for the factory."""

from dataclasses import dataclass
from typing import Literal

from hardware.wiegand_frames import FRAME_END_S


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialReaderOptions:
    """A scan module on a serial line; pins are header lines, None where not fitted."""

    name: str
    port: str
    baud: int = 9600
    model: Literal["gm65", "plain"] = "plain"
    trigger_pin: int | None = None
    good_read_pin: int | None = None
    max_per_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HidReaderOptions:
    """A USB reader that types; `device` is a part of its name, see `open_grabbed`."""

    name: str
    device: str
    layout: str = "us"
    max_per_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WiegandReaderOptions:
    """A card reader on two header lines."""

    name: str
    data0_pin: int
    data1_pin: int
    frame_end_s: float = FRAME_END_S
    """The silence that ends a card."""
    max_per_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedReaderOptions:
    """A reader that reads what a program tells it."""

    name: str
    max_per_s: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLightOptions:
    """Lights and beeper on header lines, active high; None where not fitted."""

    good_pin: int | None = None
    bad_pin: int | None = None
    beeper_pin: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyButtonOptions:
    """A contact between a header line and GND; `rests` says how it is when nobody presses."""

    pin: int
    rests: Literal["open", "closed"] = "closed"
    hold_s: float = 1.0
