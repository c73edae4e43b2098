"""Emergency: every door opened, and everybody counted."""

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.errors import N_, NotFound
from appliance.free_text import checked
from appliance.lockers import emergency_rules, rules
from appliance.lockers.commands import OWNER
from appliance.lockers.emergency_rules import (
    REASON_FIELDS,
    EmergencyDoor,
    EmergencyView,
    RollCallLine,
    Source,
)
from appliance.lockers.emergency_table import EmergencyTable, emergency_subject
from appliance.lockers.outcomes import DoorOutcomes, life
from appliance.lockers.rules import Outcome
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import DoorCommand, Locker, LockerSession, RollCall
from appliance.storage.models import Emergency as Row
from appliance.visits.directory import VisitDirectory

NONE_OPEN = N_("Tidak ada keadaan darurat yang sedang berlangsung.")


class EmergencyService:
    """Any thread. The lockers process does what is written here; its button needs nobody."""

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        visits: VisitDirectory,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._visits = visits
        self._table = EmergencyTable(books=books, visits=visits)
        self._outcomes = DoorOutcomes(books=books)

    def start(self, *, source: Source | str, by: Actor, reason: str) -> EmergencyView:
        """Open every door and call the roll of everybody inside.

        While one is open, it is the same one: its doors are asked to open again once nothing is
        on its way any more. Raises Invalid without a reason.
        """
        why = checked({"reason": reason}, REASON_FIELDS)["reason"]

        def write() -> int:
            row = self._table.begin(Source(source), by=by, reason=why)
            if not self._is_running(row):
                self._table.ask(row, self._table.numbers(), by=by)
            return int(row.id)

        emergency_id = self._writer.run(write)
        if not self._wake():
            unclaimed = DoorCommand.emergency_id == emergency_id
            self._outcomes.finish_unclaimed(unclaimed, Outcome.UNATTENDED)
        return self._view(Row.get_by_id(emergency_id))

    def end(self, *, by: Actor) -> EmergencyView:
        """The danger is over; doors that had no turn yet stay shut. Raises NotFound."""

        def write() -> Row:
            row = self._required()
            Row.update(ended_at=self._clock.now(), ended_by=str(by)).where(
                Row.id == row.id
            ).execute()
            self._outcomes.finish_unclaimed(DoorCommand.emergency_id == row.id, Outcome.EXPIRED)
            self._recorder.fact("emergency.ended", emergency_subject(row), by=by)
            return self._latest() or row

        return self._view(self._writer.run(write))

    def open(self) -> EmergencyView | None:
        """The emergency that nobody has ended; None on every ordinary day."""
        row = self._table.open_row()
        return None if row is None else self._view(row)

    def latest(self) -> EmergencyView | None:
        """The open emergency or else the last one; None when there never was one."""
        row = self._latest()
        return None if row is None else self._view(row)

    def mark_seen(self, visit_id: int, *, by: Actor, seen: bool = True) -> EmergencyView:
        """Somebody on the list of the newest emergency is outside, or was ticked by mistake.

        Raises NotFound for a visit that is not on it.
        """
        moment = {"seen_at": self._clock.now() if seen else None, "seen_by": str(by)}

        def write() -> Row:
            row = self._latest()
            mine = (RollCall.emergency == row) & (RollCall.visit == visit_id)
            if row is None or not RollCall.update(**moment).where(mine).execute():
                raise NotFound(N_("Kunjungan itu tidak ada dalam daftar."))
            detail = {"visit": visit_id, "seen": seen}
            self._recorder.note("emergency.seen", emergency_subject(row), by=by, detail=detail)
            return row

        return self._view(self._writer.run(write))

    # Inside -------------------------------------------------------------------------------

    @staticmethod
    def _latest() -> Row | None:
        row: Row | None = Row.select().order_by(Row.id.desc()).first()
        return row

    def _required(self) -> Row:
        row = self._table.open_row()
        if row is None:
            raise NotFound(NONE_OPEN)
        return row

    def _is_running(self, row: Row) -> bool:
        now = self._clock.stamp()
        waiting = self._table.unfinished(row).values()
        return any(rules.outcome(life(command), now).is_running for command in waiting)

    def _wake(self) -> bool:
        try:
            return self._waker.wake(OWNER)
        except OSError:
            return False

    def _view(self, row: Row) -> EmergencyView:
        doors, is_cut_off = self._doors(row, self._clock.stamp())
        return EmergencyView(
            id=row.id,
            uuid=row.uuid,
            source=Source(row.source),
            reason=row.reason,
            started_at=row.started_at,
            started_by=row.started_by,
            ended_at=row.ended_at,
            ended_by=row.ended_by or "",
            doors=doors,
            roll_call=self._roll_call(row),
            is_cut_off=is_cut_off and row.ended_at is None,
        )

    def _doors(self, row: Row, now: Stamp) -> tuple[tuple[EmergencyDoor, ...], bool]:
        newest: dict[int, DoorCommand] = {}
        commands = DoorCommand.select(DoorCommand, Locker).join(Locker).order_by(DoorCommand.id)
        for command in commands.where(DoorCommand.emergency_id == row.id):
            newest[command.locker.number] = command
        doors, cut_off = [], False
        for number, command in sorted(newest.items()):
            outcome = rules.outcome(life(command), now)
            cut_off |= outcome in (Outcome.INTERRUPTED, Outcome.EXPIRED, Outcome.UNATTENDED)
            doors.append(
                EmergencyDoor(
                    number=number,
                    progress=emergency_rules.progress(life(command), outcome),
                    has_sensor=bool(command.locker.has_sensor),
                    at=command.open_seen_at or command.pulsed_at,
                )
            )
        return tuple(doors), cut_off

    def _roll_call(self, row: Row) -> tuple[RollCallLine, ...]:
        lines = list(RollCall.select().where(RollCall.emergency == row).order_by(RollCall.visit))
        visit_ids = [_visit_id(line) for line in lines]
        cards = self._visits.by_ids(visit_ids)
        numbers = self._numbers(visit_ids)
        return tuple(
            RollCallLine(
                visit_id=visit_id,
                label=cards[visit_id].label,
                persons=cards[visit_id].persons,
                number=numbers.get(visit_id),
                seen_at=line.seen_at,
                seen_by=line.seen_by or "",
            )
            for visit_id, line in zip(visit_ids, lines, strict=True)
        )

    @staticmethod
    def _numbers(visit_ids: list[int]) -> dict[int, int]:
        rows = LockerSession.select(LockerSession, Locker).join(Locker)
        theirs = LockerSession.visit.in_(visit_ids) & LockerSession.ended_at.is_null()
        return {_visit_id(row): row.locker.number for row in rows.where(theirs)}


def _visit_id(row: RollCall | LockerSession) -> int:
    return int(row.visit_id)  # type: ignore[union-attr] # Peewee makes it from the column
