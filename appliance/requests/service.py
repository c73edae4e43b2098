"""Softcopy requests: made by visitors, handled by staff."""

import uuid as uuids
from collections.abc import Mapping

from appliance.actor import Actor
from appliance.catalogue.service import CatalogueService
from appliance.email_address import email_address
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.record import Books
from appliance.requests import rules
from appliance.requests.rules import RequestState, SoftcopyRequest
from appliance.storage.models import SoftcopyRequest as Row
from appliance.storage.once import once
from appliance.visits.service import VisitService

MOST_LISTED = 200


class RequestService:
    """Requests outlive their visit: what was asked for is sent after the visitor has gone."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitService,
        catalogue: CatalogueService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._catalogue = catalogue

    def make(
        self,
        visit_id: int,
        form: Mapping[str, str],
        *,
        by: Actor,
        publication_id: int | None = None,
        idempotency_key: str = "",
    ) -> SoftcopyRequest:
        """Ask for a softcopy (`wanted`, `purpose`, `email`); a publication fills in its title.

        The same key again returns the first request. Raises Invalid with every problem at once,
        NotFound for an unknown publication, Refused when the visit is closed. The promise clock
        runs on: who asks by phone still waits for an officer.
        """
        fields = dict(form)
        if publication_id is not None:
            fields["wanted"] = self._catalogue.get(publication_id).title
        typed = fields.get("email", "").strip()
        email = email_address(typed) if typed else ""
        wrong = {"email": rules.BAD_EMAIL} if email is None else {}
        texts = checked(fields, rules.FIELDS, found=wrong)

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            row = Row.create(
                uuid=str(uuids.uuid4()),
                visit=visit.id,
                publication=publication_id,
                wanted=texts["wanted"],
                purpose=texts["purpose"],
                email=email or None,
                state=RequestState.NEW,
                created_at=self._clock.now(),
            )
            data = {"publication_id": publication_id}
            self._recorder.fact("request.made", _subject(row), data, by=by)
            return str(row.id)

        scope = f"request/{visit_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, keep))
        return self.get(int(made))

    def get(self, request_id: int) -> SoftcopyRequest:
        """One request. Raises NotFound."""
        return _request(_row(request_id))

    def of_visit(self, visit_id: int) -> tuple[SoftcopyRequest, ...]:
        """What this visit has asked for, the newest first."""
        rows = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc())
        return tuple(_request(row) for row in rows)

    def inbox(self, *, by: Actor) -> tuple[SoftcopyRequest, ...]:
        """What waits, the oldest first, then what is done, the newest first; at most 200.

        The look is journalled, since addresses are shown with it.
        """
        waits = Row.state == RequestState.NEW
        rows = list(Row.select().where(waits).order_by(Row.id).limit(MOST_LISTED))
        done = Row.select().where(~waits).order_by(Row.handled_at.desc(), Row.id.desc())
        rows += list(done.limit(MOST_LISTED - len(rows)))
        detail = {"shown": len(rows)}
        self._writer.run(
            lambda: self._recorder.note("requests.read", "requests", by=by, detail=detail)
        )
        return tuple(_request(row) for row in rows)

    def waiting(self) -> int:
        """How many wait for staff."""
        return int(Row.select().where(Row.state == RequestState.NEW).count())

    def handle(
        self, request_id: int, state: RequestState | str, *, by: Actor, note: str = ""
    ) -> SoftcopyRequest:
        """Mark a request sent, refused with a reason, or withdrawn.

        The same once more changes nothing. Raises NotFound, Invalid without a reason for a
        refusal, Refused when it was handled in another way.
        """
        target = RequestState(state)
        if target is RequestState.NEW:
            raise ValueError("a request cannot be made new again")
        fields = rules.REASON_FIELDS if target is RequestState.REFUSED else rules.NOTE_FIELDS
        text = checked({"note": note}, fields)["note"]

        def change() -> SoftcopyRequest:
            row = _row(request_id)
            if (row.state, row.note) == (target, text):
                return _request(row)
            if row.state != RequestState.NEW:
                raise Refused(N_("Permintaan ini sudah ditangani."))
            row.state, row.note = target, text
            row.handled_at, row.handled_by = self._clock.now(), by.name
            row.save(only=[Row.state, Row.note, Row.handled_at, Row.handled_by])
            data = {"state": str(target)}
            self._recorder.fact("request.handled", _subject(row), data, by=by)
            return _request(row)

        return self._writer.run(change)


def _row(request_id: int) -> Row:
    row = Row.get_or_none(Row.id == request_id)
    if row is None:
        raise NotFound(N_("Permintaan itu tidak ada."))
    return row


def _subject(row: Row) -> str:
    return f"request/{row.uuid}"


def _request(row: Row) -> SoftcopyRequest:
    return SoftcopyRequest(
        id=row.id,
        uuid=row.uuid,
        # Peewee makes both of these from the columns.
        visit_id=row.visit_id,  # type: ignore[attr-defined]
        publication_id=row.publication_id,  # type: ignore[attr-defined]
        wanted=row.wanted,
        purpose=row.purpose,
        email=row.email or "",
        state=RequestState(row.state),
        created_at=row.created_at,
        note=row.note,
    )
