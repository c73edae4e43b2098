"""The table of messages: what its rows say, and every change of one."""

import datetime as dt
from collections.abc import Iterable

from peewee import SQL

from appliance.actor import SYSTEM, Actor
from appliance.clock import Clock, Stamp, has_come, keeps_until
from appliance.mail import rules
from appliance.mail.answers import Problem
from appliance.mail.copies import Copies
from appliance.mail.rules import PENDING, MailState, Progress
from appliance.mail.views import MailKind, MailReport, MailView
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import MailMessage

LOOKED_AT = 500  # more than the room for copies lets wait


class MailBook:
    """What the screens' service and the sending process both do. Any thread may call it."""

    def __init__(self, *, books: Books, copies: Copies, kept_days: int) -> None:
        self._writer = books.writer
        self._clock: Clock = books.clock
        self._recorder = books.recorder
        self._copies = copies
        self.kept = dt.timedelta(days=kept_days)
        """How long a message waits at the longest."""

    def report(self) -> MailReport:
        """How the waiting messages are doing."""
        rows = pending()
        tried = [row for row in rows if row.problem is not None]
        last = max(tried, key=lambda row: row.next_at or row.asked_at, default=None)
        return MailReport(
            waiting=len(rows),
            oldest_at=min((row.asked_at for row in rows), default=None),
            problem=progress(last).problem if last else None,
            reply=last.reply if last else None,
            next_at=min((row.next_at for row in rows if row.next_at), default=None),
        )

    def expire(self) -> int:
        """End what has waited as long as it may; how many."""
        now = self._clock.stamp()
        due = [row.id for row in pending() if _is_aging(row, now, self.kept)]
        return sum(self._writer.run(lambda one=one: self._age(one)) for one in due)  # type: ignore[misc]

    def delete_ended(self) -> None:
        """Delete the copies of what has ended, and say so in the journal."""
        ended = MailMessage.select().where(
            (MailMessage.has_copy == SQL("1")) & MailMessage.state.not_in(PENDING)
        )
        for row in list(ended):
            if self._copies.remove(row.uuid):
                self._writer.run(lambda row=row: self._deleted(row))  # type: ignore[misc]

    # Inside a function of the writer --------------------------------------------------------

    def move(self, row: MailMessage, to: Progress, *, by: Actor = SYSTEM) -> None:
        """Let the message stand as `to` says; with its end its address goes."""
        values: dict[str, object] = {
            "state": to.state,
            "attempts": to.attempts,
            "unheard": to.unheard,
            "cancel_asked": to.cancel_asked,
            "problem": to.problem,
            "reply": to.reply,
            "next_at": to.next_at,
        }
        if not to.is_pending:
            values |= {"address": None, "ended_at": self._clock.now()}
        MailMessage.update(**values).where(MailMessage.id == row.id).execute()
        if not to.is_pending:
            detail = {"kind": row.kind, "problem": to.problem, "reply": to.reply}
            self._recorder.note(f"mail.{to.state}", f"mail/{row.uuid}", by=by, detail=detail)

    def _age(self, row_id: int) -> int:
        row, now = MailMessage.get_by_id(row_id), self._clock.stamp()
        if row.state != MailState.WAITING:
            return 0
        if has_come(row.expires_at, now):
            self.move(row, rules.expired(progress(row)))
            return 1
        expires_at = keeps_until(row.expires_at, now, self.kept)
        MailMessage.update(expires_at=expires_at).where(MailMessage.id == row.id).execute()
        return 0

    def _deleted(self, row: MailMessage) -> None:
        still = (MailMessage.id == row.id) & MailMessage.has_copy
        if MailMessage.update(has_copy=False).where(still).execute():
            detail = {"kind": row.kind, "size_bytes": row.size_bytes}
            self._recorder.note("mail.copy_deleted", f"mail/{row.uuid}", by=SYSTEM, detail=detail)


def pending() -> list[MailMessage]:
    """The messages that wait or are being sent, the oldest first."""
    query = MailMessage.select().where(among(MailMessage.state, PENDING))
    return list(query.order_by(MailMessage.id).limit(LOOKED_AT))


def progress(row: MailMessage) -> Progress:
    """How the message stands."""
    return Progress(
        state=MailState(row.state),
        attempts=row.attempts,
        unheard=row.unheard,
        cancel_asked=row.cancel_asked,
        problem=None if row.problem is None else Problem(row.problem),
        reply=row.reply,
        next_at=row.next_at,
    )


def view(row: MailMessage) -> MailView:
    """The message for a screen."""
    return MailView(
        uuid=row.uuid,
        kind=MailKind(row.kind),
        about=row.about,
        visit_id=row.visit_id,
        address=row.address,
        state=MailState(row.state),
        problem=None if row.problem is None else Problem(row.problem),
        reply=row.reply,
        unheard=row.unheard,
        cancel_asked=row.cancel_asked,
        size_bytes=row.size_bytes,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
    )


def views(rows: Iterable[MailMessage]) -> tuple[MailView, ...]:
    """The messages in the order given."""
    return tuple(view(row) for row in rows)


def _is_aging(row: MailMessage, now: Stamp, kept: dt.timedelta) -> bool:
    """Whether its time is over, or has to be reckoned anew."""
    if row.state != MailState.WAITING:
        return False
    is_over = has_come(row.expires_at, now)
    return is_over or keeps_until(row.expires_at, now, kept) != row.expires_at
