"""What is forgotten of a complaint, and when."""

import datetime as dt
from collections.abc import Mapping

from appliance.actor import Actor
from appliance.complaints import rows
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Complaint as Row
from appliance.storage.models import ComplaintNote

BATCH = 500  # in one transaction, so that nobody waits for it
NOTHING = {"body": "", "reopen_words": "", "answer": "", "earlier_answer": ""}


class ComplaintKeeping:
    """Erases contacts and words; the counts and their dates stay for the reports."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def erase_contacts(self, before: dt.datetime, *, by: Actor) -> int:
        """Contacts of what was answered before this moment; how many that were."""

        def erase() -> int:
            known = Row.contact.is_null(False) & (Row.answered_at < before)
            found = list(Row.select().where(known).limit(BATCH))
            self._write(found, {"contact": None}, "complaint.contact_erased", by)
            return len(found)

        return self._writer.run(erase)

    def forget(self, before: dt.datetime, *, by: Actor) -> int:
        """Everything that was written in what was answered before this moment; how many.

        Its ticket opens nothing from now on.
        """

        def erase() -> int:
            is_old = Row.forgotten_at.is_null() & (Row.answered_at < before)
            found = list(Row.select().where(is_old, among(Row.state, rows.DONE)).limit(BATCH))
            ids = [row.id for row in found]
            noted = ComplaintNote.complaint.in_(ids)
            ComplaintNote.delete().where(noted).execute()  # type: ignore[misc]
            gone = NOTHING | {"contact": None, "code": None, "forgotten_at": self._clock.now()}
            self._write(found, gone, "complaint.forgotten", by)
            return len(found)

        return self._writer.run(erase)

    def _write(
        self, found: list[Row], values: Mapping[str, object], action: str, by: Actor
    ) -> None:
        Row.update(values).where(Row.id.in_([row.id for row in found])).execute()
        for row in found:
            self._recorder.note(action, rows.subject(row), by=by)
