"""Complaints as they stand in their tables."""

from appliance.actor import Actor
from appliance.complaints import topics
from appliance.complaints.rules import Channel, Complaint, ComplaintKind, ComplaintState, Note
from appliance.errors import N_, NotFound
from appliance.storage.among import among
from appliance.storage.models import Complaint as Row
from appliance.storage.models import ComplaintNote

WAITING = (ComplaintState.NEW, ComplaintState.IN_HAND)
ANSWERED = (ComplaintState.ANSWERED,)
DONE = (ComplaintState.ANSWERED, ComplaintState.CLOSED)


def readable(by: Actor) -> object:
    """Which rows this person may read."""
    return Row.topic.not_in(tuple(topics.hidden_from(by.role)))


def row(complaint_id: int, by: Actor) -> Row:
    """The row of a complaint that this person may read. Raises NotFound."""
    found = Row.get_or_none(Row.id == complaint_id, readable(by))
    if found is None:
        raise NotFound(N_("Pengaduan itu tidak ada."))
    return found


def waiting(by: Actor, limit: int) -> list[Row]:
    """What waits for an answer, by due date."""
    is_mine = among(Row.state, WAITING)
    return list(Row.select().where(is_mine, readable(by)).order_by(Row.due_at, Row.id).limit(limit))


def done(by: Actor, limit: int) -> list[Row]:
    """What is answered, the newest first."""
    is_mine = among(Row.state, DONE)
    newest = (Row.answered_at.desc(), Row.id.desc())
    return list(Row.select().where(is_mine, readable(by)).order_by(*newest).limit(limit))


def notes(complaint_id: int) -> tuple[Note, ...]:
    """The internal notes of a complaint, the oldest first."""
    found = ComplaintNote.select().where(ComplaintNote.complaint == complaint_id)
    return tuple(Note(one.at, one.by, one.words) for one in found.order_by(ComplaintNote.id))


def subject(found: Row) -> str:
    """What the journal calls it."""
    return f"complaint/{found.uuid}"


def complaint(found: Row) -> Complaint:
    """The row as what leaves the service."""
    return Complaint(
        id=found.id,
        uuid=found.uuid,
        code=found.code or "",
        kind=ComplaintKind(found.kind),
        topic=found.topic,
        body=found.body,
        contact=found.contact or "",
        state=ComplaintState(found.state),
        created_at=found.created_at,
        first_due_at=found.first_due_at,
        due_at=found.due_at,
        needs_check=bool(found.needs_check),
        handler=found.handler or "",
        answer=found.answer,
        answered_at=found.answered_at,
        closed_at=found.closed_at,
        reopened_at=found.reopened_at,
        reopen_words=found.reopen_words,
        earlier_answer=found.earlier_answer,
        channel=Channel(found.channel),
        entered_by=found.entered_by or "",
    )
