"""A bank of lockers whose solenoids and door sensors hang on GPIO lines."""

import atexit
import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Lock

from gpiozero import DigitalInputDevice, Factory

from hardware.coil_rest import CoilHistory
from hardware.door_watch import DoorWatch
from hardware.interfaces import (
    DeviceBusy,
    DeviceError,
    DeviceFault,
    DeviceUnavailable,
    DoorCallback,
    DoorState,
)
from hardware.solenoid import Solenoid
from hardware.wiring import GpioWiring

log = logging.getLogger(__name__)

CLOSE_WAIT_S = 2.0
"""How long `close` waits for a pulse in another thread, which was cut already."""


class GpioLockerBank:
    """Drives one coil at a time over gpiozero; see `LockerBank` for what each call promises.

    Outputs are claimed low, and low again on every way out: the end of a pulse, an exception,
    `close`, the interpreter's normal exit. A killed process needs `strict_gpiod` (see pins_lgpio).
    `clock` gives monotonic seconds for rest and duty; pulses themselves keep real time.
    """

    def __init__(
        self,
        wiring: GpioWiring,
        pin_factory: Factory,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.on_door_change: DoorCallback | None = None
        self._wiring = wiring
        self._clock = clock
        self._power = Lock()
        self._closing = Event()
        self._last_off_s = float("-inf")
        self._history = {number: CoilHistory(wiring.limits) for number in wiring.solenoid_pins}
        self._coils: dict[int, Solenoid] = {}
        self._sensors: dict[int, DigitalInputDevice] = {}
        with ExitStack() as undo:
            undo.callback(self._close_devices)
            self._claim(pin_factory)
            self._watch = self._start_watch()
            undo.pop_all()
        atexit.register(self.all_off)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, ascending."""
        return tuple(sorted(self._wiring.solenoid_pins))

    def has_sensor(self, number: int) -> bool:
        """Tell whether this door can be seen."""
        return number in self._wiring.sensors

    def pulse(self, number: int) -> None:
        """Drive the locker's solenoid once; see `LockerBank.pulse`."""
        coil = self._coil(number)
        if not self._power.acquire(blocking=False):
            raise DeviceBusy("another coil is on", retry_after_s=self._wiring.pulse_s)
        try:
            self._refuse_hot_coil(number)
            self._let_supply_recover()
            self._fire(number, coil)
        finally:
            self._power.release()

    def door(self, number: int) -> DoorState:
        """Read the door's level now; see `LockerBank.door`."""
        self._coil(number)
        return self._read_door(number)

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
        with ExitStack() as undo:
            undo.callback(self._close_devices)
            undo.callback(self._watch.stop)
            try:
                self.all_off()
            except DeviceFault as error:
                log.error("%s", error)
            if self._power.acquire(timeout=CLOSE_WAIT_S):
                self._power.release()

    def _claim(self, pin_factory: Factory) -> None:
        wiring = self._wiring
        try:
            for number, line in wiring.solenoid_pins.items():
                self._coils[number] = Solenoid(line, pin_factory=pin_factory)
            for number, line in wiring.sensors.items():
                self._sensors[number] = DigitalInputDevice(
                    line, pull_up=wiring.closed_level == "low", pin_factory=pin_factory
                )
        except Exception as error:
            # The pin libraries have no common base: lgpio raises its own, gpiozero others.
            raise DeviceUnavailable(f"the GPIO lines cannot be used: {error}") from error

    def _start_watch(self) -> DoorWatch:
        watch = DoorWatch(
            tuple(self._sensors),
            self._read_door,
            self._report,
            bounce_s=self._wiring.bounce_s,
            poll_s=self._wiring.poll_s,
        )
        for number, sensor in self._sensors.items():
            sensor.when_activated = sensor.when_deactivated = _edge_handler(watch, number)
        watch.start()
        return watch

    def _coil(self, number: int) -> Solenoid:
        if self._closing.is_set():
            raise DeviceUnavailable("the locker bank is closed")
        try:
            return self._coils[number]
        except KeyError:
            raise DeviceUnavailable(f"no locker {number} in this bank", permanent=True) from None

    def _refuse_hot_coil(self, number: int) -> None:
        wait_s = self._history[number].wait_s(self._clock(), self._wiring.pulse_s)
        if wait_s > 0:
            raise DeviceBusy(f"locker {number}: the coil must rest", retry_after_s=wait_s)

    def _let_supply_recover(self) -> None:
        pause_s = self._last_off_s + self._wiring.stagger_s - self._clock()
        if self._closing.wait(min(max(0.0, pause_s), self._wiring.stagger_s)):
            raise DeviceUnavailable("the locker bank is closed")

    def _fire(self, number: int, coil: Solenoid) -> None:
        start_s = self._clock()
        try:
            coil.fire(self._wiring.pulse_s, self._wiring.cut_off_s)
        except DeviceError:
            raise
        except Exception as error:
            raise DeviceFault(f"locker {number}: the pulse failed: {error}") from error
        finally:
            self._last_off_s = self._clock()
            self._history[number].record(start_s, self._last_off_s)

    def _read_door(self, number: int) -> DoorState:
        sensor = self._sensors.get(number)
        if sensor is None:
            return DoorState.UNKNOWN
        try:
            return DoorState.CLOSED if sensor.is_active else DoorState.OPEN
        except Exception as error:  # noqa: BLE001 - whatever the library says: it is not known
            log.debug("door %s cannot be read: %s", number, error)
            return DoorState.UNKNOWN

    def _report(self, number: int, state: DoorState, at_s: float) -> None:
        if self.on_door_change is not None:
            self.on_door_change(number, state, at_s)

    def _close_devices(self) -> None:
        for device in (*self._coils.values(), *self._sensors.values()):
            try:
                device.close()
            except Exception as error:  # noqa: BLE001 - the rest must still be closed
                log.warning("%s did not close cleanly: %s", device, error)


def _edge_handler(watch: DoorWatch, number: int) -> Callable[[], None]:
    def on_edge() -> None:
        watch.edge(number)

    return on_edge
