"""Complaints and suggestions: put into the box, followed by ticket, answered."""

import uuid as uuids
from collections.abc import Mapping

from appliance import codes
from appliance.actor import Actor
from appliance.clock import Clock
from appliance.complaints import rules
from appliance.complaints.rules import Complaint, ComplaintState
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import checked
from appliance.record import Recorder
from appliance.storage.models import Complaint as Row
from appliance.storage.once import once
from appliance.storage.writer import Writer

MOST_LISTED = 200


class ComplaintService:
    """The box is anonymous: a complaint knows no visit, and a contact only if one was left."""

    def __init__(self, *, writer: Writer, clock: Clock, recorder: Recorder) -> None:
        self._writer = writer
        self._clock = clock
        self._recorder = recorder

    def make(self, form: Mapping[str, str], *, by: Actor, idempotency_key: str = "") -> Complaint:
        """Put a complaint (`topic`, `body`, `contact`) into the box.

        The same key again returns the first one. Raises Invalid with every problem at once.
        """
        problems = {}
        topic = form.get("topic", "")
        if topic not in rules.TOPIC_CODES:
            problems["topic"] = rules.CHOOSE_TOPIC
        try:
            texts = checked(form, rules.FIELDS)
        except Invalid as invalid:
            raise Invalid(problems | invalid.problems) from None
        if problems:
            raise Invalid(problems)

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

    def inbox(self) -> tuple[Complaint, ...]:
        """What waits first, by due date, then what is answered, the newest first; at most 200."""
        waiting = Row.state != ComplaintState.ANSWERED
        open_rows = list(Row.select().where(waiting).order_by(Row.due_at, Row.id))
        done = Row.select().where(~waiting).order_by(Row.answered_at.desc())
        rows = open_rows + list(done.limit(max(0, MOST_LISTED - len(open_rows))))
        return tuple(_complaint(row) for row in rows)

    def waiting(self) -> int:
        """How many are not answered yet."""
        return int(Row.select().where(Row.state != ComplaintState.ANSWERED).count())

    def take(self, complaint_id: int, *, by: Actor) -> None:
        """Somebody looks into it. Once more changes nothing; raises NotFound."""

        def change() -> None:
            row = _row(complaint_id)
            if row.state == ComplaintState.NEW:
                row.state = ComplaintState.IN_HAND
                row.save(only=[Row.state])
                self._recorder.note("complaint.taken", _subject(row), by=by)

        self._writer.run(change)

    def answer(self, complaint_id: int, text: str, *, by: Actor) -> None:
        """Answer it, once. Raises Invalid, NotFound, Refused when it is answered already."""
        answer = checked({"answer": text}, rules.ANSWER_FIELDS)["answer"]

        def change() -> None:
            row = _row(complaint_id)
            if row.state == ComplaintState.ANSWERED:
                raise Refused(N_("Pengaduan ini sudah dijawab."))
            row.state, row.answer = ComplaintState.ANSWERED, answer
            row.answered_at, row.answered_by = self._clock.now(), by.name
            row.save(only=[Row.state, Row.answer, Row.answered_at, Row.answered_by])
            self._recorder.fact("complaint.answered", _subject(row), by=by)

        self._writer.run(change)


def _row(complaint_id: int) -> Row:
    row = Row.get_or_none(Row.id == complaint_id)
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
