"""Mock pins with something behind them: a solenoid coil, a door contact, a board to lose."""

import errno
from dataclasses import dataclass
from typing import Any

from gpiozero import Factory
from gpiozero.pins.mock import MockPin

from hardware.simulated_room import CoilTrace


@dataclass(slots=True)
class Board:
    """What the pins are soldered to; set `present` to False and every line fails."""

    present: bool = True

    def check(self) -> None:
        """Raise OSError when the board is gone, as a removed gpiochip does."""
        if not self.present:
            raise OSError(errno.ENODEV, "the simulated board is gone")


class CoilPin(MockPin, CoilTrace):  # type: ignore[misc] # gpiozero has no types
    """An output with a coil behind it."""

    def __init__(self, factory: Factory, info: object, board: Board) -> None:
        CoilTrace.__init__(self)
        MockPin.__init__(self, factory, info)
        self._board = board

    def _set_state(self, value: Any) -> None:  # noqa: ANN401 - gpiozero passes bools and floats
        self._board.check()
        super()._set_state(value)

    def _change_state(self, value: bool) -> bool:
        if self.is_stuck and self.is_on and not value:
            return False
        changed: bool = super()._change_state(value)
        if changed:
            self.energise(on=value)
        return changed


class DoorPin(MockPin):  # type: ignore[misc] # gpiozero has no types
    """An input whose level a door contact decides; without the cable, the pull does."""

    def __init__(
        self,
        factory: Factory,
        info: object,
        board: Board,
        *,
        closed_level: bool,
    ) -> None:
        self._board = board
        self._closed_level = closed_level
        self._contact_closed = True
        self._connected = True
        super().__init__(factory, info)

    def set_contact(self, *, closed: bool) -> None:
        """Move the door's contact."""
        self._contact_closed = closed
        self._settle()

    def set_connected(self, *, connected: bool) -> None:
        """Cut or mend the cable."""
        self._connected = connected
        self._settle()

    def _get_state(self) -> bool:
        self._board.check()
        return bool(super()._get_state())

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        self._settle()

    def _settle(self) -> None:
        """Bring the level to what wire and pull make of it; an open contact leaves the pull."""
        if self._function != "input":
            return
        wired_shut = self._connected and self._contact_closed
        if self._closed_level if wired_shut else not self._closed_level:
            self.drive_high()
        else:
            self.drive_low()


class EdgelessDoorPin(DoorPin):
    """A door's contact on an expander, whose chip tells no edges."""

    def _enable_event_detect(self) -> None:
        raise OSError(errno.ENXIO, "bad event request")
