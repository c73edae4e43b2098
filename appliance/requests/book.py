"""The rows of requests: looked up, and changed by the rules. For services and workers."""

from peewee import Expression

from appliance.actor import SYSTEM, Actor
from appliance.clock import keeps_until
from appliance.errors import N_, NotFound
from appliance.offices import Office
from appliance.record import Books
from appliance.requests import rules
from appliance.requests.form import Wish
from appliance.requests.rules import ENDED, RequestState
from appliance.requests.views import THERE, AnswerFile, FileState, SoftcopyRequest
from appliance.storage.among import among
from appliance.storage.models import RequestFile, RestrictedIdentity
from appliance.storage.models import SoftcopyRequest as Row

NOT_FOUND = N_("Permintaan itu tidak ada.")
COLUMNS = (
    "uuid", "publication_id", "wanted", "purpose", "area", "year_from", "year_to", "level",
    "period", "source", "national", "outcome", "quality", "created_at", "changed_at", "reason",
    "note", "keeps_until",
)  # fmt: skip
DETAILS = ("year_from", "year_to", "level", "period", "source")


class RequestBook:
    """Changes belong inside a function given to the writer."""

    def __init__(self, *, books: Books, office: Office) -> None:
        self._clock = books.clock
        self._recorder = books.recorder
        self._kept = office.requests.kept

    def step(self, row: Row, target: RequestState, *, by: Actor, **values: object) -> None:
        """Go on to another state and set these columns; the same once more changes nothing.

        Raises Refused when that does not follow.
        """
        now = RequestState(row.state)
        if now is target and all(getattr(row, name) == value for name, value in values.items()):
            return
        rules.check_step(now, target)
        self._go(row, target, by=by, **values)

    def reopen(self, row: Row, *, by: Actor) -> None:
        """What was received was the wrong file, which is gone: it waits for the right one."""
        self._go(row, RequestState.WAITING, by=by)

    def same(self, visit_id: int, publication_id: int | None, wish: Wish) -> Row | None:
        """The visit's request for the same, which is not over yet; None when there is none."""
        rows = Row.select().where(Row.visit == visit_id, ~among(Row.state, ENDED)).order_by(Row.id)
        asked = _meant(publication_id, wish)
        return next((row for row in rows if _meant(row.publication_id, row) == asked), None)

    def mailed(self, uuid: str) -> None:
        """A mail server has taken the answer of this request."""
        row = Row.get_or_none(Row.uuid == uuid)
        if row is not None and row.state == RequestState.READY:
            self.step(row, RequestState.DELIVERED, by=SYSTEM)

    def set(self, row: Row, **values: object) -> None:
        """Write these columns, nothing else."""
        for name, value in values.items():
            setattr(row, name, value)
        Row.update(**values).where(Row.id == row.id).execute()

    def _go(self, row: Row, target: RequestState, *, by: Actor, **values: object) -> None:
        stamp, was_ready = self._clock.stamp(), row.state == RequestState.READY
        changed = {"state": target, "changed_at": stamp.at, "changed_by": by.name} | values
        if target is RequestState.READY or target in ENDED:
            known = row.keeps_until if was_ready else None
            changed["keeps_until"] = keeps_until(known, stamp, self._kept)
        else:
            changed["keeps_until"] = None
        self.set(row, **changed)
        data = {"state": str(target)} | ({"reason": row.reason} if row.reason else {})
        self._recorder.fact("request.handled", subject(row), data, by=by)


def row_of(request_id: int) -> Row:
    """The row. Raises NotFound."""
    return _found(Row.id == request_id)


def row_by_code(code: str | None) -> Row:
    """The row that this code opens. Raises NotFound."""
    return _found(Row.code == (code or ""))


def file_row(request_id: int) -> RequestFile | None:
    """The file that is there for a request, whatever its state."""
    is_there = among(RequestFile.state, THERE)
    row: RequestFile | None = RequestFile.get_or_none(
        (RequestFile.request == request_id) & is_there
    )
    return row


def subject(row: Row) -> str:
    """How the journal names it."""
    return f"request/{row.uuid}"


def address_of(row: Row) -> str:
    """Where its answer may be sent; '' without an address, and while nobody may use it."""
    resting = RestrictedIdentity.select().where(RestrictedIdentity.visit == row.visit_id)
    return "" if not row.email or resting.exists() else str(row.email)


def view(row: Row) -> SoftcopyRequest:
    """What screens are given of it."""
    return SoftcopyRequest(
        id=row.id,
        code=row.code or "",
        visit_id=row.visit_id,
        email=address_of(row),
        state=RequestState(row.state),
        taken_by=row.taken_by or "",
        is_forgotten=row.forgotten_at is not None,
        **{name: getattr(row, name) for name in COLUMNS},
    )


def file_view(row: RequestFile) -> AnswerFile:
    """What screens are given of a file."""
    return AnswerFile(
        kind=row.kind,
        state=FileState(row.state),
        problem=row.problem or "",
        number=row.number or "",
        size_bytes=row.size_bytes,
        added_at=row.added_at,
        added_by=row.added_by,
    )


def _meant(publication_id: int | None, asked: Wish | Row) -> tuple[object, ...]:
    """What tells one request from the next: the publication, or the data as they are described."""
    if publication_id is not None:
        return (publication_id,)
    texts = (" ".join(text.split()).casefold() for text in (asked.wanted, asked.area))
    return (*texts, *(getattr(asked, name) or "" for name in DETAILS))


def _found(which: Expression) -> Row:
    row = Row.get_or_none(which)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row
