"""Lights and beeper beside a reader: patterns of bounded length, on a thread of their own."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from threading import Condition, Thread

from gpiozero import DigitalOutputDevice

from hardware.interfaces import DeviceUnavailable
from hardware.reader_interfaces import Signal
from hardware.reader_options import SignalLightOptions

log = logging.getLogger(__name__)

GOOD, BAD, BEEPER = "good", "bad", "beeper"
Step = tuple[float, frozenset[str]]
"""So many seconds with these lines on."""
STOP_TIMEOUT_S = 5.0


def _blink(times: int, on_s: float, off_s: float, *lines: str) -> tuple[Step, ...]:
    return ((on_s, frozenset(lines)), (off_s, frozenset[str]())) * times


PATTERNS: Mapping[Signal, tuple[Step, ...]] = {
    Signal.GOOD: ((0.1, frozenset({GOOD, BEEPER})), (1.4, frozenset({GOOD}))),
    Signal.BAD: _blink(3, 0.2, 0.15, BAD, BEEPER),
    Signal.ASK: (*_blink(2, 0.08, 0.1, GOOD, BAD, BEEPER), (1.2, frozenset({GOOD, BAD}))),
}
"""Told apart without colours: one beep and a steady light, three long beeps, two short ones.
Every pattern ends dark by itself; the longest takes 1.6 s."""


class GpioSignalLights:
    """Up to three header lines, active high, through transistors. Any thread.

    `release` is called when they are closed.
    """

    def __init__(
        self,
        options: SignalLightOptions,
        pin_factory: object,
        *,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Claim the lines, dark. Raises DeviceUnavailable when one cannot be had."""
        pins = {GOOD: options.good_pin, BAD: options.bad_pin, BEEPER: options.beeper_pin}
        self._lines: dict[str, DigitalOutputDevice] = {}
        self._wanted: deque[Signal] = deque(maxlen=1)
        self._changed = Condition()
        self._closed = False
        self._release = release
        try:
            for line, pin in pins.items():
                if pin is not None:
                    self._lines[line] = DigitalOutputDevice(pin, pin_factory=pin_factory)
        except Exception as error:  # lgpio and gpiozero raise types of their own
            self._give_back()
            raise DeviceUnavailable(f"the lights cannot have their lines: {error}") from error
        self._thread = Thread(target=self._run, name="signal-lights", daemon=True)
        self._thread.start()

    def show(self, signal: Signal) -> None:
        """Show it for its time, replacing what was shown; nothing on closed lights."""
        with self._changed:
            self._wanted.append(signal)
            self._changed.notify()

    def close(self) -> None:
        """Everything dark and silent; a second call does nothing."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify()
        self._thread.join(STOP_TIMEOUT_S)
        self._give_back()
        self._release()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                signal = self._wanted.popleft()
            self._play(PATTERNS[signal])

    def _play(self, steps: tuple[Step, ...]) -> None:
        for hold_s, lines in steps:
            self._light(lines)
            with self._changed:
                if self._changed.wait_for(lambda: self._wanted or self._closed, hold_s):
                    break
        self._light(frozenset())

    def _light(self, lines: frozenset[str]) -> None:
        for name, line in self._lines.items():
            try:
                line.value = name in lines
            except Exception:  # a light is no reason to stop a locker
                log.exception("the %s line cannot be switched", name)

    def _give_back(self) -> None:
        self._light(frozenset())  # closing alone leaves the level to the pull
        for line in self._lines.values():
            line.close()
