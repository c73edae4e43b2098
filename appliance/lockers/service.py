"""Lockers: handed out, opened again, given back."""

import uuid as uuids
from collections.abc import Callable, Mapping
from typing import TypeVar

from peewee import Expression, fn

from appliance.actor import Actor
from appliance.clock import Clock
from appliance.deposits.service import DepositService
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.lockers import rules
from appliance.lockers.bank_table import BankTable
from appliance.lockers.commands import Asked, DoorCommands
from appliance.lockers.rules import (
    CommandView,
    Condition,
    EndReason,
    LockerTile,
    Purpose,
    Released,
    VisitLocker,
)
from appliance.record import Recorder
from appliance.storage.models import Locker
from appliance.storage.models import LockerSession as Session
from appliance.storage.writer import Writer
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

T = TypeVar("T")

FOUND_PROPERTY = "Barang tertinggal"
NO_LOCKER = N_("Kunjungan ini tidak memakai loker.")


class LockerService:
    """Reads from any thread. Nothing that opens a door may be called inside the writer."""

    def __init__(
        self,
        *,
        writer: Writer,
        clock: Clock,
        recorder: Recorder,
        commands: DoorCommands,
        visits: VisitService,
        deposits: DepositService,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._recorder = recorder
        self._commands = commands
        self._visits = visits
        self._deposits = deposits
        self._table = BankTable(writer=writer, clock=clock, recorder=recorder)

    # Looking ------------------------------------------------------------------------------

    def wall(self) -> tuple[LockerTile, ...]:
        """Every locker, by its number, with what is known of its door and its last command."""
        sessions = {session.locker.id: session for session in self._open_sessions()}
        visits = self._visits.by_ids(_visit_id(session) for session in sessions.values())
        commands = self._commands.last_by_locker()
        tiles = []
        for row in Locker.select().order_by(Locker.number):
            session = sessions.get(row.id)
            visit = visits[_visit_id(session)] if session else None
            tiles.append(_tile(row, session, visit, commands.get(row.id)))
        return tuple(tiles)

    def free_numbers(self) -> tuple[int, ...]:
        """The lockers that may be handed out now, by number."""
        rows = Locker.select(Locker.number).where(_is_free()).order_by(Locker.number)
        return tuple(row.number for row in rows)

    def numbers_by_visit(self) -> dict[int, int]:
        """The locker of each visit that uses one, by the visit's id."""
        return {_visit_id(session): session.locker.number for session in self._open_sessions()}

    def tile(self, number: int) -> LockerTile:
        """One locker of the wall. Raises NotFound."""
        row = self._locker(number)
        session = Session.get_or_none((Session.locker == row.id) & Session.ended_at.is_null())
        visit = self._visits.by_id(_visit_id(session)) if session else None
        return _tile(row, session, visit, self._commands.last_of(row.id))

    def of_visit(self, visit_id: int) -> VisitLocker | None:
        """The locker this visit uses now; None without one."""
        session = self._session(visit_id)
        return None if session is None else self._visit_locker(session)

    def had_one(self, visit_id: int) -> bool:
        """Whether this visit has, or had, a locker."""
        return bool(Session.select().where(Session.visit == visit_id).exists())

    def version(self) -> str:
        """Changes with whatever a screen shows of lockers and the journal does not know of."""
        seen = Locker.select(fn.MAX(Locker.door_at)).scalar()
        return f"{seen or ''}{self._commands.version()}"

    # Handing out --------------------------------------------------------------------------

    def assign(
        self, visit_id: int, *, by: Actor, number: int | None = None, without_card: str = ""
    ) -> VisitLocker:
        """A locker for this visit, and its door opened to put the bag in.

        `number` is a wish: when somebody was faster, the next free one is given. Once more for
        the same visit changes nothing. `without_card` is the officer's reason to do without the
        identity card that this office asks for.

        Raises Refused when the visit is closed, no locker is free, the card is missing, or the
        wished locker cannot be used; Invalid for an unreadable reason, NotFound for a locker
        that does not exist.
        """
        waiver = checked({"without_card": without_card}, rules.WAIVER_FIELDS)["without_card"]
        asked: list[Asked] = []

        def write() -> VisitLocker:
            session = self._session(visit_id)
            if session is None:
                session = self._begin(visit_id, number, waiver, by)
                asked.append(
                    self._commands.ask(session.locker, Purpose.STORE, by=by, session=session)
                )
            return self._visit_locker(session)

        return self._opening(visit_id, write, asked)

    def open_again(
        self, visit_id: int, *, by: Actor, purpose: Purpose = Purpose.AGAIN
    ) -> VisitLocker:
        """Open the visit's own locker once more, while the visit is open.

        Raises Refused when the visit is closed, has no locker, or its door is being opened.
        """
        asked: list[Asked] = []

        def write() -> VisitLocker:
            if not self._visits.by_id(visit_id).is_open:
                raise Refused(N_("Kunjungan ini sudah ditutup. Minta petugas membuka loker."))
            session = self._own_session(visit_id)
            asked.append(self._commands.ask(session.locker, purpose, by=by, session=session))
            return self._visit_locker(session)

        return self._opening(visit_id, write, asked)

    def open_for(self, number: int, *, by: Actor, reason: str) -> LockerTile:
        """Open any locker as staff. Raises Invalid without a reason, Refused, NotFound."""
        why = _reason(reason)
        asked: list[Asked] = []

        def write() -> None:
            row = self._locker(number)
            asked.append(self._commands.ask(row, Purpose.STAFF, by=by, reason=why))

        self._writer.run(write)
        self._commands.settle(asked[0])
        return self.tile(number)

    def open_all(self, *, by: Actor, reason: str) -> int:
        """Open every locker, one after the other; how many doors were asked to. In an emergency."""
        why = _reason(reason)
        asked: list[Asked] = []

        def write() -> None:
            for place, row in enumerate(Locker.select().order_by(Locker.number)):
                life_ms = rules.COMMAND_LIFE_MS + place * rules.EMERGENCY_STEP_MS
                asked.append(
                    self._commands.ask(row, Purpose.EMERGENCY, by=by, reason=why, life_ms=life_ms)
                )

        self._writer.run(write)
        for command in asked:
            self._commands.settle(command)
        return len(asked)

    # Giving back --------------------------------------------------------------------------

    def release(
        self, visit_id: int, *, by: Actor, reason: EndReason | str = EndReason.STAFF_EMPTY
    ) -> Released:
        """A person says that the visit's locker is empty, so it is free.

        An open door is noted and hinders nothing. FOUND_PROPERTY blocks the locker, because
        something of somebody is in it. Raises NotFound when the visit has no locker.
        """
        end = EndReason(reason)

        def write() -> Released:
            session = self._own_session(visit_id)
            locker = session.locker
            Session.update(ended_at=self._clock.now(), ended_by=str(by), end_reason=end).where(
                Session.id == session.id
            ).execute()
            self._commands.drop(session)
            was_open = bool(locker.has_sensor) and locker.door == "open"
            data = {"locker": locker.number, "end_reason": str(end)}
            why = "door open" if was_open else ""
            self._recorder.fact("locker.released", self._subject(visit_id), data, by=by, why=why)
            if end is EndReason.FOUND_PROPERTY:
                self._table.set_condition(locker, Condition.BLOCKED, FOUND_PROPERTY, by=by)
            return Released(locker.number, was_open)

        return self._writer.run(write)

    def set_condition(
        self, number: int, condition: Condition | str, *, by: Actor, note: str = ""
    ) -> LockerTile:
        """Take a locker out of use, or back into it.

        Whoever uses it now keeps it. Raises Invalid when one is taken out without a note.
        """
        wanted = Condition(condition)
        is_usable = wanted is Condition.USABLE
        fields = rules.USABLE_FIELDS if is_usable else rules.CONDITION_FIELDS
        why = checked({"note": note}, fields)["note"]

        def write() -> LockerTile:
            self._table.set_condition(self._locker(number), wanted, why, by=by)
            return self.tile(number)

        return self._writer.run(write)

    def sync_bank(self, sensors: Mapping[int, bool], *, by: Actor) -> None:
        """Make the table hold these lockers: number -> has a sensor; see BankTable.sync."""
        self._table.sync(sensors, by=by)

    # Inside -------------------------------------------------------------------------------

    def _opening(
        self, visit_id: int, write: Callable[[], VisitLocker], asked: list[Asked]
    ) -> VisitLocker:
        locker = self._writer.run(write)
        for command in asked:
            self._commands.settle(command)
        return self.of_visit(visit_id) or locker

    def _begin(self, visit_id: int, number: int | None, without_card: str, by: Actor) -> Session:
        self._visits.begin_service(visit_id, by=by)
        why = self._card_waived(visit_id, without_card)
        locker = self._free_locker(number)
        session = Session.create(
            uuid=str(uuids.uuid4()),
            locker=locker,
            visit=visit_id,
            started_at=self._clock.now(),
            started_by=str(by),
        )
        data = {"locker": locker.number}
        self._recorder.fact("locker.assigned", self._subject(visit_id), data, by=by, why=why)
        return session

    def _card_waived(self, visit_id: int, reason: str) -> str:
        if not self._deposits.is_asked or self._deposits.is_held(visit_id):
            return ""
        if not reason:
            raise Refused(N_("Terima kartu identitas dahulu, lalu serahkan loker."))
        return reason

    def _free_locker(self, wanted: int | None) -> Locker:
        if wanted is not None and self._locker(wanted).condition != Condition.USABLE:
            raise Refused(N_("Loker %(number)s sedang tidak dapat dipakai."), number=wanted)
        # A door seen open comes last: somebody may stand at it.
        rows = Locker.select().where(_is_free()).order_by(Locker.door == "open", Locker.number)
        free = list(rows)
        if not free:
            raise Refused(
                N_("Semua loker sedang terpakai. Tunggu satu dikembalikan, atau titip di meja.")
            )
        return next((row for row in free if row.number == wanted), free[0])

    def _locker(self, number: int) -> Locker:
        row = Locker.get_or_none(Locker.number == number)
        if row is None:
            raise NotFound(N_("Loker itu tidak ada."))
        return row

    def _session(self, visit_id: int) -> Session | None:
        return Session.get_or_none((Session.visit == visit_id) & Session.ended_at.is_null())

    def _own_session(self, visit_id: int) -> Session:
        session = self._session(visit_id)
        if session is None:
            raise NotFound(NO_LOCKER)
        return session

    def _open_sessions(self) -> list[Session]:
        return list(Session.select(Session, Locker).join(Locker).where(Session.ended_at.is_null()))

    def _subject(self, visit_id: int) -> str:
        return f"visit/{self._visits.by_id(visit_id).uuid}"

    def _visit_locker(self, session: Session) -> VisitLocker:
        locker = session.locker
        return VisitLocker(
            number=locker.number,
            since=session.started_at,
            door=locker.door,
            has_sensor=bool(locker.has_sensor),
            command=self._commands.last_of(locker.id),
        )


def _is_free() -> Expression:
    taken = Session.select(Session.locker).where(Session.ended_at.is_null())
    usable: Expression = Locker.condition == Condition.USABLE
    return usable & Locker.id.not_in(taken)


def _visit_id(session: Session) -> int:
    return int(session.visit_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def _tile(
    row: Locker, session: Session | None, visit: VisitCard | None, command: CommandView | None
) -> LockerTile:
    condition = Condition(row.condition)
    return LockerTile(
        number=row.number,
        state=rules.state(condition, in_use=session is not None),
        condition=condition,
        note=row.condition_note,
        door=row.door,
        door_at=row.door_at,
        has_sensor=bool(row.has_sensor),
        since=None if session is None else session.started_at,
        visit_id=None if visit is None else visit.id,
        visit_label="" if visit is None else visit.label,
        visit_is_open=visit is not None and visit.is_open,
        command=command,
    )


def _reason(text: str) -> str:
    return checked({"reason": text}, rules.REASON_FIELDS)["reason"]
