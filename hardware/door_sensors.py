"""The door contacts of one bank: claimed, read, watched by edges or, where none come, polls."""

import logging
from collections.abc import Callable
from contextlib import ExitStack

from gpiozero import DigitalInputDevice, Factory, InputDevice

from hardware.closing import close_quietly
from hardware.door_watch import DoorWatch
from hardware.interfaces import DoorState
from hardware.wiring import BankWiring

log = logging.getLogger(__name__)

EDGELESS_POLL_S = 0.05
"""An expander's lines are read so often: its chip tells no edges, each read is a bus transfer."""


class DoorSensors:
    """Every door contact of the wiring; `report` is called as `LockerBank.on_door_change` is.

    Whatever the pin library raises when a line cannot be claimed passes through; nothing stays
    claimed then.
    """

    def __init__(
        self,
        wiring: BankWiring,
        pin_factory: Factory,
        report: Callable[[int, DoorState, float], None],
    ) -> None:
        self._sensors: dict[int, InputDevice] = {}
        with ExitStack() as held:
            held.callback(self._give_back)
            self._claim(wiring, pin_factory)
            self._watch = self._start_watch(wiring, report)
            held.pop_all()

    @property
    def are_polled(self) -> bool:
        """True when a chip cannot tell edges."""
        return any(not isinstance(one, DigitalInputDevice) for one in self._sensors.values())

    def read(self, number: int) -> DoorState:
        """Read the level now; UNKNOWN without a sensor or when it cannot be read."""
        sensor = self._sensors.get(number)
        if sensor is None:
            return DoorState.UNKNOWN
        try:
            return DoorState.CLOSED if sensor.is_active else DoorState.OPEN
        except Exception as error:  # noqa: BLE001 - whatever the library says: it is not known
            log.debug("door %s cannot be read: %s", number, error)
            return DoorState.UNKNOWN

    def close(self) -> None:
        """Stop the watch, then give the lines back."""
        try:
            self._watch.stop()
        finally:
            self._give_back()

    def _claim(self, wiring: BankWiring, pin_factory: Factory) -> None:
        pull_up = wiring.closed_level == "low"
        kind: type[InputDevice] = DigitalInputDevice
        for number, line in wiring.sensors.items():
            try:
                sensor = kind(line, pull_up=pull_up, pin_factory=pin_factory)
            except Exception:
                if kind is InputDevice:
                    raise
                # Either this chip tells no edges, or the line cannot be had at all.
                sensor = InputDevice(line, pull_up=pull_up, pin_factory=pin_factory)
                log.info("the chip of door %s tells no edges: doors are polled", number)
                kind = InputDevice
            self._sensors[number] = sensor

    def _start_watch(
        self, wiring: BankWiring, report: Callable[[int, DoorState, float], None]
    ) -> DoorWatch:
        watch = DoorWatch(
            tuple(self._sensors),
            self.read,
            report,
            bounce_s=wiring.bounce_s,
            poll_s=min(wiring.poll_s, EDGELESS_POLL_S) if self.are_polled else wiring.poll_s,
            polls_only=self.are_polled,
        )
        for number, sensor in self._sensors.items():
            if isinstance(sensor, DigitalInputDevice):
                sensor.when_activated = sensor.when_deactivated = _edge_handler(watch, number)
        watch.start()
        return watch

    def _give_back(self) -> None:
        for sensor in self._sensors.values():
            close_quietly(sensor)


def _edge_handler(watch: DoorWatch, number: int) -> Callable[[], None]:
    def on_edge() -> None:
        watch.edge(number)

    return on_edge
