"""The report of a start: which doors need a person, and why the run before ended."""

import json
import uuid as uuids
from collections.abc import Mapping

from peewee import JOIN, ModelSelect

from appliance.actor import SYSTEM, Actor
from appliance.errors import N_, NotFound
from appliance.free_text import checked
from appliance.lockers import start_rules
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.start_rules import (
    NOTE_FIELDS,
    Cause,
    DoorAtStart,
    Finding,
    RunMark,
    StartLineView,
    StartReportView,
)
from appliance.record import Books
from appliance.storage.models import (
    DoorCommand,
    Journal,
    Locker,
    LockerSession,
    Meta,
    StartLine,
)
from appliance.storage.models import StartReport as Row
from appliance.storage.prepared import Prepared
from appliance.visits.directory import VisitDirectory

MARK = "lockers_run"
_NEWEST = Prepared(Row, lambda: Row.select().order_by(Row.id.desc()).limit(1))


class StartReport:
    """`begin` and `stopped` are the lockers process's; the rest any thread's."""

    def __init__(self, *, books: Books, visits: VisitDirectory) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._outcomes = DoorOutcomes(books=books)

    # The process --------------------------------------------------------------------------

    def begin(self, doors: Mapping[int, str], sensors: Mapping[int, bool]) -> Cause:
        """End what a predecessor left, and write down what a person should look at.

        `doors` is how each door stands now, `sensors` which of them can be seen. In one
        transaction, before the table of lockers is told how the doors stand: a start that is
        killed as well must leave its successor the same to explain.
        """

        def write() -> Cause:
            stamp, before = self._clock.stamp(), _mark()
            cause = start_rules.cause(before, stamp.boot_id)
            is_new_boot = before is not None and before.boot_id != stamp.boot_id
            found = self._explain(doors, sensors, is_new_boot=is_new_boot)
            self._outcomes.end_all()
            if found or cause is Cause.POWER_CUT:
                self._write(cause, found, before, doors)
            _set_mark(RunMark(stamp.boot_id, is_stopped=False))
            self._recorder.fact("lockers.started", "lockers", {"cause": str(cause)}, by=SYSTEM)
            return cause

        return self._writer.run(write)

    def stopped(self) -> None:
        """This run ends well: nothing of it needs explaining."""
        mark = RunMark(self._clock.stamp().boot_id, is_stopped=True)
        self._writer.run(lambda: _set_mark(mark))

    # Looking ------------------------------------------------------------------------------

    def latest(self) -> StartReportView | None:
        """The newest report; None when no start ever needed one.

        With the doors of earlier reports that nobody has read nor settled.
        """
        row = _NEWEST.first()
        if row is None:
            return None
        own = self._lines(StartLine.report == row.id)
        unread = Row.select(Row.id).where(Row.seen_at.is_null() & (Row.id < row.id))
        earlier = self._lines(StartLine.report.in_(unread) & StartLine.settled_at.is_null())
        numbers = {line.number for line in own}
        for line in reversed(earlier):
            if line.number not in numbers:
                own = (*own, line)
                numbers.add(line.number)
        return StartReportView(
            uuid=row.uuid,
            at=row.at,
            cause=Cause(row.cause),
            before_at=row.before_at,
            seen_at=row.seen_at,
            seen_by=row.seen_by or "",
            lines=tuple(sorted(own, key=lambda line: line.number)),
        )

    # A person has looked ------------------------------------------------------------------

    def settle(self, line_id: int, *, by: Actor, note: str = "") -> StartReportView:
        """A person has looked at this door; once more changes nothing.

        Raises NotFound, Invalid for a note that is too long.
        """
        text = checked({"note": note}, NOTE_FIELDS)["note"]

        def write() -> None:
            line = StartLine.select(StartLine, Locker).join(Locker)
            row = line.where(StartLine.id == line_id).first()
            if row is None:
                raise NotFound(N_("Baris laporan itu tidak ada."))
            if row.settled_at is None:
                settled = {"settled_by": str(by), "note": text}
                StartLine.update(settled_at=self._clock.now(), **settled).where(
                    StartLine.id == line_id
                ).execute()
                subject = f"locker/{row.locker.number}"
                self._recorder.note("lockers.start_settled", subject, by=by, why=text)

        self._writer.run(write)
        report = self.latest()
        if report is None:
            raise NotFound(N_("Baris laporan itu tidak ada."))
        return report

    def seen(self, *, by: Actor) -> None:
        """A person has read the report, and every earlier one."""

        def write() -> None:
            read = {"seen_at": self._clock.now(), "seen_by": str(by)}
            if Row.update(**read).where(Row.seen_at.is_null()).execute():
                self._recorder.note("lockers.start_seen", "lockers", by=by)

        self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _explain(
        self, doors: Mapping[int, str], sensors: Mapping[int, bool], *, is_new_boot: bool
    ) -> dict[int, Finding]:
        claimed: dict[int, bool] = {}
        for command in self._outcomes.unfinished():
            number = command.locker.number
            claimed[number] = claimed.get(number, False) or command.claimed_at is not None
        used = _sessions_by_locker()
        at_start = [
            DoorAtStart(
                number=row.number,
                has_sensor=sensors.get(row.number, False),
                door=doors.get(row.number, "unknown"),
                door_before=row.door,
                was_claimed=claimed.get(row.number),
                is_occupied=row.id in used,
            )
            for row in Locker.select().order_by(Locker.number)
        ]
        return dict(start_rules.findings(at_start, is_new_boot=is_new_boot))

    def _write(
        self,
        cause: Cause,
        found: Mapping[int, Finding],
        before: RunMark | None,
        doors: Mapping[int, str],
    ) -> None:
        report = Row.create(
            uuid=str(uuids.uuid4()),
            at=self._clock.now(),
            cause=cause,
            before_at=_last_sign_of(before),
        )
        sessions = _sessions_by_locker()
        for row in Locker.select().where(Locker.number.in_(list(found))):
            command = DoorCommand.select().where(DoorCommand.locker == row.id)
            newest = command.order_by(DoorCommand.id.desc()).first()
            is_about_it = found[row.number] in (Finding.INTERRUPTED, Finding.NOT_CARRIED_OUT)
            StartLine.create(
                report=report,
                locker=row,
                finding=found[row.number],
                door=doors.get(row.number, "unknown"),
                command=newest if is_about_it else None,
                session=sessions.get(row.id),
            )

    def _lines(self, which: object) -> tuple[StartLineView, ...]:
        lines = list(_start_lines().where(which).order_by(StartLine.id))
        visit_ids = [_visit_id(line) for line in lines]
        visits = self._visits.by_ids(found for found in visit_ids if found is not None)
        return tuple(
            StartLineView(
                id=line.id,
                number=line.locker.number,
                finding=Finding(line.finding),
                door=line.door,
                visit_id=visit_id,
                visit_label="" if visit_id is None else visits[visit_id].label,
                command_at=line.command.created_at if line.command else None,
                settled_at=line.settled_at,
                settled_by=line.settled_by or "",
                note=line.note,
            )
            for visit_id, line in zip(visit_ids, lines, strict=True)
        )


def _start_lines() -> "ModelSelect[StartLine]":
    """Lines, each with its locker, the command it is about and who used the locker."""
    return (
        StartLine.select(StartLine, Locker, DoorCommand, LockerSession)
        .join(Locker)
        .switch(StartLine)
        .join(DoorCommand, JOIN.LEFT_OUTER)
        .switch(StartLine)
        .join(LockerSession, JOIN.LEFT_OUTER)
    )


def _sessions_by_locker() -> dict[int, int]:
    rows = LockerSession.select().where(LockerSession.ended_at.is_null())
    return {row.locker_id: row.id for row in rows}  # type: ignore[attr-defined] # Peewee makes it from the column


def _visit_id(line: StartLine) -> int | None:
    session: LockerSession | None = line.session
    return None if session is None else int(session.visit_id)  # type: ignore[attr-defined]


def _mark() -> RunMark | None:
    row = Meta.get_or_none(Meta.key == MARK)
    return None if row is None else RunMark(**json.loads(row.value))


def _set_mark(mark: RunMark) -> None:
    value = json.dumps({"boot_id": mark.boot_id, "is_stopped": mark.is_stopped})
    Meta.insert(key=MARK, value=value).on_conflict(
        conflict_target=[Meta.key], update={"value": value}
    ).execute()


def _last_sign_of(before: RunMark | None) -> object:
    """When anything of that boot was journalled last: nobody writes just to have been alive."""
    if before is None:
        return None
    newest = Journal.select(Journal.at).order_by(Journal.seq.desc())
    row = newest.where(Journal.boot_id == before.boot_id).first()
    return None if row is None else row.at
