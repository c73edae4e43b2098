"""Owns the locker doors: carries out commands, follows the sensors, opens all in an emergency."""

import datetime as dt
import time
from collections.abc import Callable, Mapping

from appliance.errors import Unavailable
from appliance.lockers import rules
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.bank_table import BankTable
from appliance.lockers.doors import Doors
from appliance.lockers.emergency_run import EmergencyRun
from appliance.lockers.emergency_worker import EmergencyWorker
from appliance.lockers.openings import Openings
from appliance.lockers.outcomes import Claimed, DoorOutcomes
from appliance.lockers.start_report import StartReport
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.visits.directory import VisitDirectory
from hardware.interfaces import DoorState, LockerBank

log = get_logger("lockers")

POLL_S = 0.5  # wake-ups and door edges come by themselves; this bounds a lost one
# No pulse begins later in a step, so that the unit's watchdog (15 s) never cuts a row of doors in
# the middle: 1 s of pulse and one wait for a locked database stay below it. The rest waits its
# turn. An emergency has a thread of its own.
STEP_LIMIT_S = 0.25
OPEN_TIMEOUT_S = 3.0


class LockerWorker:
    """One `step` looks at the doors, judges what was pulsed, and carries out what waits.

    Every step runs on one thread. `poke` asks for the next step soon; `monotonic` gives seconds
    that only wait and time out with, never what is recorded. `sizes` names every locker of the
    settings, also those whose bank does not answer now. `run` is the emergency that the button
    reaches already; None makes one.
    """

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        bank: LockerBank,
        sizes: Mapping[int, str] | None = None,
        run: EmergencyRun | None = None,
        poke: Callable[[], object] = lambda: None,
        open_timeout_s: float = OPEN_TIMEOUT_S,
        left_open_s: float = rules.LEFT_OPEN_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bank = bank
        self._clock = books.clock
        self._sizes = dict(sizes or {})
        self._poke = poke
        self._monotonic = monotonic
        self._run = run or EmergencyRun(bank, now=books.clock.now)
        self._run.poke = poke
        self._commands = DoorOutcomes(books=books)
        self._table = BankTable(books=books)
        self._alarms = DoorAlarms(books=books)
        self._report = StartReport(books=books, visits=visits)
        self._emergency = EmergencyWorker(books=books, visits=visits, bank=bank, run=self._run)
        self._openings = Openings(
            commands=self._commands,
            alarms=self._alarms,
            bank=bank,
            open_timeout_s=open_timeout_s,
            monotonic=monotonic,
        )
        self._doors = Doors(
            table=self._table,
            alarms=self._alarms,
            bank=bank,
            explains=self._explains,
            shut=self._openings.door_closed,
            left_open_s=left_open_s,
            now=books.clock.now,
            monotonic=monotonic,
        )
        self._numbers: tuple[int, ...] = ()
        self._doubted: frozenset[int] = frozenset()
        self._is_behind = False
        self._begin()

    def step(self) -> None:
        """Do what is due. A door that jams or a board that is gone ends a command, not this.

        Raises Unavailable when nothing can be written, but never in an emergency: its doors go on
        opening, and what happened is written down when that is possible again.
        """
        if not self._emergency.step():
            self._is_behind = True
            return
        try:
            self._ordinary_step()
        except Unavailable as error:
            if not self._emergency.is_active:
                raise
            self._is_behind = True
            log.warning("nothing can be written", reason=str(error))

    @property
    def is_emergency(self) -> bool:
        """Whether an emergency opens doors, or is not written down yet: it comes first."""
        return self._emergency.is_active

    def press(self) -> None:
        """The emergency button was pressed. Any thread; never blocks."""
        self._emergency.pressed()

    def stopped(self) -> None:
        """Write down that this run ends well, so that the next start has nothing to explain."""
        self._report.stopped()

    def close(self) -> None:
        """Stop following the doors; the bank, and an emergency on its way, are their owner's."""
        self._bank.on_door_change = self._run.door_changed

    # The start ----------------------------------------------------------------------------

    def _begin(self) -> None:
        inherited = self._inherited()
        self._sync()
        self._report.begin(self._doors.read(), self._sensors())
        for claimed in inherited:
            self._openings.inherit(claimed)
        self._bank.on_door_change = self._door_changed
        self._believe()
        self._doors.look()

    def _inherited(self) -> list[Claimed]:
        """Whose pulse a killed predecessor may have sent just now."""
        now = self._clock.stamp()
        return [
            Claimed(row.id, row.locker.number)
            for row in self._commands.unfinished()
            if row.claimed_at is not None
            and row.boot_id == now.boot_id
            and now.boot_ms - row.created_boot_ms <= rules.GRAB_WINDOW_S * 1000
        ]

    def _sync(self) -> None:
        """Tell the table which lockers there are; a bank may vanish and come back."""
        self._numbers = self._bank.numbers
        sensors = {number: self._bank.has_sensor(number) for number in self._numbers}
        self._table.sync(sensors, self._sizes)
        for number in self._sizes.keys() - sensors.keys():
            self._alarms.raise_(number, AlarmKind.NOT_ANSWERING)

    def _sensors(self) -> dict[int, bool]:
        doubted = self._alarms.doubted()
        return {n: self._bank.has_sensor(n) and n not in doubted for n in self._numbers}

    # A step -------------------------------------------------------------------------------

    def _ordinary_step(self) -> None:
        started_s = self._monotonic()
        self._look_again()
        self._believe()
        self._doors.follow()
        while not self._run.is_running and self._openings.carry_out_next():
            self._doors.follow()
            if self._monotonic() - started_s >= STEP_LIMIT_S:
                self._poke()
                break
        if not self._run.is_running and self._openings.judge():
            self._poke()
        self._doors.warn()

    def _look_again(self) -> None:
        """After a bank came or went, or when what moved could not be written down."""
        if self._bank.numbers != self._numbers:
            self._sync()
            self._is_behind = True
        if self._is_behind:
            self._doors.look()
            self._is_behind = False

    def _believe(self) -> None:
        """Take up which sensors are in doubt; a person may have said so, or that it is over."""
        doubted = self._alarms.doubted()
        if doubted != self._doubted:
            self._doubted = self._openings.doubted = self._run.doubted = doubted
            self._doors.doubt(doubted)

    def _door_changed(self, number: int, state: DoorState, at_s: float) -> None:
        # On the bank's thread: only enqueue.
        self._run.door_changed(number, state, at_s)
        self._doors.changed(number, state)
        self._poke()

    def _explains(self, number: int, at: dt.datetime) -> bool:
        return self._openings.door_opened(number, at) or self._emergency.explains(number)
