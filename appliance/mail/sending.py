"""Sends what waits, one message at a time, on a thread beside the sync process' loop."""

import datetime as dt
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.actor import SYSTEM
from appliance.config import MailSettings
from appliance.errors import Unavailable
from appliance.mail import rules
from appliance.mail.answers import Kind, Problem, Verdict
from appliance.mail.book import MailBook, pending, progress
from appliance.mail.copies import Copies
from appliance.mail.rules import MailState
from appliance.mail.texts import words
from appliance.mail.views import Letter, MailKind
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.among import among
from appliance.storage.models import MailMessage

TIDY_EVERY_S = 60.0
log = get_logger("mail")


class Carrier(Protocol):
    """What hands a message to a server; see appliance.mail.sender.Sender."""

    def send(
        self,
        letter: Letter,
        files: Sequence[tuple[Path, str]],
        sent_at: dt.datetime,
        about_to_end: Callable[[], bool],
    ) -> Verdict:
        """What handing it over came to; raises nothing for what servers and lines do.

        Blocks for as long as the server takes. `about_to_end` is called once all but the end has
        gone; with False the message is dropped.
        """
        ...

    def abort(self) -> None:
        """Let a talk under way end within seconds, and none begin any more; from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """One message, with all that its thread needs to know."""

    id: int
    uuid: str
    letter: Letter
    files: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a try came to."""

    work: Work
    found: Verdict
    was_handed_over: bool


class MailSending:
    """`look` and `stop` belong on one thread. `carrier` is given by tests alone.

    `answer_sent` hears, inside a function of the writer, of each request whose answer was taken.
    """

    def __init__(
        self,
        *,
        books: Books,
        settings: MailSettings,
        office: Office,
        copies: Copies,
        poke: Callable[[], object],
        answer_sent: Callable[[str], None] = lambda _uuid: None,
        carrier: Carrier | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._settings = settings
        self._office = office
        self._copies = copies
        self._book = MailBook(books=books, copies=copies, kept_days=settings.kept_days)
        self._thread = SideThread("mail", poke)
        self._answer_sent = answer_sent
        self._carrier = carrier
        self._monotonic = monotonic
        self._tidy_due_s = float("-inf")
        self._told: tuple[Problem | None, int | None] = (None, None)
        self._result: Result | None = None
        self._tries_offline = 0
        self._recovered = False

    def look(self) -> None:
        """Start on what is due; raises what its thread did not expect. Returns at once."""
        try:
            self._look()
        except Unavailable:
            log.warning("the storage cannot write; mail waits")

    def stop(self) -> None:
        """End the talk under way within seconds; the next process takes it up again."""
        if self._carrier is not None:
            self._carrier.abort()
        self._thread.stop()
        # What was said for good is kept; all else was only our own going.
        if self._result is not None and self._result.found.kind in (Kind.SENT, Kind.REFUSED):
            with suppress(Unavailable):
                self._settle_result()

    def _look(self) -> None:
        if not self._recovered:
            self._writer.run(self._recover)
            self._recovered = True
        if self._thread.is_busy():
            return
        self._settle_result()
        self._book.delete_ended()
        if self._monotonic() >= self._tidy_due_s:
            self._tidy_due_s = self._monotonic() + TIDY_EVERY_S
            if self._book.expire():
                self._book.delete_ended()
        if self._settings.is_offered and self._next() is not None:
            work = self._writer.run(self._take)
            if work is not None:
                self._thread.start(self._send, work)

    def _settle_result(self) -> None:
        """Write down what the last try came to; until that succeeds nothing else is tried."""
        result = self._result
        if result is None:
            return
        is_offline = result.found.kind is Kind.OFFLINE
        tries = self._tries_offline + 1 if is_offline else 0
        self._writer.run(lambda: self._settle(result, tries))
        self._result, self._tries_offline = None, tries
        self._tell(result)

    def _next(self) -> MailMessage | None:
        """What is due, first what was tried least: nothing that fails is in the others' way."""
        now = self._clock.now()
        due = [
            row
            for row in pending()
            if row.state == MailState.WAITING and rules.is_due(row.next_at, now)
        ]
        return min(due, key=lambda row: (row.attempts, row.id), default=None)

    # Inside a function of the writer --------------------------------------------------------

    def _recover(self) -> None:
        """What a killed process was sending, and copies whose message was never written down."""
        rows = {row.uuid: row for row in pending()}
        for row in rows.values():
            if row.state == MailState.SENDING:
                self._book.move(row, rules.interrupted(progress(row)))
        # Whoever asks makes copy and row in one transaction, so none is half asked for here.
        known = MailMessage.select(MailMessage.uuid).where(MailMessage.has_copy)
        for uuid in self._copies.kept() - {row.uuid for row in known}:
            self._copies.remove(uuid)

    def _take(self) -> Work | None:
        row = self._next()
        if row is None:
            return None
        names = json.loads(row.files)
        paths = self._copies.paths(row.uuid, len(names))
        if not all(path.is_file() for path in paths):
            self._book.move(row, rules.gone(progress(row)))
            return None
        self._book.move(row, rules.begun(progress(row)))
        files = tuple(zip(paths, names, strict=True))
        return Work(row.id, row.uuid, self._letter(row), files)

    def _letter(self, row: MailMessage) -> Letter:
        subject, body = words(row.kind, row.language, self._office)
        sender = self._settings.sender
        return Letter(
            message_id=f"{row.uuid}@{sender.partition('@')[2]}",
            sender=sender,
            sender_name=self._settings.sender_name or self._office.name,
            address=str(row.address),
            subject=subject,
            body=body,
        )

    def _hand_over(self, row_id: int) -> bool:
        """Whether the last byte may go; from here on the message may arrive."""
        row = MailMessage.get_by_id(row_id)
        if row.state != MailState.SENDING or row.cancel_asked:
            return False
        self._book.move(row, rules.handed_over(progress(row)))
        return True

    def _settle(self, result: Result, tries_offline: int) -> None:
        row, found = MailMessage.get_by_id(result.work.id), result.found
        if row.state != MailState.SENDING:
            return  # its visit was erased meanwhile
        to = rules.after(
            progress(row),
            found,
            self._clock.now(),
            was_handed_over=result.was_handed_over,
            tries_offline=tries_offline,
        )
        self._book.move(row, to)
        if to.state is MailState.SENT and row.kind == MailKind.SCAN:
            subject = f"scan/{row.about}"
            self._recorder.fact("scan.mailed", subject, {"pages": row.pages}, by=SYSTEM)
        if to.state is MailState.SENT and row.kind == MailKind.ANSWER:
            self._answer_sent(row.about)
        if found.kind is Kind.OFFLINE:
            waiting = among(MailMessage.state, (MailState.WAITING,))
            said = {"problem": found.problem, "reply": found.reply, "next_at": to.next_at}
            MailMessage.update(**said).where(waiting).execute()

    # On the thread, which reaches the rows through the writer only ------------------------------

    def _send(self, work: Work) -> None:
        handed: list[bool] = []

        def about_to_end() -> bool:
            handed.append(self._writer.run(lambda: self._hand_over(work.id)))
            return handed[-1]

        sent_at = self._clock.now()
        found = self._opened().send(work.letter, work.files, sent_at, about_to_end)
        self._result = Result(work, found, was_handed_over=any(handed))

    def _opened(self) -> Carrier:
        if self._carrier is None:
            # Megabytes of SMTP and TLS, which most offices never need.
            from appliance.mail.sender import Sender

            self._carrier = Sender(self._settings)
        return self._carrier

    def _tell(self, result: Result) -> None:
        found = result.found
        if found.kind is Kind.SENT:
            log.info("a message was accepted", message=result.work.uuid, code=found.reply)
        elif (found.problem, found.reply) != self._told:
            log.warning("a message was not sent", problem=found.problem, code=found.reply)
        self._told = (found.problem, found.reply)
