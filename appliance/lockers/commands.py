"""Door commands as they are asked for and looked at; outcomes.py is how they are carried out."""

import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

from peewee import fn

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.errors import N_, Refused
from appliance.lockers import rules
from appliance.lockers.outcomes import DoorOutcomes, life, subject
from appliance.lockers.rules import CommandView, Outcome, Purpose, Said
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage import statements
from appliance.storage.models import DoorCommand as Row
from appliance.storage.models import Locker, LockerSession, utc_text
from appliance.storage.prepared import Prepared

OWNER = "lockers"
RUNNING_AT_MOST = 12  # more doors than these are never on their way at once, but in an emergency


@dataclass(slots=True)
class Asked:
    """A command just written; `is_heard` becomes known when it is committed."""

    id: int
    is_heard: bool | None = None


class _Ends(NamedTuple):
    """Of a command, what decides how it stands, in the order of `_NEWEST`."""

    id: int
    boot_id: str
    created_boot_ms: int
    expires_boot_ms: int
    claimed_at: str | None
    pulsed_at: str | None
    open_seen_at: str | None
    result: str | None
    person_says: str | None
    person_says_at: str | None


class DoorCommands:
    """Writes intents and wakes their owner. Any thread.

    `rests_s` is how long the coil of each door rests after a pulse; a door it does not name has
    the usual rest.
    """

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        rests_s: Mapping[int, float] | None = None,
    ) -> None:
        self._rests_s = rests_s or {}
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._outcomes = DoorOutcomes(books=books)

    # Asking -------------------------------------------------------------------------------

    def ask(
        self,
        locker: Locker,
        purpose: Purpose,
        *,
        by: Actor,
        reason: str = "",
        session: LockerSession | None = None,
        life_ms: int = rules.COMMAND_LIFE_MS,
    ) -> Asked:
        """Write the intent; its owner is woken after the commit. Belongs inside the writer.

        Hand the result to `settle` afterwards. Raises Refused while this door is being opened,
        unless it is an emergency.
        """
        now = self._clock.stamp()
        if purpose is not Purpose.EMERGENCY:
            self._refuse_busy(locker, now)
        values = (
            str(uuids.uuid4()),
            locker.id,
            session.id if session else None,
            str(purpose),
            str(by),
            reason,
            utc_text(now.at),
            now.boot_id,
            now.boot_ms,
            now.boot_ms + life_ms,
        )
        asked = Asked(statements.insert(_ASK, values))
        data = {"locker": locker.number, "purpose": str(purpose)}
        self._recorder.fact("locker.commanded", subject(locker), data, by=by, why=reason)
        self._writer.after_commit(lambda: self._wake(asked))
        return asked

    def settle(self, asked: Asked) -> None:
        """Mark the command unattended when nobody heard it, so that it is never carried out."""
        if asked.is_heard is False:
            self._outcomes.finish_unclaimed(Row.id == asked.id, Outcome.UNATTENDED)

    def drop(self, session: LockerSession) -> None:
        """Let what waits for this session expire now. Belongs inside the writer."""
        self._outcomes.finish_unclaimed(Row.session == session.id, Outcome.EXPIRED)

    # Looking ------------------------------------------------------------------------------

    def last_of(self, locker_id: int) -> CommandView | None:
        """The newest command of this locker; None when there never was one."""
        row = self._last_row(locker_id)
        return None if row is None else self._view(row, self._clock.stamp())

    def last_by_locker(self) -> dict[int, CommandView]:
        """The newest command of each locker, by the locker's id."""
        now = self._clock.stamp()
        # One look into the index a locker: grouping would read every command there ever was.
        newest = Locker.select(Row.select(fn.MAX(Row.id)).where(Row.locker == Locker.id))
        rows = Row.select(Row, Locker).join(Locker).where(Row.id.in_(newest))
        return {row.locker.id: self._view(row, now) for row in rows}

    def version(self) -> str:
        """A word that changes when a running command becomes something else, journalled or not."""
        now = self._clock.stamp()
        newest = [_Ends(*row) for row in statements.every(_NEWEST, (RUNNING_AT_MOST,))]
        # The same columns as of the row itself, without the cost of a model.
        return ".".join(f"{row.id}{rules.outcome(life(cast(Row, row)), now)}" for row in newest)

    # Inside -------------------------------------------------------------------------------

    def _refuse_busy(self, locker: Locker, now: Stamp) -> None:
        last = self._last_row(locker.id)
        rest_ms = int(self._rests_s.get(locker.number, rules.REST_MS / 1000) * 1000)
        if last is not None and rules.is_busy(life(last), now, rest_ms):
            raise Refused(
                N_("Loker %(number)s sedang dibuka. Tunggu sebentar."), number=locker.number
            )

    def _wake(self, asked: Asked) -> None:
        try:
            asked.is_heard = self._waker.wake(OWNER)
        except OSError:
            asked.is_heard = False

    def _last_row(self, locker_id: int) -> Row | None:
        return _NEWEST_OF.first(locker_id)

    def _view(self, row: Row, now: Stamp) -> CommandView:
        return CommandView(
            uuid=row.uuid,
            purpose=Purpose(row.purpose),
            outcome=rules.outcome(life(row), now),
            at=row.created_at,
            by=row.requested_by,
            reason=row.reason,
            open_seen_at=row.open_seen_at,
            closed_seen_at=row.closed_seen_at,
            person_says=None if row.person_says is None else Said(row.person_says),
        )


_NEWEST = """
    SELECT id, boot_id, created_boot_ms, expires_boot_ms, claimed_at, pulsed_at, open_seen_at,
        result, person_says, person_says_at
    FROM door_command ORDER BY id DESC LIMIT ?"""
_NEWEST_OF = Prepared(
    Row,
    lambda locker_id: Row.select().where(Row.locker == locker_id).order_by(Row.id.desc()).limit(1),
)
_ASK = """
    INSERT INTO door_command (uuid, locker_id, session_id, purpose, requested_by, reason,
        created_at, boot_id, created_boot_ms, expires_boot_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
