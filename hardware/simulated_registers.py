"""A chain of 74HC595 that exists only in memory: it latches what edges on mock pins tell it."""

from collections.abc import Callable
from typing import Any

from gpiozero import Factory
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.simulated_pins import Board
from hardware.simulated_room import CoilTrace
from hardware.wiring import ShiftWiring

STATES_KEPT = 1000
"""A clock line moves hundreds of times a pulse; a demonstration runs for weeks."""


class RegisterPin(MockPin):  # type: ignore[misc] # gpiozero has no types
    """A line into the registers; `on_change` is told its level after every edge."""

    def __init__(self, factory: Factory, info: object, board: Board) -> None:
        super().__init__(factory, info)
        self._board = board
        self.on_change: Callable[[bool], None] = lambda _: None
        self.is_held_high: Callable[[], bool] = lambda: False

    def _set_state(self, value: Any) -> None:  # noqa: ANN401 - gpiozero passes bools and floats
        self._board.check()
        super()._set_state(value)

    def _change_state(self, value: bool) -> bool:
        if not value and self._state and self.is_held_high():
            return False
        changed: bool = super()._change_state(value)
        if changed:
            del self.states[:-STATES_KEPT]
            self.on_change(value)
        return changed


class SimulatedRegisters:
    """The chips, their four lines, and a coil at each output in use.

    They come up with every output set, the worst that real ones do. A coil that `is_stuck` holds
    the enable line high once it is on, as a transistor there does that no longer opens.
    """

    def __init__(self, wiring: ShiftWiring, factory: MockFactory, board: Board) -> None:
        self._mask = (1 << wiring.length) - 1
        self.shifted = self.latched = self._mask
        self.coils = {number: CoilTrace() for number in wiring.outputs}
        self._outputs = wiring.outputs
        self._data, clock, latch, self._enable = (
            factory.pin(line, pin_class=RegisterPin, board=board)
            for line in (
                wiring.data_pin,
                wiring.clock_pin,
                wiring.latch_pin,
                wiring.enable_pin,
            )
        )
        clock.on_change = self._clocked
        latch.on_change = self._latches
        self._enable.on_change = self._show
        self._enable.is_held_high = self._is_stuck

    def _clocked(self, level: bool) -> None:
        if level:
            self.shifted = (self.shifted << 1 | self._data.state) & self._mask

    def _latches(self, level: bool) -> None:
        if level:
            self.latched = self.shifted
            self._show(self._enable.state)

    def _show(self, enabled: bool) -> None:
        for number, output in self._outputs.items():
            self.coils[number].energise(on=bool(enabled and self.latched >> output & 1))

    def _is_stuck(self) -> bool:
        return any(coil.is_stuck and coil.is_on for coil in self.coils.values())
