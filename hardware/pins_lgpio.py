"""lgpio pins fit for solenoids: chip by name, pulses in C, input that survives exceptions."""

import logging
import os
from collections import defaultdict
from typing import Any

# lgpio makes a FIFO in its working folder at import, and changes into that folder.
os.environ.setdefault("LG_WD", os.environ.get("RUNTIME_DIRECTORY", "/tmp").split(":")[0])  # noqa: S108

import lgpio
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from hardware.gpiochip import find_chip
from hardware.made_up_board import NumberedLines
from hardware.pulses import BoundedPulse, WavePulse
from hardware.wiring import EXPANDER_LINES, HEADER

log = logging.getLogger(__name__)


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
    """The pins of one gpiochip: the header's, or one found by its name (see `find_chip`).

    Raises OSError when there is none of that name, or it may not be opened.
    """

    def __init__(self, name: str = HEADER) -> None:
        self.path, number = find_chip(name)
        super().__init__(chip=number)
        # gpiozero shares these among all factories, so a second chip would answer for the first.
        self.pins: dict[Any, Any] = {}
        self._reservations: dict[Any, list[Any]] = defaultdict(list)
        self.pin_class = AppliancePin
        if name != HEADER:
            self._info = NumberedLines(len(EXPANDER_LINES))
