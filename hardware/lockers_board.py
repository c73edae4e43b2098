"""A bank of lockers on a lock-control board, which times its pulses itself."""

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Thread

from hardware.board_protocol import LockBoard
from hardware.board_wiring import BoardWiring
from hardware.coil_turns import CoilTurns
from hardware.door_readings import DoorReadings
from hardware.interfaces import (
    DeviceError,
    DeviceFault,
    DeviceUnavailable,
    DoorCallback,
    DoorState,
)
from hardware.serial_line import NoReply, SerialLine

log = logging.getLogger(__name__)

MISSES = 3
"""So many status requests in a row without a reply, and the doors are unknown."""
AWAY_POLL_S = 1.0
"""How often a board that does not answer is asked: its timeouts hold up others on the line."""
EAGER_POLL_S = 0.1
EAGER_FOR_S = 2.0
"""How often, and how long, the doors are read after a pulse, so that one is seen opening soon."""
CONFIRM_TRIES = 2
CLOSE_WAIT_S = 2.0
STOP_TIMEOUT_S = 5.0


class BoardLockerBank:
    """Asks one board over a line; see `LockerBank` for what each call promises.

    An unlock is sent once and never again by itself. `door` gives the last reading, which is at
    most a quarter of a second old; a board that is not there makes its doors UNKNOWN, not this
    constructor fail. `all_off` and `close` may take a quarter of a second. `clock` gives monotonic
    seconds for rest and duty.
    """

    def __init__(
        self,
        wiring: BoardWiring,
        board: LockBoard,
        line: SerialLine,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        wiring.require(board.channels, board.seen)
        self.on_door_change: DoorCallback | None = None
        self._wiring = wiring
        self._board = board
        self._line = line
        self._on_s = board.on_s(wiring.pulse_s)
        self._closing = Event()
        self._turns = CoilTurns(
            wiring.numbers,
            wiring.limits,
            stagger_s=wiring.stagger_s,
            closing=self._closing,
            clock=clock,
        )
        self._readings = DoorReadings(self._seen(), wiring.settle_s)
        self._misses = 0
        self._is_away = False
        self._eager_until_s = float("-inf")
        self._nudge = Event()
        self._look()
        self._thread = Thread(target=self._watch, name=f"board-{line.port}", daemon=True)
        if wiring.sensors:
            self._thread.start()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, ascending."""
        return self._wiring.numbers

    def has_sensor(self, number: int) -> bool:
        """Tell whether this door can be seen."""
        return self._wiring.sensors and number in self._wiring.channels

    def pulse(self, number: int) -> None:
        """Let the board drive the locker's solenoid once; see `LockerBank.pulse`."""
        channel = self._channel(number)
        self._line.connect()  # a port that is not there costs no rest, and the others no time
        with self._turns.turn(number, self._on_s):
            sent_s = time.monotonic()
            try:
                self._unlock(number, channel)
            finally:
                # Also after a fault: the coil may be on, and the next one has to wait for it.
                self._eager_until_s = time.monotonic() + EAGER_FOR_S
                self._nudge.set()
                self._closing.wait(max(0.0, sent_s + self._on_s - time.monotonic()))

    def door(self, number: int) -> DoorState:
        """Return the last settled reading; see `LockerBank.door`."""
        self._channel(number)
        return self._readings.state(number)

    def all_off(self) -> None:
        """Send the board's all-off where it has one; a board that is away drives nothing for long.

        Raises DeviceFault when the board refuses.
        """
        command = self._board.all_off()
        if command is None or self._closing.is_set():
            return
        try:
            self._line.ask(command, tries=CONFIRM_TRIES)
        except (NoReply, DeviceUnavailable) as error:
            log.warning("all off was not confirmed: %s", error)

    def close(self) -> None:
        """Switch off, stop reading, leave the line; safe to call in mid-pulse."""
        if self._closing.is_set():
            return
        with ExitStack() as undo:
            undo.callback(self._line.close)
            undo.callback(self._turns.wait_idle, CLOSE_WAIT_S)
            undo.callback(self._stop)
            try:
                self.all_off()
            except DeviceFault as error:
                log.error("%s", error)

    def _channel(self, number: int) -> int:
        if self._closing.is_set():
            raise DeviceUnavailable("the locker bank is closed")
        try:
            return self._wiring.channels[number]
        except KeyError:
            raise DeviceUnavailable(f"no locker {number} in this bank", permanent=True) from None

    def _unlock(self, number: int, channel: int) -> None:
        command = self._board.unlock(channel, self._wiring.pulse_s)
        if self._is_away or not self._board.unlock_is_answered:
            # Told all the same: a board may hear and not be heard. But nothing waits for it long.
            self._line.tell(command.request)
        else:
            try:
                self._line.ask(command)
            except NoReply as error:
                log.warning("locker %s: the unlock was not confirmed: %s", number, error)
            else:
                return
        try:
            self._confirm(number, channel)
        except NoReply as error:
            raise DeviceFault(
                f"locker {number}: the board answered neither the unlock nor what its state is; "
                f"check its power, the two wires of the line and its speed ({error})"
            ) from error

    def _confirm(self, number: int, channel: int) -> None:
        """Ask whether the board is there at all; what the door did then says the rest."""
        driven, tries = self._board.driven(), 1 if self._is_away else CONFIRM_TRIES
        if driven is None:
            self._line.ask(self._board.status(), tries=tries)
            is_sure = not self._board.unlock_is_answered
        else:
            is_sure = bool(self._line.ask(driven, tries=tries) >> channel & 1)
        if not is_sure and not self.has_sensor(number):
            raise DeviceFault(
                f"locker {number}: the board is there, but did not confirm the unlock"
            )

    def _seen(self) -> tuple[int, ...]:
        return self._wiring.numbers if self._wiring.sensors else ()

    def _watch(self) -> None:
        while not self._closing.is_set():
            self._nudge.wait(self._pause_s())
            self._nudge.clear()
            if not self._closing.is_set():
                self._look()

    def _pause_s(self) -> float:
        if self._is_away:
            return AWAY_POLL_S
        if self._readings.is_moving:
            return self._wiring.settle_s
        if time.monotonic() < self._eager_until_s:
            return min(EAGER_POLL_S, self._wiring.poll_s)
        return self._wiring.poll_s

    def _look(self) -> None:
        if not self._wiring.sensors:
            return
        try:
            bits = self._line.ask(self._board.status())
        except DeviceUnavailable as error:
            self._missed(error, MISSES)
            return
        except DeviceError as error:
            self._missed(error, self._misses + 1)
            return
        if self._is_away:
            log.info("%s: the board answers again", self._line.port)
        self._misses, self._is_away = 0, False
        self._take({n: self._state(bits, c) for n, c in self._wiring.channels.items()})

    def _missed(self, error: DeviceError, misses: int) -> None:
        self._misses = misses
        if misses < MISSES:
            return
        if not self._is_away:
            log.warning("the board does not answer, its doors are unknown: %s", error)
        self._is_away = True
        self._take(dict.fromkeys(self._wiring.channels, DoorState.UNKNOWN))

    def _state(self, bits: int, channel: int) -> DoorState:
        is_closed = (bits >> channel & 1) == self._wiring.closed_value
        return DoorState.CLOSED if is_closed else DoorState.OPEN

    def _take(self, states: dict[int, DoorState]) -> None:
        for number, state, at_s in self._readings.take(time.monotonic(), states):
            if self.on_door_change is None:
                continue
            try:
                self.on_door_change(number, state, at_s)
            except Exception:  # input must outlive a careless listener
                log.exception("the listener of door %s failed", number)

    def _stop(self) -> None:
        self._closing.set()
        self._nudge.set()
        if self._wiring.sensors:
            self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            raise RuntimeError("the board's watch did not stop: a callback of it hangs")
