"""Carries out door commands and watches the doors; the only owner of the locker bank."""

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass

from appliance.clock import Clock
from appliance.lockers import rules
from appliance.lockers.bank_table import BankTable
from appliance.lockers.outcomes import Claimed, DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.record import Recorder
from appliance.runtime.logs import get_logger
from appliance.storage.writer import Writer
from hardware.interfaces import DeviceBusy, DeviceError, DoorState, LockerBank

log = get_logger("lockers")

POLL_S = 0.5  # wake-ups and door edges come by themselves; this bounds a lost one
# No pulse begins later in a step, so that the unit's watchdog (15 s) never cuts an open-all in the
# middle: 1 s of pulse and one wait for a locked database stay below it. The rest waits its turn.
STEP_LIMIT_S = 0.25
OPEN_TIMEOUT_S = 3.0


@dataclass(slots=True)
class _Opening:
    """A command of ours that is on its way, or whose door stands open because of it."""

    command: int
    number: int
    not_before_s: float = 0.0
    pulsed_s: float | None = None
    is_judged: bool = False
    is_open: bool = False


class LockerWorker:
    """One `step` looks at the doors, judges what was pulsed, and carries out what waits.

    Every step runs on one thread. `poke` asks for the next step soon; `monotonic` gives seconds
    that only wait and time out with, never what is recorded.
    """

    def __init__(
        self,
        *,
        writer: Writer,
        clock: Clock,
        recorder: Recorder,
        bank: LockerBank,
        poke: Callable[[], object] = lambda: None,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._commands = DoorOutcomes(writer=writer, clock=clock, recorder=recorder)
        self._table = BankTable(writer=writer, clock=clock, recorder=recorder)
        self._bank = bank
        self._poke = poke
        self._open_timeout_s = open_timeout_s
        self._monotonic = monotonic
        self._doors: queue.SimpleQueue[tuple[int, DoorState]] = queue.SimpleQueue()
        self._openings: dict[int, _Opening] = {}
        self._postponed: list[_Opening] = []
        self._open_since: dict[int, float] = {}
        self._commands.interrupt_claimed()
        self._table.sync({number: bank.has_sensor(number) for number in bank.numbers})
        bank.on_door_change = self._door_changed
        for number in bank.numbers:
            self._table.door(number, self._look(number))

    def step(self) -> None:
        """Do what is due. A door that jams or a board that is gone ends a command, not this."""
        started_s = self._monotonic()
        self._follow_doors()
        while self._carry_out_next():
            self._follow_doors()
            if self._monotonic() - started_s >= STEP_LIMIT_S:
                self._poke()
                break
        self._judge()
        self._warn_of_open_doors()

    def safe(self) -> None:
        """Every output off, now. Raises DeviceFault when one refuses."""
        self._bank.all_off()

    def close(self) -> None:
        """Stop listening, switch everything off and give the bank back."""
        self._bank.on_door_change = None
        try:
            self._bank.all_off()
        finally:
            self._bank.close()

    # Carrying out -------------------------------------------------------------------------

    def _carry_out_next(self) -> bool:
        """Carry out one command; False when nothing is due now."""
        opening = self._take_postponed()
        if opening is None:
            claimed: Claimed | None = self._commands.claim_next()
            if claimed is None:
                return False
            opening = _Opening(claimed.id, claimed.number)
        if not self._commands.is_due(opening.command):
            self._commands.finish(opening.command, Outcome.EXPIRED)
            return True
        self._pulse(opening)
        return True

    def _take_postponed(self) -> _Opening | None:
        now_s = self._monotonic()
        for opening in self._postponed:
            if opening.not_before_s <= now_s:
                self._postponed.remove(opening)
                return opening
        return None

    def _pulse(self, opening: _Opening) -> None:
        # Known before the pulse, because the door opens while the coil is still on.
        before = self._openings.get(opening.number)
        self._openings[opening.number] = opening
        stood_open = self._look(opening.number) is DoorState.OPEN
        try:
            self._bank.pulse(opening.number)
        except DeviceBusy as busy:
            # Nothing was driven, so the very same claim may wait for its turn.
            self._restore(opening.number, before)
            opening.not_before_s = self._monotonic() + busy.retry_after_s
            self._postponed.append(opening)
            return
        except DeviceError as error:
            log.warning("door not driven", locker=opening.number, reason=str(error))
            self._restore(opening.number, before)
            self._commands.finish(opening.command, Outcome.DRIVER_ERROR)
            return
        opening.pulsed_s = self._monotonic()
        self._commands.pulsed(opening.command)
        if not self._bank.has_sensor(opening.number):
            self._commands.finish(opening.command, Outcome.SENT)
            opening.is_judged = True
        elif stood_open and self._look(opening.number) is DoorState.OPEN:
            self._opened(opening)  # no edge will come

    def _restore(self, number: int, before: _Opening | None) -> None:
        if before is None:
            self._openings.pop(number, None)
        else:
            self._openings[number] = before

    def _judge(self) -> None:
        now_s = self._monotonic()
        for opening in self._openings.values():
            if opening.pulsed_s is None or opening.is_judged:
                continue
            if now_s - opening.pulsed_s >= self._open_timeout_s:
                result = rules.judged(has_sensor=True, was_seen_open=opening.is_open)
                self._commands.finish(opening.command, result)
                opening.is_judged = True

    # Doors --------------------------------------------------------------------------------

    def _door_changed(self, number: int, state: DoorState, _at_s: float) -> None:
        # On the bank's thread: only enqueue.
        self._doors.put((number, state))
        self._poke()

    def _follow_doors(self) -> None:
        while True:
            try:
                number, state = self._doors.get_nowait()
            except queue.Empty:
                return
            self._table.door(number, state)
            if state is DoorState.OPEN:
                self._door_opened(number)
            elif state is DoorState.CLOSED:
                self._door_closed(number)

    def _door_opened(self, number: int) -> None:
        self._open_since[number] = self._monotonic()
        opening = self._openings.get(number)
        if opening is None or not self._belongs(opening):
            self._alarm(number, "opened_without_command")
            return
        self._opened(opening)

    def _opened(self, opening: _Opening) -> None:
        if not opening.is_open:
            opening.is_open = opening.is_judged = True
            self._open_since.setdefault(opening.number, self._monotonic())
            self._commands.seen_open(opening.command)

    def _belongs(self, opening: _Opening) -> bool:
        if opening.pulsed_s is None:
            return True
        return self._monotonic() - opening.pulsed_s <= rules.GRAB_WINDOW_S

    def _door_closed(self, number: int) -> None:
        self._open_since.pop(number, None)
        opening = self._openings.get(number)
        if opening is not None and opening.is_open:
            del self._openings[number]
            self._commands.seen_closed(opening.command)

    def _warn_of_open_doors(self) -> None:
        now_s = self._monotonic()
        for number, since_s in list(self._open_since.items()):
            if now_s - since_s >= rules.LEFT_OPEN_S:
                self._open_since[number] = float("inf")  # said once, until it is shut
                self._alarm(number, "left_open")

    def _alarm(self, number: int, alarm: str) -> None:
        log.warning("door alarm", locker=number, alarm=alarm)
        self._table.alarm(number, alarm)

    def _look(self, number: int) -> DoorState:
        try:
            return self._bank.door(number)
        except DeviceError:
            return DoorState.UNKNOWN
