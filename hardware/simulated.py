"""A row of lockers that exists only in memory, for the demo and the tests.

The driver is the real one; only the pins are gpiozero's mock pins, and the world behind them is
`SimulatedLockers`: a pulse on a solenoid opens its door after a lag, and somebody shuts it again
some seconds later. To make things go wrong::

    bank = SimulatedLockerBank(simulated_wiring(12))
    bank.world.locker(3).jam()            and what else `simulated_room` can do to a locker
    bank.world.vanish()                   every line answers OSError, until come_back()
"""

import time
from collections.abc import Callable, Sequence
from typing import Literal

from gpiozero.pins.mock import MockFactory

from hardware.lockers_gpio import GpioLockerBank
from hardware.lockers_shift import ShiftLockerBank
from hardware.made_up_board import NumberedLines
from hardware.pulse_guard import PulseGuard
from hardware.simulated_pins import Board, CoilPin, DoorPin, EdgelessDoorPin
from hardware.simulated_registers import SimulatedRegisters
from hardware.simulated_room import CoilTrace, Room, RoomTiming, SimulatedLocker
from hardware.wiring import MAX_DOORS, SIMULATED, SIMULATED_LINES, GpioWiring, ShiftWiring

Like = Literal["gpio", "expander", "shift_register"]

COIL_LINES = (12, 13, *range(16, 26))
DOOR_LINES = (*range(4, 12), 26, 27, 2, 3)
DATA, CLOCK, LATCH, ENABLE = 12, 13, 16, 17


class SimulatedLockers(Room):
    """The world behind the mock pins; `stop` ends all of its timers."""

    def __init__(
        self,
        wiring: GpioWiring | ShiftWiring,
        timing: RoomTiming | None = None,
        *,
        like: Like = "gpio",
    ) -> None:
        super().__init__(timing)
        self.like = like
        self.factory, self.sensor_factory = MockFactory(), NumberedFactory()
        if isinstance(wiring, GpioWiring) and wiring.chip:
            self.factory = self.sensor_factory
        if not wiring.sensor_chip:
            self.sensor_factory = self.factory
        self._board = Board()
        self._lockers = {
            number: SimulatedLocker(number, coil, self._door(wiring, number), self)
            for number, coil in self._coils(wiring).items()
        }

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, in the order of the wiring."""
        return tuple(self._lockers)

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

    def _coils(self, wiring: GpioWiring | ShiftWiring) -> dict[int, CoilTrace]:
        if isinstance(wiring, ShiftWiring):
            return SimulatedRegisters(wiring, self.factory, self._board).coils
        return {
            number: self.factory.pin(line, pin_class=CoilPin, board=self._board)
            for number, line in wiring.solenoid_pins.items()
        }

    def _door(self, wiring: GpioWiring | ShiftWiring, number: int) -> DoorPin | None:
        if number not in wiring.sensors:
            return None
        door: DoorPin = self.sensor_factory.pin(
            wiring.sensors[number],
            pin_class=EdgelessDoorPin if self.like == "expander" else DoorPin,
            board=self._board,
            closed_level=wiring.closed_level == "high",
        )
        return door


class NumberedFactory(MockFactory):  # type: ignore[misc] # gpiozero has no types
    """Mock pins of a chip with lines enough for the largest bank."""

    def __init__(self) -> None:
        super().__init__()
        self._info = NumberedLines(len(SIMULATED_LINES))


class SimulatedLockerBank(GpioLockerBank):
    """The real driver on simulated lockers, which `world` lets one disturb."""

    def __init__(
        self,
        wiring: GpioWiring,
        timing: RoomTiming | None = None,
        *,
        like: Like = "gpio",
        guard: PulseGuard | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world = SimulatedLockers(wiring, timing, like=like)
        super().__init__(
            wiring,
            world.factory,
            sensor_factory=world.sensor_factory,
            guard=guard,
            release=world.stop,
            clock=clock,
        )


class SimulatedShiftBank(ShiftLockerBank):
    """The real driver on simulated shift registers, which `world` lets one disturb."""

    def __init__(
        self,
        wiring: ShiftWiring,
        timing: RoomTiming | None = None,
        *,
        guard: PulseGuard | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world = SimulatedLockers(wiring, timing, like="shift_register")
        super().__init__(
            wiring,
            world.factory,
            sensor_factory=world.sensor_factory,
            guard=guard,
            release=world.stop,
            clock=clock,
        )


def simulated_wiring(
    doors: int | Sequence[int] = 12,
    *,
    sensors: bool = True,
    pulse_s: float = 0.35,
    rest_s: float = 1.5,
    stagger_s: float = 0.15,
) -> GpioWiring:
    """Wire lockers 1 to `doors`, or of these numbers (at most 48), to mock lines.

    Up to twelve are on the mock header, more on a made-up chip.
    """
    numbers = _numbers(doors)
    on_header = len(numbers) <= len(COIL_LINES)
    coils = COIL_LINES if on_header else range(MAX_DOORS)
    contacts = DOOR_LINES if on_header else range(MAX_DOORS, 2 * MAX_DOORS)
    chip = "" if on_header else SIMULATED
    return GpioWiring(
        solenoid_pins=dict(zip(numbers, coils, strict=False)),
        door_pins=dict(zip(numbers, contacts, strict=False)) if sensors else None,
        chip=chip,
        sensor_chip=chip,
        pulse_s=pulse_s,
        rest_s=rest_s,
        stagger_s=stagger_s,
    )


def simulated_shift_wiring(
    doors: int | Sequence[int] = 12,
    *,
    sensors: bool = True,
    pulse_s: float = 0.35,
    rest_s: float = 1.5,
    stagger_s: float = 0.15,
) -> ShiftWiring:
    """Wire lockers 1 to `doors`, or of these numbers, to a mock chain; doors to a made-up chip."""
    numbers = _numbers(doors)
    return ShiftWiring(
        outputs={number: output for output, number in enumerate(numbers)},
        door_pins=dict(zip(numbers, range(MAX_DOORS), strict=False)) if sensors else None,
        sensor_chip=SIMULATED,
        pulse_s=pulse_s,
        rest_s=rest_s,
        stagger_s=stagger_s,
        data_pin=DATA,
        clock_pin=CLOCK,
        latch_pin=LATCH,
        enable_pin=ENABLE,
    )


def _numbers(doors: int | Sequence[int]) -> Sequence[int]:
    numbers = range(1, doors + 1) if isinstance(doors, int) else doors
    if not 1 <= len(numbers) <= MAX_DOORS:
        raise ValueError(f"a simulated bank has 1 to {MAX_DOORS} lockers, not {len(numbers)}")
    return numbers
