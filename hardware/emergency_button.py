"""The button, or alarm loop, that opens every door: one contact between a line and GND."""

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from gpiozero import InputDevice

from hardware.held_contact import HeldContact
from hardware.interfaces import DeviceUnavailable
from hardware.reader_options import EmergencyButtonOptions

log = logging.getLogger(__name__)

SAMPLE_S = 0.05
"""Far below any hold; sampling outlives an edge that the kernel or lgpio lost."""
START_HOLD_S = 2.0
"""At the start the supply and the pull-up may still be rising."""
STOP_TIMEOUT_S = 5.0


class GpioEmergencyButton:
    """A contact with the line's own pull-up. Resting closed, a cut wire counts as pressed.

    Pressed at the start, it fires too, once, after START_HOLD_S: a loop that opened while the
    appliance was off or restarting is an alarm that nobody can give again, and a wire cut at
    night must not leave a room without its button in silence. What it costs: with a cut wire
    every start opens the doors until the wire is mended or `pin` is set to 0. `release` is called
    when it is closed.
    """

    def __init__(
        self,
        options: EmergencyButtonOptions,
        pin_factory: object,
        *,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        """Claim the line. Raises DeviceUnavailable when it cannot be had."""
        self.on_press: Callable[[], None] | None = None
        self._pressed_level = options.rests == "closed"
        self._clock = clock
        self._release = release
        self._contact = HeldContact(options.hold_s, max(options.hold_s, START_HOLD_S))
        self._stopping = Event()
        try:
            self._line = InputDevice(options.pin, pull_up=True, pin_factory=pin_factory)
        except Exception as error:  # lgpio and gpiozero raise types of their own
            raise DeviceUnavailable(f"the emergency button has no line: {error}") from error
        self._readable = True
        self._look()
        self._thread = Thread(target=self._run, name="emergency-button", daemon=True)
        self._thread.start()

    @property
    def is_pressed(self) -> bool:
        """Whether the contact is made (or the loop broken) now; False when it cannot be read."""
        return self._sample() is True

    def close(self) -> None:
        """Stop watching and give the line back; a second call does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)
        self._line.close()
        self._release()

    def _run(self) -> None:
        while not self._stopping.wait(SAMPLE_S):
            if self._look():
                self._fire()

    def _look(self) -> bool:
        pressed = self._sample()
        return pressed is not None and self._contact.sample(pressed=pressed, at_s=self._clock())

    def _sample(self) -> bool | None:
        """Read the contact; None when it cannot be read, which is said once in the log."""
        try:
            # With a pull-up gpiozero calls the low level active, so 0 is the open contact.
            is_high = not self._line.value
        except Exception:  # lgpio raises types of its own
            if self._readable:
                log.exception("the emergency button cannot be read")
            self._readable = False
            return None
        self._readable = True
        return is_high is self._pressed_level

    def _fire(self) -> None:
        log.warning("the emergency button was pressed")
        try:
            if self.on_press is not None:
                self.on_press()
        except Exception:  # the button must outlive a careless listener
            log.exception("the listener of the emergency button failed")
