"""lgpio pins fit for solenoids: chip by label, pulses in C, input that survives exceptions."""

import logging
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

# lgpio makes a FIFO in its working folder at import, and changes into that folder.
os.environ.setdefault("LG_WD", os.environ.get("RUNTIME_DIRECTORY", "/tmp").split(":")[0])  # noqa: S108

import lgpio
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from hardware.pulses import BoundedPulse, WavePulse

log = logging.getLogger(__name__)

HEADER_CHIP_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""The 40-pin header's chip on Pi 5, 4, and older; its number moved between kernels."""


class AppliancePin(LGPIOPin):  # type: ignore[misc] # gpiozero has no types
    """An lgpio pin that pulses by `tx_wave` and whose callbacks cannot kill the input thread."""

    def bounded_pulse(self) -> BoundedPulse:
        """Return the pulse that lgpio's own thread keeps time for."""
        return WavePulse(self, lgpio, self.factory._handle, self._number)  # noqa: SLF001

    def _call_when_changed(self, chip: int, gpio: int, level: int, ticks: int) -> None:
        try:
            super()._call_when_changed(chip, gpio, level, ticks)
        except Exception:  # lgpio has one unguarded thread for all input
            log.exception("the handler of GPIO %s failed", gpio)


class ApplianceFactory(LGPIOFactory):  # type: ignore[misc] # gpiozero has no types
    """The pins of one gpiochip, found by its label."""

    def __init__(self, chip: int | None = None) -> None:
        super().__init__(chip=header_chip() if chip is None else chip)
        # gpiozero shares these among all factories, so a second chip would answer for the first.
        self.pins: dict[Any, Any] = {}
        self._reservations: dict[Any, list[Any]] = defaultdict(list)
        self.pin_class = AppliancePin


def header_chip(devices: Path = Path("/dev")) -> int:
    """Return the number of the gpiochip that carries the header.

    Raises OSError when there is none, or none that may be opened.
    """
    found = []
    for path in sorted(devices.glob("gpiochip*")):
        number = int(path.name.removeprefix("gpiochip"))
        try:
            handle = lgpio.gpiochip_open(number)
        except lgpio.error as error:
            found.append(f"{path.name} ({error})")
            continue
        try:
            label = lgpio.gpio_get_chip_info(handle)[3]
        finally:
            lgpio.gpiochip_close(handle)
        if label in HEADER_CHIP_LABELS:
            return number
        found.append(label)
    raise OSError(f"no gpiochip of a Raspberry Pi header; found: {', '.join(found) or 'none'}")
