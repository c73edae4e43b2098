"""A row of lockers that exists only in memory, for the demo and the tests.

The driver is the real `GpioLockerBank`; only the pins are gpiozero's mock pins, and the world
behind them is `SimulatedLockers`: a pulse on a solenoid opens its door after a lag, and somebody
shuts it again some seconds later. To make things go wrong::

    bank = open_simulated_bank(12)
    bank.world.locker(3).jam()            the latch sticks: a pulse opens nothing, until free()
    bank.world.locker(3).force()          opens without a pulse
    bank.world.locker(3).hold_open()      nobody shuts it, until shut()
    bank.world.locker(3).lag_s = 2.0      the door is slow
    bank.world.locker(3).bounces = 5      the contact chatters that often at every change
    bank.world.locker(3).cut_cable()      the sensor reads open for ever, until mend_cable()
    bank.world.vanish()                   every line answers OSError, until come_back()

What happened is in `locker.pulses()` and `locker.moves`, with monotonic times.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock, Timer

from gpiozero.pins.mock import MockFactory

from hardware.interfaces import DoorState
from hardware.lockers_gpio import GpioLockerBank
from hardware.simulated_pins import Board, CoilPin, DoorPin
from hardware.wiring import GpioWiring

COIL_LINES = (12, 13, *range(16, 26))
DOOR_LINES = (*range(4, 12), 26, 27, 2, 3)
LATCH_NEEDS_S = 0.05
"""A shorter pulse does not move a latch."""
BOUNCE_EVERY_S = 0.002


@dataclass(frozen=True, slots=True)
class RoomTiming:
    """How the simulated doors and people behave, in seconds."""

    lag_s: float = 0.12
    """From the start of a pulse to the open door."""
    shut_after_s: float | None = 6.0
    """From open to shut again; None leaves doors open until `shut()`."""


class SimulatedLocker:
    """One locker: its latch, its door, its contact, and the people who use it."""

    def __init__(
        self, number: int, coil: CoilPin, door: DoorPin | None, world: "SimulatedLockers"
    ) -> None:
        self.number = number
        self.lag_s = world.timing.lag_s
        self.bounces = 0
        self.moves: list[tuple[float, DoorState]] = []
        self._coil = coil
        self._door = door
        self._world = world
        self._jammed = False
        self._held = False
        coil.on_rise = self._latch_pulled

    @property
    def state(self) -> DoorState:
        """Where the door really is, whatever its sensor says."""
        return self.moves[-1][1] if self.moves else DoorState.CLOSED

    def pulses(self) -> tuple[tuple[float, float], ...]:
        """Return start and end of every finished pulse, in monotonic seconds."""
        return tuple(self._coil.pulses)

    def jam(self) -> None:
        """Let the latch stick: pulses open nothing."""
        self._jammed = True

    def free(self) -> None:
        """Undo `jam`."""
        self._jammed = False

    def force(self) -> None:
        """Open the door without a pulse, as with a crowbar or the mechanical key."""
        self._move(DoorState.OPEN)

    def hold_open(self) -> None:
        """Keep the door from being shut by itself, now or after the next pulse."""
        self._held = True

    def shut(self) -> None:
        """Shut the door, also one that is held open."""
        self._held = False
        self._move(DoorState.CLOSED)

    def cut_cable(self) -> None:
        """Disconnect the sensor: its line floats to the pull and reads open."""
        if self._door is not None:
            self._door.set_connected(connected=False)

    def mend_cable(self) -> None:
        """Undo `cut_cable`."""
        if self._door is not None:
            self._door.set_connected(connected=True)

    def _latch_pulled(self) -> None:
        self._world.after(max(self.lag_s, LATCH_NEEDS_S), self._spring_open)

    def _spring_open(self) -> None:
        if not self._jammed and self._coil.last_on_s() >= LATCH_NEEDS_S:
            self._move(DoorState.OPEN)

    def _shut_by_somebody(self) -> None:
        if not self._held:
            self._move(DoorState.CLOSED)

    def _move(self, state: DoorState) -> None:
        with self._world.lock:
            if state is self.state:
                return
            self.moves.append((time.monotonic(), state))
            if self._door is not None:
                self._chatter(self._door, state)
            shut_after_s = self._world.timing.shut_after_s
            if state is DoorState.OPEN and shut_after_s is not None:
                self._world.after(shut_after_s, self._shut_by_somebody)

    def _chatter(self, door: DoorPin, state: DoorState) -> None:
        closed = state is DoorState.CLOSED
        for _ in range(self.bounces):
            door.set_contact(closed=closed)
            time.sleep(BOUNCE_EVERY_S)
            door.set_contact(closed=not closed)
            time.sleep(BOUNCE_EVERY_S)
        door.set_contact(closed=closed)


class SimulatedLockers:
    """The world behind the mock pins; `stop` ends all of its timers."""

    def __init__(self, wiring: GpioWiring, timing: RoomTiming | None = None) -> None:
        self.timing = timing or RoomTiming()
        self.factory = MockFactory()
        self.lock = RLock()
        self._board = Board()
        self._timers: set[Timer] = set()
        self._stopped = False
        self._lockers = {number: self._build(wiring, number) for number in wiring.solenoid_pins}

    def locker(self, number: int) -> SimulatedLocker:
        """Return one locker; KeyError for a number not in the bank."""
        return self._lockers[number]

    def vanish(self) -> None:
        """Unplug the board: reading and writing any line raises OSError."""
        self._board.present = False

    def come_back(self) -> None:
        """Undo `vanish`."""
        self._board.present = True

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """Let something happen later, unless the world has stopped by then."""
        with self.lock:
            if self._stopped:
                return
            self._timers = {timer for timer in self._timers if timer.is_alive()}
            timer = Timer(delay_s, act)
            timer.daemon = True
            timer.name = "simulated-room"
            self._timers.add(timer)
            timer.start()

    def stop(self) -> None:
        """Cancel what has not happened yet."""
        with self.lock:
            self._stopped = True
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()

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
