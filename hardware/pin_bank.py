"""What every bank on GPIO lines does with its coils and contacts, however the coils are reached."""

import atexit
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from threading import Event
from typing import Protocol, TypeVar

from gpiozero import Factory

from hardware.coil_turns import CoilTurns
from hardware.door_sensors import DoorSensors
from hardware.interfaces import (
    DeviceError,
    DeviceFault,
    DeviceUnavailable,
    DoorCallback,
    DoorState,
)
from hardware.pulse_guard import PulseGuard
from hardware.wiring import BankWiring

log = logging.getLogger(__name__)

CLOSE_WAIT_S = 2.0
"""How long `close` waits for a pulse in another thread, which was cut already."""


Claimed = TypeVar("Claimed")


class Coil(Protocol):
    """One solenoid that can only be pulsed; `Solenoid` is one."""

    def fire(
        self, pulse_s: float, max_on_s: float, guarded: AbstractContextManager[None] | None = None
    ) -> None:
        """Energise once, inside `guarded`, and return when off.

        Raises DeviceFault, or what `guarded` or the library raises.
        """
        ...

    def cut(self) -> None:
        """De-energise now, from any thread; harmless after the bank's end."""
        ...


class PinBank:
    """Drives one coil at a time; see `LockerBank` for what each call promises.

    `claim` opens the coils, leaving their closing on the stack it is given. Outputs are claimed
    low, and low again on every way out: the end of a pulse, an exception, `close`, the
    interpreter's normal exit. A killed process needs the pulse guard (None: a pulse is bounded by
    this process alone) and `strict_gpiod`. The bank closes its guard, and calls `release` last.
    `clock` gives monotonic seconds for rest and duty; pulses themselves keep real time.
    """

    def __init__(
        self,
        wiring: BankWiring,
        claim: Callable[[ExitStack], Mapping[int, Coil]],
        sensor_factory: Factory,
        *,
        guard: PulseGuard | None = None,
        release: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.on_door_change: DoorCallback | None = None
        self._wiring = wiring
        self._guard = guard
        self._closing = Event()
        self._turns = CoilTurns(
            wiring.numbers,
            wiring.limits,
            stagger_s=wiring.stagger_s,
            closing=self._closing,
            clock=clock,
        )
        with ExitStack() as held:
            held.callback(release)
            if guard is not None:
                held.callback(guard.close)
            self._coils = _claimed(lambda: dict(claim(held)))
            self._doors = _claimed(lambda: DoorSensors(wiring, sensor_factory, self._report))
            held.callback(self._doors.close)
            self._held = held.pop_all()
        atexit.register(self.all_off)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, ascending."""
        return tuple(sorted(self._wiring.numbers))

    def has_sensor(self, number: int) -> bool:
        """Tell whether this door can be seen."""
        return number in self._wiring.sensors

    def pulse(self, number: int) -> None:
        """Drive the locker's solenoid once; see `LockerBank.pulse`."""
        coil = self._coil(number)
        with self._turns.turn(number, self._wiring.pulse_s):
            try:
                coil.fire(self._wiring.pulse_s, self._wiring.cut_off_s, self._guarded())
            except DeviceError:
                raise
            except Exception as error:
                raise DeviceFault(f"locker {number}: the pulse failed: {error}") from error

    def door(self, number: int) -> DoorState:
        """Read the door's level now; see `LockerBank.door`."""
        self._coil(number)
        return self._doors.read(number)

    def all_off(self) -> None:
        """Switch every output off at once; see `LockerBank.all_off`."""
        faults = []
        for number, coil in self._coils.items():
            try:
                coil.cut()
            except Exception as error:  # noqa: BLE001 - every other coil must still be tried
                faults.append(f"locker {number}: {error}")
        if faults:
            raise DeviceFault("outputs refused to switch off: " + "; ".join(faults))

    def close(self) -> None:
        """Cut, stop the door watch, then give the lines back; safe to call in mid-pulse."""
        if self._closing.is_set():
            return
        self._closing.set()
        atexit.unregister(self.all_off)
        with self._held:
            try:
                self.all_off()
            except DeviceFault as error:
                log.error("%s", error)
            self._turns.wait_idle(CLOSE_WAIT_S)

    def _coil(self, number: int) -> Coil:
        if self._closing.is_set():
            raise DeviceUnavailable("the locker bank is closed")
        try:
            return self._coils[number]
        except KeyError:
            raise DeviceUnavailable(f"no locker {number} in this bank", permanent=True) from None

    def _guarded(self) -> AbstractContextManager[None] | None:
        return None if self._guard is None else self._guard.over(self._wiring.pulse_s)

    def _report(self, number: int, state: DoorState, at_s: float) -> None:
        if self.on_door_change is not None:
            self.on_door_change(number, state, at_s)


def _claimed(claim: Callable[[], Claimed]) -> Claimed:
    try:
        return claim()
    except DeviceError:
        raise
    except Exception as error:
        # The pin libraries have no common base: lgpio raises its own, gpiozero others.
        raise DeviceUnavailable(f"the GPIO lines cannot be used: {error}") from error
