"""Lockers: handed out, opened again, given back."""

import uuid as uuids
from collections.abc import Callable, Mapping
from typing import TypeVar

from peewee import Expression

from appliance.actor import Actor, Role
from appliance.deposits.service import DepositService
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.lockers import choosing, rules
from appliance.lockers.bank_table import NOT_IN_BANK, BankTable
from appliance.lockers.choosing import FreeLocker, Size
from appliance.lockers.commands import Asked, DoorCommands
from appliance.lockers.group_lockers import GroupLockers
from appliance.lockers.history import PastCommand, past_commands
from appliance.lockers.moving import LockerMoves, left_behind
from appliance.lockers.property_rules import FOUND_PROPERTY, IN_LOCKER_FIELDS
from appliance.lockers.property_table import PropertyTable
from appliance.lockers.rules import (
    CommandView,
    Condition,
    EndReason,
    LockerTile,
    Purpose,
    Released,
    VisitLocker,
)
from appliance.lockers.uses import NO_LOCKER, use_of, view_of
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import Locker
from appliance.storage.models import LockerSession as Session
from appliance.storage.prepared import Prepared
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

T = TypeVar("T")


class LockerService:
    """Reads from any thread. Nothing that opens a door may be called inside the writer.

    `moves` carries things from one locker to another; `group` hands out several to one visit.
    """

    def __init__(
        self,
        *,
        books: Books,
        commands: DoorCommands,
        visits: VisitService,
        deposits: DepositService,
        per_group: int = 1,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._commands = commands
        self._visits = visits
        self._deposits = deposits
        self._table = BankTable(books=books)
        self._property = PropertyTable(books=books)
        self.moves = LockerMoves(books=books, commands=commands, visits=visits)
        self.group = GroupLockers(books=books, commands=commands, visits=visits, most=per_group)

    # Looking ------------------------------------------------------------------------------

    def wall(self) -> tuple[LockerTile, ...]:
        """Every locker, by its number, with what is known of its door and its last command."""
        sessions = {session.locker.id: session for session in self._open_sessions()}
        visits = self._visits.by_ids(_visit_id(session) for session in sessions.values())
        commands = self._commands.last_by_locker()
        left = left_behind()
        tiles = []
        for row in Locker.select().order_by(Locker.number):
            session = sessions.get(row.id)
            visit = visits[_visit_id(session)] if session else None
            tiles.append(_tile(row, session, visit, commands.get(row.id), left.get(row.id)))
        return tuple(tiles)

    def free_numbers(self) -> tuple[int, ...]:
        """The lockers that may be handed out now, by number."""
        return tuple(locker.number for locker in self.free())

    def free(self) -> tuple[FreeLocker, ...]:
        """The lockers that may be handed out now, by number, with their sizes."""
        return choosing.free_lockers()

    def numbers_by_visit(self) -> dict[int, int]:
        """The locker of each visit that uses one, its first one, by the visit's id."""
        latest_first = sorted(self._open_sessions(), key=lambda session: -session.id)
        return {_visit_id(session): session.locker.number for session in latest_first}

    def tile(self, number: int) -> LockerTile:
        """One locker of the wall. Raises NotFound."""
        row = self._locker(number)
        session = _USE_OF.first(row.id)
        visit = self._visits.by_id(_visit_id(session)) if session else None
        return _tile(row, session, visit, self._commands.last_of(row.id), left_behind().get(row.id))

    def history(self, number: int) -> tuple[PastCommand, ...]:
        """What this door was told lately, the newest first. Raises NotFound."""
        return past_commands(self._locker(number), self._clock.stamp())

    def of_visit(self, visit_id: int) -> VisitLocker | None:
        """The locker this visit uses now, of several the first one; None without one."""
        session = use_of(visit_id)
        return None if session is None else self._visit_locker(session)

    def had_one(self, visit_id: int) -> bool:
        """Whether this visit has, or had, a locker."""
        return bool(Session.select().where(Session.visit == visit_id).exists())

    def version(self) -> str:
        """Changes with whatever a screen shows of lockers and the journal does not know of."""
        seen = statements.first(_NEWEST_MOVE)
        return f"{(seen and seen[0]) or ''}{self._commands.version()}"

    # Handing out --------------------------------------------------------------------------

    def assign(
        self,
        visit_id: int,
        *,
        by: Actor,
        number: int | None = None,
        size: Size | None = None,
        without_card: str = "",
    ) -> VisitLocker:
        """A locker for this visit, and its door opened to put the bag in.

        `number` is a wish: when somebody was faster, the next free one is given. With `size` the
        smallest free locker is given that things of this size fit into. Once more for the same
        visit changes nothing. `without_card` is the officer's reason to do without the identity
        card that this office asks for.

        Raises Refused when the visit is closed, no locker is free or large enough, the card is
        missing, or the wished locker cannot be used; Invalid for an unreadable reason, NotFound
        for a locker that does not exist.
        """
        waiver = checked({"without_card": without_card}, rules.WAIVER_FIELDS)["without_card"]
        asked: list[Asked] = []

        def write() -> VisitLocker:
            session = use_of(visit_id)
            if session is None:
                session = self._begin(visit_id, number, size, waiver, by)
                asked.append(
                    self._commands.ask(session.locker, Purpose.STORE, by=by, session=session)
                )
            return self._visit_locker(session)

        return self._opening(visit_id, write, asked)

    def open_again(
        self,
        visit_id: int,
        *,
        by: Actor,
        purpose: Purpose = Purpose.AGAIN,
        number: int | None = None,
    ) -> VisitLocker:
        """Open the visit's own locker once more, while the visit is open.

        `number` is which of several, the first one when None.
        Raises Refused when the visit is closed, has no locker, or its door is being opened.
        """
        asked: list[Asked] = []

        def write() -> VisitLocker:
            if not self._visits.by_id(visit_id).is_open:
                raise Refused(N_("Kunjungan ini sudah ditutup. Minta petugas membuka loker."))
            session = self._own_session(visit_id, number)
            asked.append(self._commands.ask(session.locker, purpose, by=by, session=session))
            return self._visit_locker(session)

        return self._opening(visit_id, write, asked)

    def open_for(self, number: int, *, by: Actor, reason: str) -> None:
        """Open any locker as staff. Raises Invalid without a reason, Refused, NotFound."""
        why = _reason(reason)
        asked: list[Asked] = []

        def write() -> None:
            row = self._locker(number)
            asked.append(self._commands.ask(row, Purpose.STAFF, by=by, reason=why))

        self._writer.run(write, is_urgent=True)
        self._commands.settle(asked[0])

    # Giving back --------------------------------------------------------------------------

    def release(
        self,
        visit_id: int,
        *,
        by: Actor,
        reason: EndReason | str = EndReason.STAFF_EMPTY,
        description: str = "",
        number: int | None = None,
    ) -> Released:
        """A person says that the visit's locker is empty, so it is free.

        `number` is which of several, the first one when None.
        An open door is noted and hinders nothing. FOUND_PROPERTY registers what is in it by its
        `description` and blocks the locker. Raises Invalid when that is missing, NotFound when
        the visit has no locker.
        """
        end = EndReason(reason)
        has_property = end is EndReason.FOUND_PROPERTY
        if has_property:
            description = checked({"description": description}, IN_LOCKER_FIELDS)["description"]

        def write() -> Released:
            session = self._own_session(visit_id, number)
            locker = session.locker
            Session.update(ended_at=self._clock.now(), ended_by=str(by), end_reason=end).where(
                Session.id == session.id
            ).execute()
            self._commands.drop(session)
            was_open = bool(locker.has_sensor) and locker.door == "open"
            data = {"locker": locker.number, "end_reason": str(end)}
            why = "door open" if was_open else ""
            self._recorder.fact("locker.released", self._subject(visit_id), data, by=by, why=why)
            thing = self._left_inside(locker, visit_id, description, by) if has_property else None
            return Released(locker.number, was_open, thing)

        return self._writer.run(write)

    def block_for_property(self, number: int, *, by: Actor, description: str) -> int:
        """Register what lies in a locker that nobody uses; its number in the register.

        Raises Invalid without a description, NotFound, Refused while a visit uses the locker:
        then `release` is how its use ends.
        """
        found = checked({"description": description}, IN_LOCKER_FIELDS)["description"]

        def write() -> int:
            row = self._locker(number)
            if Session.select().where(_is_open_on(row.id)).exists():
                raise Refused(N_("Loker %(number)s sedang dipakai."), number=number)
            return self._left_inside(row, None, found, by)

        return self._writer.run(write)

    def set_condition(
        self, number: int, condition: Condition | str, *, by: Actor, note: str = ""
    ) -> LockerTile:
        """Take a locker out of use, or back into it.

        Whoever uses it now keeps it. Raises Invalid when one is taken out without a note,
        Refused when one is taken back that holds registered property.
        """
        wanted = Condition(condition)
        is_usable = wanted is Condition.USABLE
        fields = rules.USABLE_FIELDS if is_usable else rules.CONDITION_FIELDS
        why = checked({"note": note}, fields)["note"]
        if why == NOT_IN_BANK:  # the bank takes these very words back by itself
            why = f"{why}."

        def write() -> LockerTile:
            row = self._locker(number)
            if is_usable:
                self._property.refuse_kept(row)
            self._table.set_condition(row, wanted, why, by=by)
            return self.tile(number)

        return self._writer.run(write)

    def sync_bank(self, sensors: Mapping[int, bool], *, by: Actor) -> None:
        """Make the table hold these lockers: number -> has a sensor; see BankTable.sync."""
        self._table.sync(sensors, by=by)

    # Inside -------------------------------------------------------------------------------

    def _opening(
        self, visit_id: int, write: Callable[[], VisitLocker], asked: list[Asked]
    ) -> VisitLocker:
        locker = self._writer.run(write, is_urgent=True)
        for command in asked:
            self._commands.settle(command)
        session = use_of(visit_id, locker.number)
        return locker if session is None else self._visit_locker(session)

    def _begin(
        self, visit_id: int, number: int | None, size: Size | None, without_card: str, by: Actor
    ) -> Session:
        if by.role is Role.VISITOR:  # helping oneself is not being served: the promise runs on
            self._visits.require_open(visit_id)
        else:
            self._visits.begin_service(visit_id, by=by, cause="locker")
        why = self._card_waived(visit_id, without_card, by)
        locker = self._free_locker(number, size)
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

    def _left_inside(
        self, locker: Locker, visit_id: int | None, description: str, by: Actor
    ) -> int:
        if locker.condition == Condition.USABLE:  # a broken one stays so after it is emptied
            self._table.set_condition(locker, Condition.BLOCKED, FOUND_PROPERTY, by=by)
        return self._property.add(description, by=by, locker=locker, visit_id=visit_id)

    def _card_waived(self, visit_id: int, reason: str, by: Actor) -> str:
        if not self._deposits.is_asked or self._deposits.is_held(visit_id):
            return ""
        if not reason:
            raise Refused(N_("Terima kartu identitas dahulu, lalu serahkan loker."))
        self._deposits.do_without(visit_id, reason, by=by)
        return reason

    def _free_locker(self, wanted: int | None, size: Size | None) -> Locker:
        if wanted is not None and self._locker(wanted).condition != Condition.USABLE:
            raise Refused(N_("Loker %(number)s sedang tidak dapat dipakai."), number=wanted)
        return choosing.next_free(number=wanted, size=size)

    def _locker(self, number: int) -> Locker:
        row = _NUMBERED.first(number)
        if row is None:
            raise NotFound(N_("Loker itu tidak ada."))
        return row

    def _own_session(self, visit_id: int, number: int | None = None) -> Session:
        session = use_of(visit_id, number)
        if session is None:
            raise NotFound(NO_LOCKER)
        return session

    def _open_sessions(self) -> list[Session]:
        return list(Session.select(Session, Locker).join(Locker).where(Session.ended_at.is_null()))

    def _subject(self, visit_id: int) -> str:
        return f"visit/{self._visits.by_id(visit_id).uuid}"

    def _visit_locker(self, session: Session) -> VisitLocker:
        return view_of(session, self._commands.last_of(session.locker.id))


def _is_open_on(locker_id: int) -> Expression:
    used: Expression = (Session.locker == locker_id) & Session.ended_at.is_null()
    return used


_NUMBERED = Prepared(Locker, lambda number: Locker.select().where(Locker.number == number))
_NEWEST_MOVE = "SELECT max(door_at) FROM locker"
_USE_OF = Prepared(Session, lambda locker_id: Session.select().where(_is_open_on(locker_id)))


def _visit_id(session: Session) -> int:
    return int(session.visit_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def _tile(
    row: Locker,
    session: Session | None,
    visit: VisitCard | None,
    command: CommandView | None,
    moved_to: int | None,
) -> LockerTile:
    condition = Condition(row.condition)
    return LockerTile(
        number=row.number,
        size=row.size,
        state=rules.state(condition, in_use=session is not None, is_left=moved_to is not None),
        condition=condition,
        note=row.condition_note,
        door=row.door,
        door_at=row.door_at,
        has_sensor=bool(row.has_sensor),
        since=None if session is None else session.started_at,
        visit_id=None if visit is None else visit.id,
        visit_label="" if visit is None else visit.label,
        visit_is_open=visit is not None and visit.is_open,
        moved_to=moved_to,
        command=command,
    )


def _reason(text: str) -> str:
    return checked({"reason": text}, rules.REASON_FIELDS)["reason"]
