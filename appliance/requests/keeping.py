"""Forgets requests when their time is over: their files, and what their visitors wrote."""

from peewee import Expression

from appliance.actor import SYSTEM
from appliance.clock import has_come, keeps_until
from appliance.journal import Journal
from appliance.offices import Office
from appliance.privacy.rules import may_erase
from appliance.record import Books
from appliance.requests import rules
from appliance.requests.book import RequestBook, row_of, subject
from appliance.requests.files import AnswerFiles
from appliance.requests.rules import ENDED, UNANSWERED, RequestState
from appliance.storage.among import among
from appliance.storage.models import Guest
from appliance.storage.models import SoftcopyRequest as Row

BATCH = 50  # rows per commit, so that a registration never waits long
KEPT = (RequestState.READY, *ENDED)
WRITTEN = {"code": None, "email": None, "purpose": "", "area": "", "note": ""}


class RequestKeeping:
    """A part of the daily cleaning."""

    def __init__(
        self, *, books: Books, office: Office, journal: Journal, files: AnswerFiles
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._journal = journal
        self._files = files
        self._kept = office.requests.kept
        self._book = RequestBook(books=books, office=office)

    def forget_due(self) -> int:
        """Forget what was answered long enough ago, and whose visitor is forgotten; how many.

        Nothing by a clock that may be wrong.
        """
        forgotten = 0
        if may_erase(self._clock.stamp(), self._journal.newest_at()):
            self._writer.run(self._date)
            for find in (self._over, self._of_nobody):
                while ids := find():
                    self._writer.run(lambda ids=ids: self._forget(ids))  # type: ignore[misc]
                    forgotten += len(ids)
            self._files.sweep(self._clock.now())
        self._files.delete_dropped()
        return forgotten

    def forget_erased(self) -> int:
        """Forget what people asked for who had themselves erased; how many."""
        forgotten = 0
        while ids := self._of_nobody():
            self._writer.run(lambda ids=ids: self._forget(ids))  # type: ignore[misc]
            forgotten += len(ids)
        self._files.delete_dropped()
        return forgotten

    def _over(self) -> list[int]:
        now = self._clock.stamp()
        rows = Row.select(Row.id, Row.keeps_until).where(_is_kept()).order_by(Row.id)
        return [row.id for row in rows if has_come(row.keeps_until, now)][:BATCH]

    def _of_nobody(self) -> list[int]:
        """Those of people whose identity was erased, answered or not."""
        known = among(Row.state, UNANSWERED) | _is_kept()
        rows = Row.select(Row.id).join(Guest, on=(Guest.visit == Row.visit))
        found = rows.where(known, Row.forgotten_at.is_null(), Guest.erased_at.is_null(False))
        return [row.id for row in found.limit(BATCH)]

    # Inside a function of the writer --------------------------------------------------------

    def _date(self) -> None:
        """What was answered by a clock that was not set, or wrong, is kept from now on."""
        now = self._clock.stamp()
        for row in Row.select().where(_is_kept()):
            until = keeps_until(row.keeps_until, now, self._kept)
            if until != row.keeps_until:
                self._book.set(row, keeps_until=until)

    def _forget(self, ids: list[int]) -> None:
        for row in map(row_of, ids):
            self._files.drop(row, by=SYSTEM)
            if RequestState.EXPIRED in rules.STEPS[RequestState(row.state)]:
                self._book.step(row, RequestState.EXPIRED, by=SYSTEM)
            own_words = {} if row.publication_id else {"wanted": ""}
            self._book.set(row, forgotten_at=self._clock.now(), **WRITTEN, **own_words)
            self._recorder.note("request.forgotten", subject(row), by=SYSTEM)


def _is_kept() -> Expression:
    condition: Expression = Row.forgotten_at.is_null() & among(Row.state, KEPT)
    return condition
