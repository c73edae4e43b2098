"""Complaints as staff handle them: taken in hand, noted, answered, closed."""

import datetime as dt

from appliance.actor import Actor, Role
from appliance.complaints import rows, rules, topics
from appliance.complaints.rules import Complaint, ComplaintKind, ComplaintState, Note
from appliance.errors import N_, Invalid, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Complaint as Row
from appliance.storage.models import ComplaintNote, Staff

MOST_LISTED = 200
HANDLERS = (Role.OFFICER, Role.ADMIN)
DONE = N_("Pengaduan ini sudah dijawab.")


class ComplaintHandling:
    """What of one topic or another a person may not read is not there for them."""

    def __init__(self, *, books: Books, office: Office) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office

    def inbox(self, *, by: Actor) -> tuple[Complaint, ...]:
        """What waits first, by due date, then what is answered, the newest first; at most 200.

        Only what this person may read.
        """
        found = rows.waiting(by, MOST_LISTED)
        found += rows.done(by, MOST_LISTED - len(found))
        return tuple(rows.complaint(row) for row in found)

    def waiting(self, *, by: Actor) -> int:
        """How many that this person may read are not answered yet."""
        is_waiting = among(Row.state, rows.WAITING)
        return int(Row.select().where(is_waiting, rows.readable(by)).count())

    def open(self, complaint_id: int, *, by: Actor) -> tuple[Complaint, tuple[Note, ...]]:
        """One complaint with its internal notes. Raises NotFound.

        The look is journalled, since what was written and the contact are shown with it.
        """
        row = rows.row(complaint_id, by)
        write = self._writer.run
        write(lambda: self._recorder.note("complaint.read", rows.subject(row), by=by))
        return rows.complaint(row), rows.notes(row.id)

    def handlers(self, complaint_id: int, *, by: Actor) -> tuple[tuple[str, str], ...]:
        """Who may handle it: user name and name as shown. Raises NotFound."""
        topic = rows.row(complaint_id, by).topic
        people = Staff.select().where(Staff.active, Staff.role.in_([str(r) for r in HANDLERS]))
        return tuple(
            (person.username, person.display_name)
            for person in people.order_by(Staff.display_name)
            if topic not in topics.hidden_from(Role(person.role))
        )

    def take(self, complaint_id: int, *, by: Actor) -> None:
        """Somebody looks into it. Once more changes nothing; raises NotFound."""

        def change() -> None:
            row = rows.row(complaint_id, by)
            if row.state == ComplaintState.NEW:
                self._take(row, by.name)
                self._recorder.note("complaint.taken", rows.subject(row), by=by)

        self._writer.run(change)

    def assign(self, complaint_id: int, username: str, *, by: Actor) -> None:
        """Somebody is to look into it; the same person again changes nothing.

        Raises Invalid for somebody who may not, NotFound, Refused once it is answered.
        """

        def change() -> None:
            row = self._waiting_row(complaint_id, by)
            if username not in dict(self.handlers(complaint_id, by=by)):
                raise Invalid({"handler": N_("Pilih petugas yang menangani.")})
            if row.handler != username:
                self._take(row, username)
                detail = {"handler": username}
                self._recorder.note("complaint.assigned", rows.subject(row), by=by, detail=detail)

        self._writer.run(change)

    def set_check(self, complaint_id: int, *, needs_check: bool, by: Actor) -> None:
        """Say whether somebody has to look outside of the office, which takes 60 days.

        Only of complaints. Raises NotFound, Refused once it is answered.
        """

        def change() -> None:
            row = self._waiting_row(complaint_id, by)
            kind = ComplaintKind(row.kind)
            if kind is not ComplaintKind.COMPLAINT:
                raise Refused(N_("Hanya pengaduan yang dapat memerlukan pemeriksaan lapangan."))
            if bool(row.needs_check) == needs_check:
                return
            row.needs_check = needs_check
            start = row.reopened_at or row.created_at
            row.due_at = self._answer_due_at(start, kind, needs_check=needs_check)
            row.save(only=[Row.needs_check, Row.due_at])
            detail = {"needs_check": needs_check}
            self._recorder.note("complaint.checked", rows.subject(row), by=by, detail=detail)

        self._writer.run(change)

    def note(self, complaint_id: int, text: str, *, by: Actor) -> None:
        """Write something for the other officers; the same words in a row are one note.

        Raises Invalid, NotFound.
        """
        words = checked({"note": text}, rules.NOTE_FIELDS)["note"]

        def keep() -> None:
            row = rows.row(complaint_id, by)
            before = rows.notes(row.id)[-1:]
            if before and (before[0].by, before[0].words) == (by.name, words):
                return
            now = self._clock.now()
            ComplaintNote.create(complaint=row.id, at=now, by=by.name, words=words)
            self._recorder.note("complaint.noted", rows.subject(row), by=by)

        self._writer.run(keep)

    def answer(self, complaint_id: int, text: str, *, by: Actor) -> None:
        """Answer it, once; the same answer again changes nothing.

        Raises Invalid, NotFound, Refused when it was answered in other words.
        """
        answer = checked({"answer": text}, rules.ANSWER_FIELDS)["answer"]

        def change() -> None:
            row = rows.row(complaint_id, by)
            if not ComplaintState(row.state).is_waiting:
                if row.answer == answer:
                    return
                raise Refused(DONE)
            row.state, row.answer = ComplaintState.ANSWERED, answer
            row.answered_at, row.answered_by = self._clock.now(), by.name
            row.taken_at = row.taken_at or row.answered_at
            row.save()
            self._recorder.fact("complaint.answered", rows.subject(row), by=by)

        self._writer.run(change)

    def closes_at(self, complaint: Complaint) -> dt.datetime | None:
        """When it closes by itself; None while no answer waits for a word of its holder."""
        if complaint.state is not ComplaintState.ANSWERED or complaint.answered_at is None:
            return None
        return rules.closes_at(complaint.answered_at, self._office.opening, self._office.zone)

    def close(self, complaint_id: int, *, by: Actor) -> None:
        """There is nothing more to say; once more changes nothing. Raises NotFound, Refused."""

        def change() -> None:
            row = rows.row(complaint_id, by)
            if event := self._closed(row):
                row.save(only=[Row.state, Row.closed_at])
                self._recorder.fact(event, rows.subject(row), by=by)

        self._writer.run(change)

    def _closed(self, row: Row) -> str:
        """Close the row; the event, empty when it was closed before."""
        if row.state == ComplaintState.CLOSED:
            return ""
        if row.state != ComplaintState.ANSWERED:
            raise Refused(N_("Jawab dahulu pengaduan ini, baru dapat ditutup."))
        row.state, row.closed_at = ComplaintState.CLOSED, self._clock.now()
        return "complaint.closed"

    def _take(self, row: Row, username: str) -> None:
        row.state, row.handler = ComplaintState.IN_HAND, username
        row.taken_at = row.taken_at or self._clock.now()
        row.save(only=[Row.state, Row.handler, Row.taken_at])

    def _waiting_row(self, complaint_id: int, by: Actor) -> Row:
        row = rows.row(complaint_id, by)
        if not ComplaintState(row.state).is_waiting:
            raise Refused(DONE)
        return row

    def _answer_due_at(
        self, start: dt.datetime, kind: ComplaintKind, *, needs_check: bool
    ) -> dt.datetime:
        return self._due_at(start, rules.answer_days(kind, needs_check=needs_check))

    def _due_at(self, start: dt.datetime, days: int) -> dt.datetime:
        return rules.due_at(start, days, self._office.opening, self._office.zone)
