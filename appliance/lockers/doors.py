"""Doors as their sensors see them: what moved, why, and what wants a person."""

import datetime as dt
import queue
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from appliance.lockers.alarm_rules import UNKNOWN_FOR_S, AlarmKind, Chatter
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.bank_table import BankTable
from appliance.lockers.keys import explained_by_key
from appliance.runtime.logs import get_logger
from hardware.interfaces import DeviceError, DoorState, LockerBank

log = get_logger("lockers")

NEVER_AGAIN = float("inf")


@dataclass(frozen=True, slots=True)
class Change:
    """A door that moved: when by the wall clock, and by the clock that only waits."""

    number: int
    state: DoorState
    at: dt.datetime
    at_s: float


class Doors:
    """Follows every door of the bank; all but `changed` on one thread.

    Only a door seen closed and then open has been opened: one that is open when it is first seen,
    at a start or after its board came back, is open for reasons nobody knows, and no alarm.
    `explains` says whether an opening of this door was wanted, `shut` hears of doors seen shut.
    """

    def __init__(
        self,
        *,
        table: BankTable,
        alarms: DoorAlarms,
        bank: LockerBank,
        explains: Callable[[int, dt.datetime], bool],
        shut: Callable[[int, float], None],
        left_open_s: float,
        now: Callable[[], dt.datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._now = now
        self._table = table
        self._alarms = alarms
        self._bank = bank
        self._explains = explains
        self._shut = shut
        self._left_open_s = left_open_s
        self._monotonic = monotonic
        self._changes: queue.SimpleQueue[Change] = queue.SimpleQueue()
        self._known: dict[int, DoorState] = {}
        self._open_since: dict[int, float] = {}
        self._unknown_since: dict[int, float] = {}
        self._chatter: dict[int, Chatter] = {}
        self._doubted: frozenset[int] = frozenset()

    def changed(self, number: int, state: DoorState) -> None:
        """A door moved just now. Any thread; never blocks."""
        self._changes.put(Change(number, state, self._now(), self._monotonic()))

    def read(self) -> dict[int, DoorState]:
        """How every door stands now; nothing is written."""
        return {number: self._state(number) for number in self._bank.numbers}

    def look(self) -> None:
        """Take every door as it stands now, without asking why; forget what moved before."""
        while not self._changes.empty():
            self._changes.get_nowait()
        self._look_at(self._bank.numbers)

    def doubt(self, doubted: frozenset[int]) -> None:
        """The sensors of these doors are not believed from now on; those of others are (again)."""
        believed_again = self._doubted - doubted
        for number in doubted - self._doubted:
            self._open_since.pop(number, None)
        self._doubted = doubted
        self._look_at(believed_again)
        for number in believed_again:
            self._chatter.pop(number, None)

    def follow(self) -> None:
        """Take up what moved since."""
        while True:
            try:
                change = self._changes.get_nowait()
            except queue.Empty:
                return
            before = self._known.get(change.number)
            self._known[change.number] = change.state
            if change.number not in self._doubted:
                self._table.door(change.number, change.state)
                self._moved(change, before)

    def warn(self) -> None:
        """Raise what time alone tells: a door left open, a sensor that answers no more."""
        now_s = self._monotonic()
        for number, since_s in list(self._open_since.items()):
            if now_s - since_s >= self._left_open_s:
                self._open_since[number] = NEVER_AGAIN  # said once, until it is shut
                self._alarm(number, AlarmKind.LEFT_OPEN)
        for number, since_s in list(self._unknown_since.items()):
            if now_s - since_s >= UNKNOWN_FOR_S:
                self._unknown_since[number] = NEVER_AGAIN
                self._alarm(number, AlarmKind.NOT_ANSWERING)

    # Inside -------------------------------------------------------------------------------

    def _look_at(self, numbers: Iterable[int]) -> None:
        now_s = self._monotonic()
        seen = {number: self._state(number) for number in numbers}
        self._known |= seen
        self._table.doors({n: state for n, state in seen.items() if n not in self._doubted})
        for number, state in seen.items():
            if number in self._doubted or not self._bank.has_sensor(number):
                continue
            self._answer(number, state)
            if state is DoorState.OPEN:
                self._open_since.setdefault(number, now_s)
                self._alarms.end(number, AlarmKind.NOT_OPENED)
            elif state is DoorState.CLOSED:
                self._open_since.pop(number, None)
                self._alarms.end(number, AlarmKind.LEFT_OPEN)

    def _answer(self, number: int, state: DoorState) -> None:
        if state is DoorState.UNKNOWN:
            self._unknown_since.setdefault(number, self._monotonic())
        else:
            self._unknown_since.pop(number, None)
            self._alarms.end(number, AlarmKind.NOT_ANSWERING)

    def _moved(self, change: Change, before: DoorState | None) -> None:
        number = change.number
        self._answer(number, change.state)
        if change.state is DoorState.OPEN:
            self._open_since.setdefault(number, self._monotonic())
            self._alarms.end(number, AlarmKind.NOT_OPENED)
            if not self._explains(number, change.at) and before is DoorState.CLOSED:
                self._unexplained(number)
        elif change.state is DoorState.CLOSED:
            self._open_since.pop(number, None)
            self._alarms.end(number, AlarmKind.LEFT_OPEN)
            self._shut(number, change.at_s)
            self._count(number)

    def _unexplained(self, number: int) -> None:
        if not self._count(number) and not explained_by_key(number, self._now()):
            self._alarm(number, AlarmKind.OPENED_WITHOUT_COMMAND)

    def _count(self, number: int) -> bool:
        """Count one more change; True when the sensor is not believed any more."""
        chatters = self._chatter.setdefault(number, Chatter()).changed(self._monotonic())
        if chatters:
            self._alarm(number, AlarmKind.SENSOR_DISAGREES)
            self.doubt(self._doubted | {number})
        return chatters

    def _alarm(self, number: int, kind: AlarmKind) -> None:
        if self._alarms.raise_(number, kind):
            log.warning("door alarm", locker=number, alarm=str(kind))

    def _state(self, number: int) -> DoorState:
        try:
            return self._bank.door(number)
        except DeviceError:
            return DoorState.UNKNOWN
