"""Lockers on the simulated header, opened as the product opens them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from hardware.interfaces import LockerBank

COILS = {1: 12, 2: 13, 3: 16}
DOORS = {1: 4, 2: 5}
PULSE_S = 0.2


@contextmanager
def open_bank(*, guarded: bool = False, **wiring: Any) -> Iterator[LockerBank]:
    """Three lockers, the third without a sensor; `wiring` replaces fields of the GpioWiring."""
    from hardware.factory import open_locker_bank
    from hardware.options import GpioLockerOptions
    from hardware.wiring import GpioWiring

    fields = {"pulse_s": PULSE_S, "rest_s": 0.0, "stagger_s": 0.0, "bounce_s": 0.05}
    fields |= {"solenoid_pins": COILS, "door_pins": DOORS}
    options = GpioLockerOptions(wiring=GpioWiring(**fields | wiring), guarded=guarded)
    with closing(open_locker_bank("gpio", options)) as bank:
        yield bank
