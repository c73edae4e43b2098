"""The rows of an emergency, as the asking process and the lockers process both write them."""

import datetime as dt
import uuid as uuids
from collections.abc import Iterable

from appliance.actor import Actor
from appliance.lockers.bank_table import NOT_IN_BANK
from appliance.lockers.emergency_rules import LIFE_MS, Source
from appliance.lockers.outcomes import subject
from appliance.lockers.rules import Purpose
from appliance.record import Books
from appliance.storage.models import DoorCommand, Emergency, Locker, RollCall
from appliance.storage.prepared import Prepared
from appliance.visits.directory import VisitDirectory

# Asked before every command and twice a second all day.
_OPEN = Prepared(Emergency, lambda: Emergency.select().where(Emergency.ended_at.is_null()))


class EmergencyTable:
    """Everything that changes rows belongs inside the writer."""

    def __init__(self, *, books: Books, visits: VisitDirectory) -> None:
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits

    def open_row(self) -> Emergency | None:
        """The emergency that nobody has ended; None on every ordinary day."""
        return _OPEN.first()

    def begin(
        self, source: Source, *, by: Actor, reason: str, at: dt.datetime | None = None
    ) -> Emergency:
        """The emergency that is open, or a new one with everybody who is inside on its list."""
        row = self.open_row()
        if row is not None:
            return row
        row = Emergency.create(
            uuid=str(uuids.uuid4()),
            source=source,
            reason=reason,
            started_at=at or self._clock.now(),
            started_by=str(by),
        )
        for visit in self._visits.inside():
            RollCall.create(emergency=row, visit=visit.id)
        data = {"source": str(source)}
        self._recorder.fact("emergency.started", emergency_subject(row), data, by=by, why=reason)
        return row

    def ask(self, row: Emergency, numbers: Iterable[int], *, by: Actor) -> dict[int, int]:
        """One command for each of these doors; number -> command. Unknown doors are left out."""
        wanted = list(numbers)
        asked = {}
        for locker in Locker.select().where(Locker.number.in_(wanted)).order_by(Locker.number):
            asked[locker.number] = self._ask(row, locker, by)
        return asked

    def unfinished(self, row: Emergency) -> dict[int, DoorCommand]:
        """The commands of this emergency without an outcome, by the number on the door."""
        rows = DoorCommand.select(DoorCommand, Locker).join(Locker)
        waiting = (DoorCommand.emergency_id == row.id) & DoorCommand.result.is_null()
        return {found.locker.number: found for found in rows.where(waiting)}

    def numbers(self) -> tuple[int, ...]:
        """Every door that is there, blocked and broken ones too."""
        rows = Locker.select(Locker.number).where(Locker.condition_note != NOT_IN_BANK)
        return tuple(row.number for row in rows.order_by(Locker.number))

    def _ask(self, row: Emergency, locker: Locker, by: Actor) -> int:
        now = self._clock.stamp()
        command = DoorCommand.create(
            uuid=str(uuids.uuid4()),
            locker=locker.id,
            purpose=Purpose.EMERGENCY,
            requested_by=str(by),
            reason=row.reason,
            created_at=now.at,
            boot_id=now.boot_id,
            created_boot_ms=now.boot_ms,
            expires_boot_ms=now.boot_ms + LIFE_MS,
            emergency_id=row.id,
        )
        data = {"locker": locker.number, "purpose": str(Purpose.EMERGENCY)}
        self._recorder.fact("locker.commanded", subject(locker), data, by=by, why=row.reason)
        return int(command.id)


def emergency_subject(row: Emergency) -> str:
    """How journal and outbox name an emergency."""
    return f"emergency/{row.uuid}"
