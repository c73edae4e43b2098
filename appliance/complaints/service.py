"""Complaints and suggestions: put into the box, followed by ticket, answered."""

import uuid as uuids
from collections.abc import Mapping

from appliance import codes
from appliance.actor import Actor
from appliance.complaints import rules
from appliance.complaints.rules import Complaint, ComplaintState
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.record import Books
from appliance.storage.models import Complaint as Row
from appliance.storage.once import once

MOST_LISTED = 200


class ComplaintService:
    """The box is anonymous: a complaint knows no visit, and a contact only if one was left."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def make(self, form: Mapping[str, str], *, by: Actor, idempotency_key: str = "") -> Complaint:
        """Put a complaint (`topic`, `body`, `contact`) into the box.

        The same key again returns the first one. Raises Invalid with every problem at once.
        """
        topic = form.get("topic", "")
        wrong = {} if topic in rules.TOPIC_CODES else {"topic": rules.CHOOSE_TOPIC}
        texts = checked(form, rules.FIELDS, found=wrong)

        def keep() -> str:
            now = self._clock.now()
            row = Row.create(
                uuid=str(uuids.uuid4()),
                code=codes.new_short_code(),
                topic=topic,
                body=texts["body"],
                contact=texts["contact"] or None,
                state=ComplaintState.NEW,
                created_at=now,
                due_at=rules.due_at(now),
            )
            self._recorder.fact("complaint.made", _subject(row), {"topic": topic}, by=by)
            return str(row.code)

        write = self._writer.run
        code = write(lambda: once("complaint", idempotency_key, self._clock, keep))
        return self.by_code(code)

    def by_code(self, text: str) -> Complaint:
        """The complaint with this ticket, as typed. Raises NotFound."""
        code = codes.parse_short_code(text)
        row = Row.get_or_none(Row.code == code) if code else None
        if row is None:
            raise NotFound(N_("Nomor tiket pengaduan tidak ditemukan. Periksa lagi nomornya."))
        return _complaint(row)

    def inbox(self, *, by: Actor) -> tuple[Complaint, ...]:
        """What waits first, by due date, then what is answered, the newest first; at most 200.

        Only what this person may read. The look is journalled, since contacts are shown with it.
        """
        waits, readable = Row.state != ComplaintState.ANSWERED, _readable(by)
        rows = list(
            Row.select().where(waits, readable).order_by(Row.due_at, Row.id).limit(MOST_LISTED)
        )
        done = Row.select().where(~waits, readable).order_by(Row.answered_at.desc(), Row.id.desc())
        rows += list(done.limit(MOST_LISTED - len(rows)))
        detail = {"shown": len(rows)}
        self._writer.run(
            lambda: self._recorder.note("complaints.read", "complaints", by=by, detail=detail)
        )
        return tuple(_complaint(row) for row in rows)

    def waiting(self, *, by: Actor) -> int:
        """How many that this person may read are not answered yet."""
        waits = Row.state != ComplaintState.ANSWERED
        return int(Row.select().where(waits, _readable(by)).count())

    def take(self, complaint_id: int, *, by: Actor) -> None:
        """Somebody looks into it. Once more changes nothing; raises NotFound."""

        def change() -> None:
            row = _row(complaint_id, by)
            if row.state == ComplaintState.NEW:
                row.state = ComplaintState.IN_HAND
                row.save(only=[Row.state])
                self._recorder.note("complaint.taken", _subject(row), by=by)

        self._writer.run(change)

    def answer(self, complaint_id: int, text: str, *, by: Actor) -> None:
        """Answer it, once; the same answer again changes nothing.

        Raises Invalid, NotFound, Refused when it was answered in other words.
        """
        answer = checked({"answer": text}, rules.ANSWER_FIELDS)["answer"]

        def change() -> None:
            row = _row(complaint_id, by)
            if row.state == ComplaintState.ANSWERED and row.answer == answer:
                return
            if row.state == ComplaintState.ANSWERED:
                raise Refused(N_("Pengaduan ini sudah dijawab."))
            row.state, row.answer = ComplaintState.ANSWERED, answer
            row.answered_at, row.answered_by = self._clock.now(), by.name
            row.save(only=[Row.state, Row.answer, Row.answered_at, Row.answered_by])
            self._recorder.fact("complaint.answered", _subject(row), by=by)

        self._writer.run(change)


def _readable(by: Actor) -> object:
    return Row.topic.not_in(tuple(rules.hidden_topics(by.role)))


def _row(complaint_id: int, by: Actor) -> Row:
    row = Row.get_or_none(Row.id == complaint_id, _readable(by))
    if row is None:
        raise NotFound(N_("Pengaduan itu tidak ada."))
    return row


def _subject(row: Row) -> str:
    return f"complaint/{row.uuid}"


def _complaint(row: Row) -> Complaint:
    return Complaint(
        id=row.id,
        code=row.code,
        topic=row.topic,
        body=row.body,
        contact=row.contact or "",
        state=ComplaintState(row.state),
        created_at=row.created_at,
        due_at=row.due_at,
        answer=row.answer,
        answered_at=row.answered_at,
    )
