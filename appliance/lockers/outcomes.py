"""Door commands as they are carried out: claimed before the coil, their outcome kept after it.

The row of door_command is all that the asking process and this one share.
"""

import datetime as dt
from dataclasses import dataclass

from peewee import JOIN

from appliance.actor import SYSTEM
from appliance.lockers import rules
from appliance.lockers.rules import CommandLife, Outcome, Said
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import DoorCommand as Row
from appliance.storage.models import Locker, LockerSession, utc_text
from appliance.storage.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Claimed:
    """A command that this process alone will carry out."""

    id: int
    number: int


class DoorOutcomes:
    """Claims commands and keeps what became of them. Any thread; may be called in the writer."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def claim_next(self) -> Claimed | None:
        """The oldest command that may still be carried out, claimed for good; None without any.

        Commands that came too late are marked expired on the way. Those of an emergency are
        carried out by the emergency, and not one by one.
        """

        def write() -> Claimed | None:
            now = self._clock.stamp()
            for row in _WAITING.rows():
                if not rules.is_due(life(row), now):
                    self._finish(row, Outcome.EXPIRED)
                    continue
                statements.run(_CLAIM, (utc_text(now.at), row.id))
                [locker] = _LOCKER_OF.rows(row.id)
                return Claimed(row.id, locker.number)
            return None

        # Asked without the write lock first: this is called twice a second all day.
        return self._writer.run(write) if _WAITING.first() else None

    def is_due(self, command_id: int) -> bool:
        """Whether the claimed command is still in time, and its session not over.

        The commit of the claim may have hung, or the coil may have rested meanwhile.
        """
        row = _OF_LIVING_SESSION.first(command_id)
        return row is not None and rules.is_due(life(row), self._clock.stamp())

    def pulsed(self, command_id: int) -> None:
        """The coil was driven and is off again."""
        self._stamp(command_id, pulsed_at=self._clock.now())

    def seen_open(self, command_id: int, at: dt.datetime | None = None) -> None:
        """The sensor saw the door open, at that moment or now."""

        def write() -> None:
            self._stamp(command_id, open_seen_at=at or self._clock.now())
            self.finish(command_id, Outcome.OPENED)

        self._writer.run(write)

    def seen_closed(self, command_id: int) -> None:
        """The sensor saw the door shut again."""
        self._stamp(command_id, closed_seen_at=self._clock.now())

    def finish(self, command_id: int, result: Outcome) -> None:
        """Keep the outcome; the first one stays."""
        self._writer.run(lambda: self._finish_where(Row.id == command_id, result))

    def unfinished(self) -> list[Row]:
        """Every command without an outcome, each with its locker."""
        rows = Row.select(Row, Locker).join(Locker).where(Row.result.is_null())
        return list(rows.order_by(Row.id))

    def end_all(self) -> None:
        """No command of a predecessor is ever carried out: who asked stands there no more.

        What it had claimed may or may not have opened its door; the rest has not.
        """

        def write() -> None:
            self._finish_where(Row.claimed_at.is_null(False), Outcome.INTERRUPTED)
            self._finish_where(Row.claimed_at.is_null(), Outcome.EXPIRED)

        self._writer.run(write)

    def finish_unclaimed(self, which: object, result: Outcome) -> None:
        """End those of `which` that nobody has taken yet."""
        unclaimed = which & Row.claimed_at.is_null()
        self._writer.run(lambda: self._finish_where(unclaimed, result))

    def _finish_where(self, which: object, result: Outcome) -> None:
        open_rows = Row.select(Row, Locker).join(Locker).where(which & Row.result.is_null())
        for row in list(open_rows):
            self._finish(row, result)

    def _finish(self, row: Row, result: Outcome) -> None:
        Row.update(result=result).where(Row.id == row.id).execute()
        data = {"locker": row.locker.number, "purpose": row.purpose, "result": str(result)}
        self._recorder.fact("locker.outcome", subject(row.locker), data, by=SYSTEM)

    def _stamp(self, command_id: int, **moment: object) -> None:
        self._writer.run(lambda: Row.update(**moment).where(Row.id == command_id).execute())


# Somebody stands at the door and waits for what is asked here.
_WAITING = Prepared(
    Row,
    lambda: (
        Row.select()
        .where(Row.result.is_null() & Row.claimed_at.is_null() & Row.emergency_id.is_null())
        .order_by(Row.id)
    ),
)
_OF_LIVING_SESSION = Prepared(
    Row,
    lambda command_id: (
        Row.select()
        .join(LockerSession, JOIN.LEFT_OUTER)
        .where((Row.id == command_id) & LockerSession.ended_at.is_null())
    ),
)
_LOCKER_OF = Prepared(
    Locker, lambda command_id: Locker.select().join(Row).where(Row.id == command_id)
)
_CLAIM = "UPDATE door_command SET claimed_at = ? WHERE id = ?"


def life(row: Row) -> CommandLife:
    """The moments of the row that decide what it is now."""
    return CommandLife(
        boot_id=row.boot_id,
        created_boot_ms=row.created_boot_ms,
        expires_boot_ms=row.expires_boot_ms,
        is_claimed=row.claimed_at is not None,
        is_pulsed=row.pulsed_at is not None,
        was_seen_open=row.open_seen_at is not None,
        result=None if row.result is None else Outcome(row.result),
        person_says=_word(row),
    )


def _word(row: Row) -> Said | None:
    """What a person said, unless the sensor saw the door open only afterwards."""
    if row.person_says is None:
        return None
    is_last = row.open_seen_at is None or row.person_says_at >= row.open_seen_at
    return Said(row.person_says) if is_last else None


def subject(locker: Locker) -> str:
    """How journal and outbox name this locker."""
    return f"locker/{locker.number}"
