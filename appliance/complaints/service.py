"""Complaints and suggestions as their writers see them: put into the box, followed by ticket."""

import datetime as dt
import uuid as uuids
from collections.abc import Callable, Mapping

from appliance import codes
from appliance.actor import ANYONE, Actor
from appliance.complaints import figures, rows, rules, topics
from appliance.complaints.handling import ComplaintHandling
from appliance.complaints.rules import Complaint, ComplaintFigures, ComplaintKind, ComplaintState
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.storage.models import Complaint as Row
from appliance.storage.once import once

UNKNOWN = N_("Nomor tiket pengaduan tidak ditemukan. Periksa lagi nomornya.")
ONCE_ONLY = N_("Pengaduan ini hanya dapat dibuka kembali satu kali, sesudah dijawab.")


class ComplaintService(ComplaintHandling):
    """The box is anonymous: a complaint knows no visit, and a contact only if one was left."""

    def make(self, form: Mapping[str, str], *, by: Actor, idempotency_key: str = "") -> Complaint:
        """Put a complaint (`kind`, `topic`, `body`, `contact`) into the box.

        Without `kind` it is a complaint. The same key again returns the first one. Raises Invalid
        with every problem at once.
        """
        kind, topic = form.get("kind", "") or ComplaintKind.COMPLAINT, form.get("topic", "")
        wrong = {} if kind in list(ComplaintKind) else {"kind": rules.CHOOSE_KIND}
        if topic not in topics.CODES:
            wrong["topic"] = rules.CHOOSE_TOPIC
        texts = checked(form, rules.FIELDS, found=wrong)

        def keep() -> str:
            now = self._clock.now()
            row = Row.create(
                uuid=str(uuids.uuid4()),
                code=codes.new_short_code(),
                kind=kind,
                topic=topic,
                body=texts["body"],
                contact=texts["contact"] or None,
                state=ComplaintState.NEW,
                created_at=now,
                first_due_at=self._due_at(now, rules.FIRST_DAYS),
                due_at=self._answer_due_at(now, ComplaintKind(kind), needs_check=False),
            )
            told = {"kind": str(kind), "topic": topic}
            self._recorder.fact("complaint.made", rows.subject(row), told, by=by)
            return str(row.id)

        write = self._writer.run
        made = write(lambda: once("complaint", idempotency_key, self._clock, keep))
        return rows.complaint(Row.get_by_id(int(made)))

    def by_code(self, text: str) -> Complaint:
        """The complaint with this ticket, as typed. Raises NotFound."""
        return rows.complaint(_with(text))

    def reopen(self, code: str, words: str) -> Complaint:
        """The holder of the ticket says that the answer is none; its days begin again, once.

        The same words again change nothing. Raises Invalid, NotFound, Refused.
        """
        said = checked({"words": words}, rules.REOPEN_FIELDS)["words"]

        def change(row: Row) -> str:
            if row.state == ComplaintState.IN_HAND and row.reopen_words == said:
                return ""
            if not rows.complaint(row).may_reopen:
                raise Refused(ONCE_ONLY)
            now = self._clock.now()
            row.state, row.reopened_at, row.reopen_words = ComplaintState.IN_HAND, now, said
            row.earlier_answer, row.answer = row.answer, ""
            row.answered_at = row.answered_by = row.closed_at = None
            kind = ComplaintKind(row.kind)
            row.due_at = self._answer_due_at(now, kind, needs_check=bool(row.needs_check))
            return "complaint.reopened"

        return self._by_holder(code, change)

    def accept(self, code: str) -> Complaint:
        """The holder of the ticket is content; once more changes nothing. Raises as `reopen`."""

        def change(row: Row) -> str:
            return self._closed(row)

        return self._by_holder(code, change)

    def withdraw_contact(self, code: str) -> Complaint:
        """The holder of the ticket does not want to be reached any more. Raises NotFound."""

        def change() -> Complaint:
            row = _with(code)
            if row.contact is not None:
                row.contact = None
                row.save(only=[Row.contact])
                self._recorder.note("complaint.contact_erased", rows.subject(row), by=ANYONE)
            return rows.complaint(row)

        return self._writer.run(change)

    def figures(self, start: dt.datetime, end: dt.datetime) -> tuple[ComplaintFigures, ...]:
        """What came from `start` to before `end`, one for each kind that came at all."""
        return figures.count(start, end, self._clock.now())

    def _by_holder(self, code: str, change: Callable[[Row], str]) -> Complaint:
        """Change the complaint of a ticket; `change` returns the event, empty for nothing new."""

        def write() -> Complaint:
            row = _with(code)
            if event := change(row):
                row.save()
                self._recorder.fact(event, rows.subject(row), by=ANYONE)
            return rows.complaint(row)

        return self._writer.run(write)


def _with(text: str) -> Row:
    code = codes.parse_short_code(text)
    row = Row.get_or_none(Row.code == code) if code else None
    if row is None:
        raise NotFound(UNKNOWN)
    return row
