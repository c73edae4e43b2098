"""An emergency button on a mock pin, for the demo and the tests."""

import time
from collections.abc import Callable

from gpiozero.pins.mock import MockFactory

from hardware.emergency_button import GpioEmergencyButton
from hardware.reader_options import EmergencyButtonOptions

LINE = 27


class SimulatedEmergencyButton(GpioEmergencyButton):
    """The real driver on a contact that `press` and `release` move; it starts released.

    It fires `hold_s` after `press`, unless `release` came before, as the real one does.
    """

    def __init__(self, *, hold_s: float = 0.2, clock: Callable[[], float] = time.monotonic) -> None:
        self._factory = MockFactory()
        # Resting open with a pull-up: a mock pin starts high, so it starts released.
        options = EmergencyButtonOptions(pin=LINE, rests="open", hold_s=hold_s)
        super().__init__(options, self._factory, clock=clock)

    def press(self) -> None:
        """Press and keep pressing until `release`."""
        self._factory.pin(LINE).drive_low()

    def release(self) -> None:
        """Let go."""
        self._factory.pin(LINE).drive_high()
