"""The two wires beside a scan module's serial line: trigger (out) and good read (in)."""

import time
from typing import TYPE_CHECKING

from hardware.interfaces import DeviceUnavailable

if TYPE_CHECKING:
    from gpiozero import DigitalInputDevice, DigitalOutputDevice

TRIGGER_S = 0.2
"""Long enough for every module read about, shorter than the time any of them looks (3 s)."""


class ScanLines:
    """Claims the wires that are fitted. The trigger is active high, through an NPN transistor.

    Raises DeviceUnavailable when a line cannot be had.
    """

    def __init__(
        self, trigger_pin: int | None, good_read_pin: int | None, pin_factory: object
    ) -> None:
        self._trigger: DigitalOutputDevice | None = None
        self._good_read: DigitalInputDevice | None = None
        self._good_read_s = 0.0
        if trigger_pin is None and good_read_pin is None:
            return  # most modules have no wires: gpiozero need not be loaded
        try:
            self._claim(trigger_pin, good_read_pin, pin_factory)
        except Exception as error:  # lgpio and gpiozero raise types of their own
            self.close()
            raise DeviceUnavailable(f"the scan lines cannot be had: {error}") from error

    @property
    def has_trigger(self) -> bool:
        """Whether the module can be told to look by wire."""
        return self._trigger is not None

    @property
    def has_good_read(self) -> bool:
        """Whether the module says by wire that it read something."""
        return self._good_read is not None

    def look(self) -> None:
        """Pulse the trigger; never blocks, and the line falls by itself."""
        if self._trigger is not None:
            self._trigger.blink(on_time=TRIGGER_S, off_time=0.01, n=1)

    def good_read_since(self, at_s: float) -> bool:
        """Tell whether the module's wire moved after this `time.monotonic()`."""
        return self._good_read_s >= at_s

    def close(self) -> None:
        """Let the trigger fall and give the lines back."""
        if self._trigger is not None and not self._trigger.closed:
            self._trigger.off()  # closing alone leaves the level to the pull
            self._trigger.close()
        if self._good_read is not None:
            self._good_read.close()

    def _claim(self, trigger_pin: int | None, good_read_pin: int | None, factory: object) -> None:
        from gpiozero import DigitalInputDevice, DigitalOutputDevice

        if trigger_pin is not None:
            self._trigger = DigitalOutputDevice(trigger_pin, pin_factory=factory)
        if good_read_pin is not None:
            self._good_read = DigitalInputDevice(good_read_pin, pull_up=True, pin_factory=factory)
            self._good_read.when_activated = self._note
            self._good_read.when_deactivated = self._note

    def _note(self) -> None:
        self._good_read_s = time.monotonic()
