"""Softcopy requests: made by visitors, answered by staff, followed and picked up by code."""

import uuid as uuids
from collections.abc import Mapping
from dataclasses import asdict

from peewee import Expression

from appliance import codes
from appliance.actor import Actor
from appliance.catalogue.service import CatalogueService
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.record import Books
from appliance.requests import form as forms
from appliance.requests.book import NOT_FOUND, RequestBook, row_by_code, row_of, subject, view
from appliance.requests.choices import ASKED_FOR_NATIONAL
from appliance.requests.files import AnswerFiles
from appliance.requests.form import Wish
from appliance.requests.rules import ENDED, UNANSWERED, Reason, RequestState
from appliance.requests.views import FileState, SoftcopyRequest
from appliance.storage.among import among
from appliance.storage.models import SoftcopyRequest as Row
from appliance.storage.once import once
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

MOST_LISTED = 200
MOST_OF_A_VISIT = 20  # more is no asking, and every one is somebody's work
WITHOUT_FILE = (RequestState.ANSWERED, RequestState.CANCELLED, RequestState.REFUSED)
CODED = ("source", "level", "period", "year_from", "year_to", "national")


class RequestService:
    """Requests outlive their visit: what was asked for is answered after the visitor has gone."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        catalogue: CatalogueService,
        files: AnswerFiles,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._catalogue = catalogue
        self._files = files
        self._book = RequestBook(books=books, office=office)

    def make(
        self,
        visit_id: int,
        form: Mapping[str, str],
        *,
        by: Actor,
        publication_id: int | None = None,
        idempotency_key: str = "",
    ) -> SoftcopyRequest:
        """Ask for a softcopy by the fields of form.py; a publication fills in its title.

        The same key again returns the first request, and so does asking once more for what this
        visit still waits for: an address and a purpose that were put right on the way are kept.
        Raises Invalid with every problem at once, NotFound for an unknown publication, Refused
        when the visit is closed or has asked for very much. The promise clock runs on: who asks
        by phone still waits for an officer.
        """
        fields, numbers = dict(form), dict[str, object]()
        if publication_id is not None:
            card = self._catalogue.get(publication_id)
            fields["wanted"], numbers = card.title, card.numbers
        wish = forms.check(fields)

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            row = self._book.same(visit.id, publication_id, wish)
            if row is not None:
                self._put_right(row, wish, by=by)
                return str(row.id)
            columns = _columns(wish, visit) | {"publication": publication_id}
            return str(self._begin(visit, columns, numbers, by=by).id)

        scope = f"request/{visit_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, keep))
        return self.get(int(made))

    def get(self, request_id: int) -> SoftcopyRequest:
        """One request. Raises NotFound."""
        return view(row_of(request_id))

    def by_code(self, text: str) -> SoftcopyRequest:
        """The request behind a typed code. Raises NotFound, also for one that is forgotten."""
        code = codes.parse_short_code(text)
        if code is None:
            raise NotFound(NOT_FOUND)
        return view(row_by_code(code))

    def of_visit(self, visit_id: int) -> tuple[SoftcopyRequest, ...]:
        """What this visit has asked for, the newest first."""
        rows = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc())
        return tuple(view(row) for row in rows)

    def unanswered(self) -> tuple[SoftcopyRequest, ...]:
        """What somebody has still to do something about, the oldest first; at most 200."""
        rows = Row.select().where(_is_unanswered()).order_by(Row.id)
        return tuple(view(row) for row in rows.limit(MOST_LISTED))

    def ready(self) -> tuple[SoftcopyRequest, ...]:
        """What lies there to be picked up, the oldest first; at most 200."""
        rows = Row.select().where(_is_ready()).order_by(Row.id)
        return tuple(view(row) for row in rows.limit(MOST_LISTED))

    def ended(self) -> tuple[SoftcopyRequest, ...]:
        """What is done with, the newest first; at most 200."""
        rows = Row.select().where(among(Row.state, ENDED)).order_by(Row.changed_at.desc())
        return tuple(view(row) for row in rows.limit(MOST_LISTED))

    def waiting(self) -> int:
        """How many wait for staff."""
        return int(Row.select().where(_is_unanswered()).count())

    def waiting_to_be_fetched(self) -> int:
        """How many lie there to be picked up."""
        return int(Row.select().where(_is_ready()).count())

    def look_at(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """One request with its address; the look is journalled. Raises NotFound."""
        found = row_of(request_id)
        self._writer.run(lambda: self._recorder.note("request.read", subject(found), by=by))
        return view(found)

    def take(self, request_id: int, *, seen: str, by: Actor) -> SoftcopyRequest:
        """Look after a request; `seen` is who did so far, as the screen showed it.

        Raises NotFound, Refused when somebody else has taken it since, or it is answered.
        """

        def change() -> SoftcopyRequest:
            row = row_of(request_id)
            if row.taken_by == by.name:
                return view(row)
            if row.state not in UNANSWERED:
                raise Refused(N_("Permintaan ini sudah ditangani."))
            if (row.taken_by or "") != seen:
                raise Refused(N_("Sudah diambil oleh %(who)s."), who=row.taken_by)
            self._book.set(row, taken_by=by.name)
            self._recorder.note("request.taken", subject(row), by=by)
            return view(row)

        return self._writer.run(change)

    def wait_for_line(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """It can be answered only when the office is connected. Raises NotFound, Refused."""
        return self._step(request_id, RequestState.WAITING, by=by)

    def pass_on(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """It was sent on to who can answer it. Raises NotFound, Refused."""
        return self._step(request_id, RequestState.SENT, by=by)

    def answer(self, request_id: int, note: str, *, by: Actor) -> SoftcopyRequest:
        """Answer in words, without a file. Raises NotFound, Invalid without words, Refused."""
        text = checked({"note": note}, forms.ANSWER)["note"]
        return self._step(request_id, RequestState.ANSWERED, by=by, note=text)

    def refuse(
        self, request_id: int, reason: Reason | str, note: str = "", *, by: Actor
    ) -> SoftcopyRequest:
        """Refuse for one of the reasons, or another in the officer's words.

        Raises NotFound, Invalid (`reason`, `note`), Refused when it was handled in another way.
        """
        found, text = forms.check_refusal(reason, note)
        return self._step(request_id, RequestState.REFUSED, by=by, reason=found, note=text)

    def cancel(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """Its visitor does not want it any more. Raises NotFound, Refused."""
        return self._step(request_id, RequestState.CANCELLED, by=by)

    def deliver(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """Its visitor has what was asked for. Raises NotFound, Refused."""
        return self._step(request_id, RequestState.DELIVERED, by=by)

    def judge(self, text: str, form: Mapping[str, str], *, by: Actor) -> SoftcopyRequest:
        """What the holder of the code says of an answer, by `outcome` and `quality`; once.

        The same once more changes nothing. Raises NotFound, Invalid, Refused before it is answered
        and after it was judged.
        """
        verdict = forms.check_verdict(form)
        request_id = self.by_code(text).id

        def change() -> SoftcopyRequest:
            row = row_of(request_id)
            if (row.outcome, row.quality) == (verdict.outcome, verdict.quality):
                return view(row)
            if row.state not in ENDED or row.outcome:
                raise Refused(N_("Permintaan ini belum dijawab, atau sudah dinilai."))
            self._book.set(row, outcome=verdict.outcome, quality=verdict.quality)
            data = {name: value for name, value in asdict(verdict).items() if value is not None}
            self._recorder.fact("request.judged", subject(row), data, by=by)
            return view(row)

        return self._writer.run(change)

    def _begin(
        self, visit: VisitCard, columns: dict[str, object], numbers: dict[str, object], *, by: Actor
    ) -> Row:
        _check_share(visit.id)
        row = Row.create(
            uuid=str(uuids.uuid4()),
            code=codes.new_short_code(),
            visit=visit.id,
            state=RequestState.NEW,
            created_at=self._clock.now(),
            **columns,
        )
        coded = {name: getattr(row, name) for name in CODED}
        data = {name: value for name, value in (numbers | coded).items() if value}
        self._recorder.fact("request.made", subject(row), data, by=by)
        return row

    def _put_right(self, row: Row, wish: Wish, *, by: Actor) -> None:
        """Who goes back in the browser and sends again means the last that was typed."""
        typed = {"purpose": wish.purpose, "email": wish.email or None}
        changed = {name: said for name, said in typed.items() if getattr(row, name) != said}
        if changed and row.state in UNANSWERED:
            self._book.set(row, **changed)
            detail = {"fields": sorted(changed)}
            self._recorder.note("request.changed", subject(row), by=by, detail=detail)

    def _step(
        self, request_id: int, target: RequestState, *, by: Actor, **values: object
    ) -> SoftcopyRequest:
        def change() -> SoftcopyRequest:
            row = row_of(request_id)
            self._book.step(row, target, by=by, **values)
            if self._needs_no_file(row.id, target):
                self._files.drop(row, by=by)
            return view(row)

        made = self._writer.run(change)
        self._files.delete_dropped()
        return made

    def _needs_no_file(self, request_id: int, target: RequestState) -> bool:
        """Whether it ends without its file, as what was handed over before that was ready."""
        file = self._files.of(request_id)
        is_late = file is not None and file.state is not FileState.READY
        return target in WITHOUT_FILE or (target is RequestState.DELIVERED and is_late)


def _columns(wish: Wish, visit: VisitCard) -> dict[str, object]:
    kept = asdict(wish) | {"email": wish.email or None}
    if visit.statistics.agency_category not in ASKED_FOR_NATIONAL:
        kept["national"] = ""
    return kept


def _check_share(visit_id: int) -> None:
    """Return when the visit may ask for more; raises Refused when it has asked for very much."""
    if Row.select().where(Row.visit == visit_id).count() >= MOST_OF_A_VISIT:
        raise Refused(
            N_("Satu kunjungan paling banyak %(limit)s permintaan. Tanyakan ke petugas."),
            limit=MOST_OF_A_VISIT,
        )


def _is_unanswered() -> Expression:
    return among(Row.state, UNANSWERED)


def _is_ready() -> Expression:
    condition: Expression = Row.state == RequestState.READY
    return condition
