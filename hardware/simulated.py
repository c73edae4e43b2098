"""A row of lockers that exists only in memory, for the demo and the tests.

The driver is the real `GpioLockerBank`; only the pins are gpiozero's mock pins, and the world
behind them is `SimulatedLockers`: a pulse on a solenoid opens its door after a lag, and somebody
shuts it again some seconds later. To make things go wrong::

    bank = open_simulated_bank(12)
    bank.world.locker(3).jam()            and what else `simulated_room` can do to a locker
    bank.world.vanish()                   every line answers OSError, until come_back()
"""

import time
from collections.abc import Callable

from gpiozero.pins.mock import MockFactory

from hardware.lockers_gpio import GpioLockerBank
from hardware.simulated_pins import Board, CoilPin, DoorPin
from hardware.simulated_room import Room, RoomTiming, SimulatedLocker
from hardware.wiring import GpioWiring

COIL_LINES = (12, 13, *range(16, 26))
DOOR_LINES = (*range(4, 12), 26, 27, 2, 3)


class SimulatedLockers(Room):
    """The world behind the mock pins; `stop` ends all of its timers."""

    def __init__(self, wiring: GpioWiring, timing: RoomTiming | None = None) -> None:
        super().__init__(timing)
        self.factory = MockFactory()
        self._board = Board()
        self._lockers = {number: self._build(wiring, number) for number in wiring.solenoid_pins}

    def locker(self, number: int) -> SimulatedLocker:
        """Return one locker; KeyError for a number not in the bank."""
        return self._lockers[number]

    @property
    def is_present(self) -> bool:
        """False after `vanish`."""
        return self._board.present

    def vanish(self) -> None:
        """Unplug the board: reading and writing any line raises OSError."""
        self._board.present = False

    def come_back(self) -> None:
        """Undo `vanish`."""
        self._board.present = True

    def _build(self, wiring: GpioWiring, number: int) -> SimulatedLocker:
        coil = self.factory.pin(wiring.solenoid_pins[number], pin_class=CoilPin, board=self._board)
        door = None
        if number in wiring.sensors:
            door = self.factory.pin(
                wiring.sensors[number],
                pin_class=DoorPin,
                board=self._board,
                closed_level=wiring.closed_level == "high",
            )
        return SimulatedLocker(number, coil, door, self)


class SimulatedLockerBank(GpioLockerBank):
    """The real driver on simulated lockers, which `world` lets one disturb."""

    def __init__(
        self,
        wiring: GpioWiring,
        timing: RoomTiming | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = SimulatedLockers(wiring, timing)
        super().__init__(wiring, self.world.factory, clock=clock)

    def close(self) -> None:
        """Close the driver, then stop the world."""
        super().close()
        self.world.stop()


def simulated_wiring(count: int = 12, *, sensors: bool = True, pulse_s: float = 0.35) -> GpioWiring:
    """Wire lockers 1 to `count` (at most 12) to lines of the mock header."""
    if not 1 <= count <= len(COIL_LINES):
        raise ValueError(f"a simulated bank has 1 to {len(COIL_LINES)} lockers, not {count}")
    numbers = range(1, count + 1)
    return GpioWiring(
        solenoid_pins=dict(zip(numbers, COIL_LINES, strict=False)),
        door_pins=dict(zip(numbers, DOOR_LINES, strict=False)) if sensors else None,
        pulse_s=pulse_s,
    )


def open_simulated_bank(count: int = 12, timing: RoomTiming | None = None) -> SimulatedLockerBank:
    """Open a bank of simulated lockers with the product's own limits."""
    return SimulatedLockerBank(simulated_wiring(count), timing)
