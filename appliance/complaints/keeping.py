"""Ends complaints when their time is over: closed, contacts forgotten, then what was written."""

import datetime as dt
from collections.abc import Callable, Mapping

from appliance.actor import SYSTEM
from appliance.complaints import rows, rules
from appliance.complaints.rules import ComplaintState
from appliance.journal import Journal
from appliance.offices import Office
from appliance.privacy.rules import last_day_to_erase, may_erase
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Complaint as Row
from appliance.storage.models import ComplaintNote

CONTACT_DAYS = 30  # so long after the answer somebody may still be called about it
BATCH = 50  # rows per commit, so that a registration never waits long
NOTHING = {"body": "", "reopen_words": "", "answer": "", "earlier_answer": ""}


class ComplaintKeeping:
    """A part of the daily cleaning; the counts and their dates stay for the reports."""

    def __init__(self, *, books: Books, office: Office, journal: Journal) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._journal = journal

    def forget_due(self) -> int:
        """Erase contacts 30 days after the answer, and after the months of the notice all words.

        The ticket of what is forgotten opens nothing any more. How many rows that were; none by
        a clock that may be wrong.
        """
        now = self._clock.stamp()
        if not may_erase(now, self._journal.newest_at()):
            return 0
        contacts_before = now.at - dt.timedelta(days=CONTACT_DAYS)
        words_before = self._end_of_last_day(now.at)
        erased = self._all(lambda: self._erase_contacts(contacts_before))
        return erased + self._all(lambda: self._forget(words_before))

    def close_due(self) -> int:
        """Close what was answered ten working days ago and nobody came back to; how many.

        Whoever holds the ticket may still bring it back. None by a clock that may be wrong.
        """
        now = self._clock.stamp()
        if not may_erase(now, self._journal.newest_at()):
            return 0
        return self._all(lambda: self._close(now.at))

    def _all(self, erase: Callable[[], int]) -> int:
        erased = 0
        while found := self._writer.run(erase):
            erased += found
        return erased

    def _end_of_last_day(self, now: dt.datetime) -> dt.datetime:
        today = self._office.business_date(now)
        last = last_day_to_erase(today, self._office.notice.identity_kept_months)
        return dt.datetime.combine(last, dt.time(), self._office.zone) + dt.timedelta(days=1)

    # Inside a function of the writer --------------------------------------------------------

    def _close(self, now: dt.datetime) -> int:
        waits = among(Row.state, rows.ANSWERED)
        opening, zone = self._office.opening, self._office.zone
        due = [
            row
            for row in Row.select().where(waits).order_by(Row.answered_at)
            if rules.closes_at(row.answered_at, opening, zone) < now
        ][:BATCH]
        closed = {"state": ComplaintState.CLOSED, "closed_at": now}
        Row.update(closed).where(Row.id.in_([row.id for row in due])).execute()
        for row in due:
            self._recorder.fact("complaint.closed", rows.subject(row), by=SYSTEM)
        return len(due)

    def _erase_contacts(self, before: dt.datetime) -> int:
        known = Row.contact.is_null(False) & (Row.answered_at < before)
        found = list(Row.select().where(known).limit(BATCH))
        self._write(found, {"contact": None}, "complaint.contact_erased")
        return len(found)

    def _forget(self, before: dt.datetime) -> int:
        is_old = Row.forgotten_at.is_null() & (Row.answered_at < before)
        found = list(Row.select().where(is_old, among(Row.state, rows.DONE)).limit(BATCH))
        noted = ComplaintNote.complaint.in_([row.id for row in found])
        ComplaintNote.delete().where(noted).execute()  # type: ignore[misc]
        gone = NOTHING | {"contact": None, "code": None, "forgotten_at": self._clock.now()}
        self._write(found, gone, "complaint.forgotten")
        return len(found)

    def _write(self, found: list[Row], values: Mapping[str, object], action: str) -> None:
        Row.update(values).where(Row.id.in_([row.id for row in found])).execute()
        for row in found:
            self._recorder.note(action, rows.subject(row), by=SYSTEM)
