"""Door commands on their way: claimed, pulsed, tried again, judged."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from appliance.lockers import rules
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.outcomes import Claimed, DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.runtime.logs import get_logger
from hardware.interfaces import DeviceBusy, DeviceError, DoorState, LockerBank, OutputStuck

log = get_logger("lockers")

TRIES = 3
TRY_AGAIN_S = 1.5  # a latch that follows its coil has done so by now
SETTLE_S = 1.0  # what the last try is given, whatever `open_timeout_s` says of the first


@dataclass(slots=True)
class Opening:
    """A command of ours that is on its way, or whose door stands open because of it."""

    command: int
    number: int
    not_before_s: float = 0.0
    first_s: float | None = None
    pulsed_s: float | None = None
    tries: int = 0
    is_judged: bool = False
    is_open: bool = False


class Openings:
    """Carries out door commands. Every call on one thread; seconds are of one monotonic clock.

    A door that is not seen open is tried again, twice at most: a latch under the weight of a bag
    often yields the second time. That is done only while a sensor that is believed says closed
    (else nobody knows that it is of use), the command is still in time and its session not over
    (else the door would open when nobody stands there any more), and the coil has rested.
    """

    def __init__(
        self,
        *,
        commands: DoorOutcomes,
        alarms: DoorAlarms,
        bank: LockerBank,
        open_timeout_s: float,
        monotonic: Callable[[], float],
    ) -> None:
        self.doubted: frozenset[int] = frozenset()
        self._commands = commands
        self._alarms = alarms
        self._bank = bank
        self._open_timeout_s = open_timeout_s
        self._monotonic = monotonic
        self._openings: dict[int, Opening] = {}
        self._postponed: list[Opening] = []

    def inherit(self, claimed: Claimed) -> None:
        """A predecessor may just have pulsed this door: if it opens now, that is why."""
        now_s = self._monotonic()
        self._openings[claimed.number] = Opening(
            claimed.id, claimed.number, pulsed_s=now_s, first_s=now_s, is_judged=True
        )

    def carry_out_next(self) -> bool:
        """Carry out one command; False when nothing is due now."""
        opening = self._take_postponed()
        if opening is None:
            claimed = self._commands.claim_next()
            if claimed is None:
                return False
            opening = Opening(claimed.id, claimed.number)
        if not self._commands.is_due(opening.command):
            self._commands.finish(opening.command, Outcome.EXPIRED)
            return True
        self._pulse(opening)
        return True

    def judge(self) -> bool:
        """Try again, or say what became of the pulses; True when a door was tried again."""
        for opening in list(self._openings.values()):
            if opening.pulsed_s is None or opening.is_judged:
                continue
            if self._may_try_again(opening):
                log.info("door tried again", locker=opening.number, attempt=opening.tries + 1)
                self._pulse(opening)
                return True
            if self._is_time_up(opening):
                self._end(opening)
        return False

    def door_opened(self, number: int, at: dt.datetime) -> bool:
        """The door was seen open at this moment; False when no command explains it."""
        opening = self._openings.get(number)
        if opening is None or not self._belongs(opening):
            return False
        self._opened(opening, at)
        return True

    def door_closed(self, number: int, at_s: float) -> None:
        """The door was seen shut at this moment.

        Before the pulse had ended that says nothing of it: a door that stood open may be shut and
        spring open again while its coil is on.
        """
        opening = self._openings.get(number)
        if opening is not None and opening.is_open and at_s >= (opening.pulsed_s or at_s):
            del self._openings[number]
            self._commands.seen_closed(opening.command)

    # Inside -------------------------------------------------------------------------------

    def _take_postponed(self) -> Opening | None:
        now_s = self._monotonic()
        for opening in self._postponed:
            if opening.not_before_s <= now_s:
                self._postponed.remove(opening)
                return opening
        return None

    def _pulse(self, opening: Opening) -> None:
        # Known before the pulse, because the door opens while the coil is still on.
        before = self._openings.get(opening.number)
        self._openings[opening.number] = opening
        stood_open = self._look(opening.number) is DoorState.OPEN
        try:
            self._bank.pulse(opening.number)
        except DeviceBusy as busy:
            self._restore(opening.number, before)
            self._postpone(opening, busy.retry_after_s)
            return
        except DeviceError as error:
            self._not_driven(opening, error)
            return
        self._driven(opening)
        if not self._is_seen(opening.number):
            self._commands.finish(opening.command, Outcome.SENT)
            opening.is_judged = True
        elif stood_open and self._look(opening.number) is DoorState.OPEN:
            self._opened(opening, None)  # no edge will come

    def _postpone(self, opening: Opening, seconds: float) -> None:
        # Nothing was driven, so the very same claim may wait for its turn. A further try waits
        # by itself.
        if opening.tries == 0:
            opening.not_before_s = self._monotonic() + seconds
            self._postponed.append(opening)

    def _driven(self, opening: Opening) -> None:
        opening.pulsed_s = self._monotonic()
        opening.first_s = opening.first_s or opening.pulsed_s
        opening.tries += 1
        self._commands.pulsed(opening.command)
        self._alarms.end(opening.number, AlarmKind.NOT_ANSWERING)
        self._alarms.end(opening.number, AlarmKind.OUTPUT_STUCK)

    def _not_driven(self, opening: Opening, error: DeviceError) -> None:
        log.warning("door not driven", locker=opening.number, reason=str(error))
        # The coil may have been on for a moment: should the door open now, that is why.
        opening.pulsed_s, opening.is_judged = self._monotonic(), True
        self._commands.finish(opening.command, Outcome.DRIVER_ERROR)
        stuck = isinstance(error, OutputStuck)
        kind = AlarmKind.OUTPUT_STUCK if stuck else AlarmKind.NOT_ANSWERING
        self._alarms.raise_(opening.number, kind)

    def _restore(self, number: int, before: Opening | None) -> None:
        if before is None:
            self._openings.pop(number, None)
        else:
            self._openings[number] = before

    def _may_try_again(self, opening: Opening) -> bool:
        return (
            opening.tries < TRIES
            and self._since(opening.pulsed_s) >= TRY_AGAIN_S
            and self._is_seen(opening.number)
            and self._look(opening.number) is DoorState.CLOSED
            and self._commands.is_due(opening.command)
        )

    def _is_time_up(self, opening: Opening) -> bool:
        since_first_s = self._since(opening.first_s)
        return since_first_s >= self._open_timeout_s and self._since(opening.pulsed_s) >= SETTLE_S

    def _end(self, opening: Opening) -> None:
        opening.is_judged = True
        is_seen = self._is_seen(opening.number)
        knows = is_seen and self._look(opening.number) is not DoorState.UNKNOWN
        result = rules.judged(has_sensor=knows, was_seen_open=opening.is_open)
        self._commands.finish(opening.command, result)
        if result is Outcome.OPEN_NOT_DETECTED:
            self._alarms.raise_(opening.number, AlarmKind.NOT_OPENED)

    def _opened(self, opening: Opening, at: dt.datetime | None) -> None:
        if not opening.is_open:
            opening.is_open = opening.is_judged = True
            self._commands.seen_open(opening.command, at)

    def _belongs(self, opening: Opening) -> bool:
        return opening.pulsed_s is None or self._since(opening.pulsed_s) <= rules.GRAB_WINDOW_S

    def _since(self, at_s: float | None) -> float:
        return self._monotonic() - (at_s or 0.0)

    def _is_seen(self, number: int) -> bool:
        """Whether the door has a sensor, and one that is believed."""
        return self._bank.has_sensor(number) and number not in self.doubted

    def _look(self, number: int) -> DoorState:
        try:
            return self._bank.door(number)
        except DeviceError:
            return DoorState.UNKNOWN
