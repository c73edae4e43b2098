"""More lockers for a group: one after the other, as many as the office allows for a visit."""

import uuid as uuids

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.lockers import choosing
from appliance.lockers.commands import Asked, DoorCommands
from appliance.lockers.rules import Purpose, VisitLocker
from appliance.lockers.uses import NO_LOCKER, uses_of, view_of
from appliance.record import Books
from appliance.storage.models import Locker
from appliance.storage.models import LockerSession as Session
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService


class GroupLockers:
    """Hands out a second locker and those after it. Any thread, outside the writer."""

    def __init__(
        self, *, books: Books, commands: DoorCommands, visits: VisitService, most: int
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._commands = commands
        self._visits = visits
        self._most = most

    def numbers(self, visit_id: int) -> tuple[int, ...]:
        """The lockers of a visit by number, the first one it was given first."""
        return tuple(int(use.locker.number) for use in uses_of(visit_id))

    def lockers(self, visit_id: int) -> tuple[VisitLocker, ...]:
        """Every locker of a visit with its door, the first one it was given first."""
        last = self._commands.last_of
        return tuple(view_of(use, last(use.locker.id)) for use in uses_of(visit_id))

    def in_use(self) -> int:
        """How many lockers all visits use together."""
        return int(Session.select().where(Session.ended_at.is_null()).count())

    def gave_back(self, visit_id: int, number: int) -> bool:
        """Whether this visit had that locker and gave it back."""
        rows = Session.select().join(Locker).where(Session.visit == visit_id)
        is_over = (Locker.number == number) & Session.ended_at.is_null(False)
        return bool(rows.where(is_over).exists())

    def may_have_more(self, visit: VisitCard) -> bool:
        """Whether another locker may be handed out to this visit."""
        is_group = visit.is_open and visit.persons > 1
        return is_group and 0 < len(self.numbers(visit.id)) < min(self._most, visit.persons)

    def another(self, visit_id: int, *, by: Actor) -> int:
        """The number of one more locker, whose door opens.

        What the first one asked for, a card or a reason, stands for all of them. Raises Refused
        when the visit is closed, no group, has as many as it may, or none is free; NotFound
        before it has its first.
        """
        asked: list[Asked] = []

        def write() -> int:
            visit = self._visits.require_open(visit_id)
            if not self.numbers(visit_id):
                raise NotFound(NO_LOCKER)
            if not self.may_have_more(visit):
                raise Refused(N_("Kunjungan ini sudah memakai loker sebanyak yang diperbolehkan."))
            session = self._begin(visit, by)
            asked.append(self._commands.ask(session.locker, Purpose.STORE, by=by, session=session))
            return int(session.locker.number)

        number = self._writer.run(write, is_urgent=True)
        for command in asked:
            self._commands.settle(command)
        return number

    def _begin(self, visit: VisitCard, by: Actor) -> Session:
        locker = choosing.next_free()
        session = Session.create(
            uuid=str(uuids.uuid4()),
            locker=locker,
            visit=visit.id,
            started_at=self._clock.now(),
            started_by=str(by),
        )
        data = {"locker": locker.number}
        self._recorder.fact("locker.assigned", f"visit/{visit.uuid}", data, by=by)
        return session
