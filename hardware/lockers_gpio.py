"""A bank of lockers whose solenoids hang on a GPIO line each, of the header or of an expander."""

import time
from collections.abc import Callable
from contextlib import ExitStack

from gpiozero import Factory

from hardware.closing import close_quietly
from hardware.pin_bank import PinBank
from hardware.pulse_guard import PulseGuard
from hardware.solenoid import Solenoid
from hardware.wiring import GpioWiring


class GpioLockerBank(PinBank):
    """Drives one coil at a time over gpiozero; see `PinBank` for what it promises.

    `pin_factory` has the coils' chip, `sensor_factory` that of the contacts; None is the same.
    """

    def __init__(
        self,
        wiring: GpioWiring,
        pin_factory: Factory,
        *,
        sensor_factory: Factory | None = None,
        guard: PulseGuard | None = None,
        release: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def claim(held: ExitStack) -> dict[int, Solenoid]:
            coils = {}
            for number, line in wiring.solenoid_pins.items():
                coils[number] = Solenoid(line, pin_factory=pin_factory)
                held.callback(close_quietly, coils[number])
            return coils

        super().__init__(
            wiring, claim, sensor_factory or pin_factory, guard=guard, release=release, clock=clock
        )
