"""One bounded pulse on one output pin, timed outside the interpreter where the pin can do that."""

import time
from threading import Event
from types import ModuleType
from typing import Protocol

from gpiozero import Pin

SLACK_S = 0.1
"""How late a pulse may end before its owner cuts it; lgpio's thread was 8 ms late under load."""


class BoundedPulse(Protocol):
    """Drives one claimed output pin; `cut` may come from any thread."""

    def start(self, pulse_s: float) -> None:
        """Switch on and arrange the switching off; returns at once."""
        ...

    def wait(self, pulse_s: float) -> bool:
        """Block until the started pulse has ended; False when it was cut before its time."""
        ...

    def cut(self) -> None:
        """Switch off now; harmless when nothing is on."""
        ...


class WaitedPulse:
    """A pulse that its own waiter ends: for mock pins, and pins whose library keeps no time.

    There is no thread to be started between the guard's word and the coil: under four busy
    threads that took up to half a second, which the guard took for a coil that stays on.
    """

    def __init__(self, pin: Pin) -> None:
        self._pin = pin
        self._cut = Event()

    def start(self, pulse_s: float) -> None:
        """Switch on; whoever started it has to wait, which bounds it."""
        self._cut.clear()
        self._pin.state = 1

    def wait(self, pulse_s: float) -> bool:
        """Wait for the time or a cut."""
        return not self._cut.wait(pulse_s)

    def cut(self) -> None:
        """Write the level before anything else."""
        try:
            if self._pin.function == "output":
                self._pin.state = 0
        finally:
            self._cut.set()


class WavePulse:
    """A pulse played by lgpio's own C thread, which keeps its length while Python is busy."""

    def __init__(self, pin: Pin, lgpio: ModuleType, handle: int, gpio: int) -> None:
        self._pin = pin
        self._lgpio = lgpio
        self._handle = handle
        self._gpio = gpio
        self._cut = Event()

    def start(self, pulse_s: float) -> None:
        """Queue the wave; refuses while an older one, though cut, has not reached its end."""
        if self._busy():
            raise OSError(f"an older wave still runs on GPIO {self._gpio}")
        self._cut.clear()
        wave = [
            self._lgpio.pulse(1, 1, round(pulse_s * 1_000_000)),
            self._lgpio.pulse(0, 1, 0),
        ]
        self._lgpio.tx_wave(self._handle, self._gpio, wave)

    def wait(self, pulse_s: float) -> bool:
        """Sleep for the pulse, then look until lgpio says that it is done."""
        deadline_s = time.monotonic() + pulse_s + SLACK_S
        if self._cut.wait(pulse_s):
            return False
        while self._busy() and time.monotonic() < deadline_s:
            time.sleep(0.002)
        return True

    def cut(self) -> None:
        """Write the low level; it ends the output of a running wave at once."""
        try:
            if self._pin.function == "output":
                self._lgpio.gpio_write(self._handle, self._gpio, 0)
        finally:
            self._cut.set()

    def _busy(self) -> bool:
        return bool(self._lgpio.tx_busy(self._handle, self._gpio, self._lgpio.TX_WAVE) == 1)


def pulse_for(pin: Pin) -> BoundedPulse:
    """Choose how to pulse this gpiozero pin: its own way if it has one, else by waiting."""
    own = getattr(pin, "bounded_pulse", None)
    if own is None:
        return WaitedPulse(pin)
    chosen: BoundedPulse = own()
    return chosen
