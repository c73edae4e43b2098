"""Complaints and suggestions as their writers see them: put into the box, followed by ticket."""

import datetime as dt
import uuid as uuids
from collections.abc import Callable, Mapping

from appliance import codes
from appliance.actor import ANYONE, Actor
from appliance.complaints import figures, rows, rules, topics
from appliance.complaints.handling import ComplaintHandling
from appliance.complaints.rules import (
    Channel,
    Complaint,
    ComplaintFigures,
    ComplaintKind,
    ComplaintState,
)
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
        kind, texts = _checked(form, {})
        what = {"kind": kind, "topic": form["topic"], **texts}
        return self._put_in(what, Channel.BOX, None, by=by, key=idempotency_key)

    def enter(self, form: Mapping[str, str], *, by: Actor, idempotency_key: str = "") -> Complaint:
        """What reached the office another way, typed by an officer; as `make`.

        `channel` says which way, `received_on` on which day (ISO, empty for today): the days of
        its answer run from then. Raises Invalid with every problem at once.
        """
        wrong = {}
        if form.get("channel") not in dict(rules.ENTERED):
            wrong["channel"] = rules.CHOOSE_CHANNEL
        today = self._office.business_date(self._clock.now())
        date = rules.received_on(form.get("received_on", ""), today)
        if date is None:
            wrong["received_on"] = rules.NOT_A_DAY
        kind, texts = _checked(form, wrong)
        what = {"kind": kind, "topic": form["topic"], **texts}
        channel = Channel(form["channel"])
        return self._put_in(what, channel, date, by=by, key=idempotency_key)

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

    def _put_in(
        self,
        what: Mapping[str, str],
        channel: Channel,
        date: dt.date | None,
        *,
        by: Actor,
        key: str,
    ) -> Complaint:
        def keep() -> str:
            now = self._clock.now()
            came = now if date is None else self._on(date, now)
            row = Row.create(
                uuid=str(uuids.uuid4()),
                code=codes.new_short_code(),
                **{**what, "contact": what["contact"] or None},
                state=ComplaintState.NEW,
                created_at=came,
                first_due_at=self._due_at(came, rules.FIRST_DAYS),
                due_at=self._answer_due_at(came, ComplaintKind(what["kind"]), needs_check=False),
                channel=channel,
                entered_by=None if date is None else by.name,
            )
            told = {"kind": what["kind"], "topic": what["topic"]}
            if date is not None:
                told |= {"channel": str(channel), "received_on": date.isoformat()}
            self._recorder.fact("complaint.made", rows.subject(row), told, by=by)
            return str(row.id)

        write = self._writer.run
        made = write(lambda: once("complaint", key, self._clock, keep))
        return rows.complaint(Row.get_by_id(int(made)))

    def _on(self, date: dt.date, now: dt.datetime) -> dt.datetime:
        """Noon of an earlier day, since nobody knows better; this moment for today."""
        if date == self._office.business_date(now):
            return now
        return dt.datetime.combine(date, dt.time(12), self._office.zone)

    def _by_holder(self, code: str, change: Callable[[Row], str]) -> Complaint:
        """Change the complaint of a ticket; `change` returns the event, empty for nothing new."""

        def write() -> Complaint:
            row = _with(code)
            if event := change(row):
                row.save()
                self._recorder.fact(event, rows.subject(row), by=ANYONE)
            return rows.complaint(row)

        return self._writer.run(write)


def _checked(form: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The kind and the texts of a form. Raises Invalid with `found` among the problems."""
    kind, wrong = form.get("kind", "") or str(ComplaintKind.COMPLAINT), dict(found)
    if kind not in list(ComplaintKind):
        wrong["kind"] = rules.CHOOSE_KIND
    if form.get("topic", "") not in topics.CODES:
        wrong["topic"] = rules.CHOOSE_TOPIC
    return kind, checked(form, rules.FIELDS, found=wrong)


def _with(text: str) -> Row:
    code = codes.parse_short_code(text)
    row = Row.get_or_none(Row.code == code) if code else None
    if row is None:
        raise NotFound(UNKNOWN)
    return row
