"""A lock's solenoid as a gpiozero device that can only be fired, never left on."""

import logging
from contextlib import AbstractContextManager, nullcontext
from threading import Event, Timer

from gpiozero import Factory, OutputDevice

from hardware.interfaces import DeviceFault, OutputStuck
from hardware.pulses import pulse_for

log = logging.getLogger(__name__)


class Solenoid(OutputDevice):  # type: ignore[misc] # gpiozero has no types
    """One coil behind an active-high driver; `on`, `toggle`, `value` and `source` refuse.

    Two independent timers end a pulse: the pulse's own, and the cut-off at `max_on_s`.
    """

    def __init__(self, pin: int, *, pin_factory: Factory) -> None:
        super().__init__(pin, active_high=True, initial_value=False, pin_factory=pin_factory)
        self._pulse = pulse_for(self.pin)
        self._overran = Event()

    def fire(
        self,
        pulse_s: float,
        max_on_s: float,
        guarded: AbstractContextManager[None] | None = None,
    ) -> None:
        """Energise for `pulse_s` and return when off; not for two threads at once.

        `guarded` is entered last before the coil goes on, and left as soon as it is off. What it
        raises passes through, nothing is driven then. Raises DeviceFault when the second timer
        had to cut or somebody else did, OutputStuck when the output still reads as on. Whatever
        the pin's library raises passes through, after the cut.
        """
        self._overran.clear()
        second = Timer(max_on_s, self._overrun)
        second.daemon = True
        second.name = f"cut-off-{self.pin}"
        second.start()
        with guarded or nullcontext():
            whole = self._on_and_off(pulse_s, second)
        if self._overran.is_set():
            raise DeviceFault(f"{self.pin}: the pulse of {pulse_s} s was cut after {max_on_s} s")
        if not whole:
            raise DeviceFault(f"{self.pin}: the pulse was cut short")
        if self.pin.state:
            raise OutputStuck(f"{self.pin}: the output still reads as on after the pulse")

    def cut(self) -> None:
        """De-energise now, from any thread; harmless after `close`."""
        if not self.closed:
            self._pulse.cut()

    def close(self) -> None:
        """Cut before the pin turns into an input."""
        if getattr(self, "_pulse", None) is not None:
            self.cut()
        super().close()

    def _on_and_off(self, pulse_s: float, second: Timer) -> bool:
        try:
            self._pulse.start(pulse_s)
            return self._pulse.wait(pulse_s)
        finally:
            # Raises when the line is gone; then the second timer stays and tries once more.
            self.cut()
            second.cancel()

    def _overrun(self) -> None:
        if self._reads_low():
            return  # it ended in time, and only its owner is late to see it
        self._overran.set()
        try:
            self.cut()
        except Exception:  # nobody waits for this thread; `fire` tells its caller
            log.exception("%s could not be cut off", self)

    def _reads_low(self) -> bool:
        try:
            return not self.pin.state
        except Exception:  # noqa: BLE001 - whatever the library says: nobody knows
            return False

    def _write(self, value: object) -> None:
        """Let gpiozero's ways of writing only switch off."""
        if value:
            raise DeviceFault(f"{self.pin}: a solenoid is only switched on by a bounded pulse")
        super()._write(value)
