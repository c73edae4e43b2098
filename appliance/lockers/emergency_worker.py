"""The emergency in the lockers process: doors first, what is written about them as soon as it can.

The button works while `web` is dead and while nothing can be written: the doors are opened by
`EmergencyRun`, which knows no database, and this keeps trying to write down what it did.
"""

import datetime as dt
from collections.abc import Mapping

from appliance.actor import Actor, Role
from appliance.errors import Unavailable
from appliance.lockers import rules
from appliance.lockers.emergency_rules import BUTTON_REASON, Source
from appliance.lockers.emergency_run import DoorRun, EmergencyRun
from appliance.lockers.emergency_table import EmergencyTable
from appliance.lockers.outcomes import DoorOutcomes, life
from appliance.lockers.rules import Outcome
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import DoorCommand, Emergency
from appliance.visits.directory import VisitDirectory
from hardware.interfaces import LockerBank

log = get_logger("emergency")

BUTTON = Actor(Role.SYSTEM, "tombol-darurat")


class EmergencyWorker:
    """Takes up what is asked and keeps what was done; all but `pressed` on the worker's thread."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        bank: LockerBank,
        run: EmergencyRun,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._bank = bank
        self._run = run
        self._table = EmergencyTable(books=books, visits=visits)
        self._outcomes = DoorOutcomes(books=books)
        self._emergency_id: int | None = None
        self._commands: dict[int, int] = {}  # number -> its row
        self._kept: Mapping[int, DoorRun] = {}
        if not run.is_kept and self._table.open_row() is not None:
            run.write_again()

    @property
    def is_active(self) -> bool:
        """Whether doors are being opened, or what was done to them is not written down yet."""
        return self._run.is_running or not self._run.is_kept

    def pressed(self) -> None:
        """The button was pressed: every door opens, whatever else is broken. Any thread."""
        self._run.start_all()

    def step(self) -> bool:
        """Take up what was asked, keep what was done; False when nothing can be written now."""
        if not self.is_active:
            self._take_up()
        if not self.is_active and dict(self._run.doors()) == self._kept:
            return True
        try:
            self._keep()
        except Unavailable as error:
            log.warning("emergency not written down yet", reason=str(error))
            return False
        return True

    def explains(self, number: int) -> bool:
        """Whether an emergency opened this door."""
        return self._run.explains(number)

    # Inside -------------------------------------------------------------------------------

    def _take_up(self) -> None:
        """Open what an open emergency asks for. Reads only, so that the doors come first."""
        row = self._table.open_row()
        if row is None:
            return
        now = self._clock.stamp()
        waiting = self._table.unfinished(row)
        due = {n: found for n, found in waiting.items() if rules.is_due(life(found), now)}
        if due and self._run.start(due):
            self._emergency_id = row.id
            self._commands = {number: found.id for number, found in due.items()}
            self._kept = {}

    def _keep(self) -> None:
        now = self._run.now()
        if now.pressed_at is not None:
            self._write_press(now.pressed_at, now.doors)
        if now.is_over or now.doors != self._kept:
            self._writer.run(lambda: self._write(now.doors, is_over=now.is_over))
        self._kept = now.doors
        self._run.written(now)
        self._stop_when_ended()

    def _write_press(self, at: dt.datetime, doors: Mapping[int, DoorRun]) -> None:
        def write() -> None:
            row = self._table.begin(Source.BUTTON, by=BUTTON, reason=BUTTON_REASON, at=at)
            # A screen may have asked for the very same doors meanwhile.
            asked = {number: found.id for number, found in self._table.unfinished(row).items()}
            missing = [number for number in doors if number not in asked]
            self._commands = asked | self._table.ask(row, missing, by=BUTTON)
            self._emergency_id = int(row.id)

        self._writer.run(write)
        self._kept = {}
        self._run.press_written(at)

    def _write(self, doors: Mapping[int, DoorRun], *, is_over: bool) -> None:
        now = self._clock.now()
        mine = DoorCommand.id.in_(list(self._commands.values()))
        DoorCommand.update(claimed_at=now).where(mine & DoorCommand.claimed_at.is_null()).execute()
        for number, command in self._commands.items():
            door = doors.get(number, DoorRun())
            if door != self._kept.get(number) or is_over:
                self._write_door(number, command, door, is_over=is_over)

    def _write_door(self, number: int, command: int, door: DoorRun, *, is_over: bool) -> None:
        seen = {"pulsed_at": door.pulsed_at, "open_seen_at": door.opened_at}
        DoorCommand.update(**seen).where(DoorCommand.id == command).execute()
        if door.opened_at is not None:
            self._outcomes.finish(command, Outcome.OPENED)
        elif is_over:
            self._outcomes.finish(command, self._end_of(number, door))

    def _end_of(self, number: int, door: DoorRun) -> Outcome:
        if door.pulsed_at is None:
            return Outcome.DRIVER_ERROR if door.failed else Outcome.EXPIRED
        return rules.judged(has_sensor=self._bank.has_sensor(number), was_seen_open=False)

    def _stop_when_ended(self) -> None:
        if not self._run.is_running or self._run.now().pressed_at is not None:
            return
        row = Emergency.get_or_none(Emergency.id == self._emergency_id)
        if row is not None and row.ended_at is not None:
            self._run.stop()
            # Somebody who presses after the end has seen a reason to.
            if self._run.was_pressed_since(row.ended_at):
                self._run.start_all()
