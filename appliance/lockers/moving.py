"""Things carried from one locker to another, and the locker left behind until it is seen empty."""

import uuid as uuids

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.lockers import rules
from appliance.lockers.choosing import is_free
from appliance.lockers.commands import Asked, DoorCommands
from appliance.lockers.outcomes import subject
from appliance.lockers.rules import Purpose
from appliance.lockers.uses import NO_LOCKER, use_of
from appliance.record import Books
from appliance.storage.models import Locker, LockerMove
from appliance.storage.models import LockerSession as Session
from appliance.storage.prepared import Prepared
from appliance.visits.service import VisitService


class LockerMoves:
    """Moves are one transaction each. Any thread; nothing here may be called inside the writer."""

    def __init__(
        self,
        *,
        books: Books,
        commands: DoorCommands,
        visits: VisitService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._commands = commands
        self._visits = visits

    def move(
        self, visit_id: int, *, to: int, by: Actor, reason: str, number: int | None = None
    ) -> None:
        """Give the visit locker `to` instead of its own; both doors open, the old one first.

        `number` is which of several is given up, the first one when None.
        The old locker is not free before `emptied`. A second tap changes nothing; back into a
        locker that was left and not yet seen empty is allowed. Raises Invalid without a reason,
        NotFound when the visit or `to` has no locker, Refused when the visit is closed, `to`
        cannot be used, or one of the doors is just being opened.
        """
        why = checked({"reason": reason}, rules.REASON_FIELDS)["reason"]
        asked: list[Asked] = []

        def write() -> None:
            visit = self._visits.require_open(visit_id)
            session = _own_use(visit_id, number, to)
            old, new = session.locker, _locker(to)
            if old.number == to:
                return
            self._take(session, new, by)
            self._leave(session, old, new, by, why)
            data = {"locker": to, "from_locker": old.number}
            self._recorder.fact("locker.moved", f"visit/{visit.uuid}", data, by=by, why=why)
            asked.append(self._commands.ask(old, Purpose.FETCH, by=by, reason=why, session=session))
            # One coil at a time: the second door waits for the first.
            life_ms = rules.COMMAND_LIFE_MS + rules.EMERGENCY_STEP_MS
            asked.append(
                self._commands.ask(
                    new, Purpose.STORE, by=by, reason=why, session=session, life_ms=life_ms
                )
            )

        self._writer.run(write)
        for command in asked:
            self._commands.settle(command)

    def emptied(self, number: int, *, by: Actor) -> bool:
        """A person has seen that the locker left behind is empty; False when it was said before.

        Raises NotFound for a locker that does not exist.
        """

        def write() -> bool:
            row = _locker(number)
            waiting = LockerMove.emptied_at.is_null() & (LockerMove.left == row.id)
            if not self._end(waiting, by):
                return False
            self._recorder.fact("locker.emptied", subject(row), {"locker": number}, by=by)
            return True

        return self._writer.run(write)

    def _take(self, session: Session, new: Locker, by: Actor) -> None:
        own = (LockerMove.session == session.id) & (LockerMove.left == new.id)
        comes_back = self._end(own & LockerMove.emptied_at.is_null(), by)
        if not comes_back and not Locker.select().where((Locker.id == new.id) & is_free()).exists():
            raise Refused(
                N_("Loker %(number)s tidak bebas lagi. Pilih loker lain."), number=new.number
            )
        Session.update(locker=new.id).where(Session.id == session.id).execute()

    def _leave(self, session: Session, old: Locker, new: Locker, by: Actor, why: str) -> None:
        LockerMove.create(
            uuid=str(uuids.uuid4()),
            session=session.id,
            left=old.id,
            taken=new.id,
            at=self._clock.now(),
            by=str(by),
            reason=why,
        )

    def _end(self, which: object, by: Actor) -> bool:
        values = {"emptied_at": self._clock.now(), "emptied_by": str(by)}
        return bool(LockerMove.update(**values).where(which).execute())


def _own_use(visit_id: int, number: int | None, to: int) -> Session:
    """The use to be moved; the one already moved when this is the second tap."""
    session = use_of(visit_id, number)
    if session is None and number is not None:
        session = use_of(visit_id, to)
    if session is None:
        raise NotFound(NO_LOCKER)
    return session


def left_behind() -> dict[int, int]:
    """Where the things of each locker went that nobody has seen empty yet: its id -> number."""
    return {_left_id(row): row.taken.number for row in _NOT_EMPTIED.rows()}


# Asked with every tap at a door; there are hardly ever any.
_NOT_EMPTIED = Prepared(
    LockerMove, lambda: LockerMove.select().where(LockerMove.emptied_at.is_null())
)


def _left_id(move: LockerMove) -> int:
    return int(move.from_locker_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def _locker(number: int) -> Locker:
    row = Locker.get_or_none(Locker.number == number)
    if row is None:
        raise NotFound(N_("Loker itu tidak ada."))
    return row
