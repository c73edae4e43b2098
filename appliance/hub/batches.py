"""The events of one append, sorted into those that fit and those that are kept aside.

Pure: bytes in, rows out. What the sender gets wrong is a Problem, for sending it again cannot
help; what is wrong with an event is no reason to stop the others.
"""

import datetime as dt
import hashlib
import re
import uuid
from dataclasses import dataclass

import msgspec

from appliance.hub import event_kinds
from appliance.hub.problems import Problem
from appliance.sync import protocol
from appliance.sync.envelope import SEQUENCE_DIGITS
from appliance.sync.events import TYPE_PREFIX, TYPE_VERSION
from appliance.sync.protocol import Head

ASKED_FOR = "asked for"
PROBLEM_CHARS = 300
WORDS_CHARS = 250  # of an event's subject, boot and links together
# Beyond these a zone's hours lead out of the years that Python can say, and nobody could read them.
FIRST_YEAR, LAST_YEAR = 1900, 2999
_SUFFIX = f".{TYPE_VERSION}"
_ID = re.compile(rb'"id":"([0-9a-f-]{36})"')


class Envelope(msgspec.Struct, gc=False):
    """The attributes of an event that the hub looks at; the others are not kept."""

    id: uuid.UUID
    specversion: str
    source: str
    type: str
    sequence: str
    epoch: str
    bootid: str
    bootms: int
    clockq: int
    data: msgspec.Raw
    subject: str = ""
    time: dt.datetime | None = None
    recordedtime: dt.datetime | None = None
    correlationid: str | None = None
    causationid: str | None = None


class Row(msgspec.Struct, gc=False):
    """An event as the database takes it; the names are those of `store`'s statement."""

    n: int
    i: uuid.UUID
    t: str
    s: str
    o: dt.datetime | None
    r: dt.datetime | None
    c: int
    b: str
    m: int
    l: dict[str, str] | None  # noqa: E741 - short: it is sent with every event
    d: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is kept aside, as it came."""

    sequence: int
    event_id: uuid.UUID | None
    raw: bytes
    problem: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What an append brings: the head it leads to, and its events."""

    head: Head
    rows: list[Row]
    aside: list[Kept]
    raw: list[bytes]  # all of them, in order

    @property
    def first(self) -> int:
        return self.head.sequence - len(self.raw) + 1


def events_of(content: bytes) -> list[bytes]:
    """The exact bytes of each event of a batch. Raises Problem."""
    try:
        found = msgspec.json.decode(content, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(protocol.BAD_REQUEST, f"no list of events: {error}"[:200]) from None
    if not found:
        raise Problem(protocol.BAD_REQUEST, "no events")
    events = [bytes(one) for one in found]
    if len(events) > protocol.BATCH_LIMIT:
        raise Problem(protocol.TOO_LARGE, f"at most {protocol.BATCH_LIMIT} events")
    if len(events) > 1 and max(map(len, events)) > protocol.EVENT_LIMIT_BYTES:
        raise Problem(protocol.TOO_LARGE, f"at most {protocol.EVENT_LIMIT_BYTES} bytes an event")
    return events


def one_event_of(content: bytes) -> list[bytes]:
    """The bytes of the only event of a batch that cannot be read as JSON. Raises Problem."""
    inside = content.strip()
    if len(inside) <= 2 or inside[:1] != b"[" or inside[-1:] != b"]":
        raise Problem(protocol.BAD_REQUEST, "no list of one event")
    return [inside[1:-1]]


def linked(head: Head, events: list[bytes]) -> Head:
    """The head that these events lead to."""
    chain = head.chain
    for raw in events:
        chain = hashlib.sha256(chain + raw).digest()
    return Head(head.sequence + len(events), chain)


def sorted_out(events: list[bytes], after: Head, *, source: str, epoch: str) -> Batch:
    """The events that follow this head in this stream. Raises Problem where they do not."""
    rows: list[Row] = []
    aside: list[Kept] = []
    for sequence, raw in enumerate(events, after.sequence + 1):
        envelope = _envelope(raw, sequence, source=source, epoch=epoch)
        problem = _problem(envelope, raw)
        if problem:
            aside.append(Kept(sequence, envelope.id, raw, problem))
        else:
            rows.append(_row(sequence, envelope))
    return Batch(linked(after, events), rows, aside, events)


def unread(raw: bytes, after: Head) -> Batch:
    """One event that is to be kept aside without looking into it."""
    found = _ID.search(raw)
    event_id = None
    if found is not None:
        try:
            event_id = uuid.UUID(found[1].decode())
        except ValueError:
            event_id = None
    kept = Kept(after.sequence + 1, event_id, raw, ASKED_FOR)
    return Batch(linked(after, [raw]), [], [kept], [raw])


def again(raw: bytes, sequence: int, *, source: str, epoch: str) -> Row | str:
    """The row of an event that was kept aside, if it fits by now; else why it does not."""
    try:
        found = _envelope(raw, sequence, source=source, epoch=epoch)
    except Problem as problem:
        return problem.detail
    return _problem(found, raw) or _row(sequence, found)


def _envelope(raw: bytes, sequence: int, *, source: str, epoch: str) -> Envelope:
    try:
        found = _ENVELOPE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(protocol.BAD_REQUEST, f"event {sequence}: {error}"[:200]) from None
    if found.sequence != f"{sequence:0{SEQUENCE_DIGITS}}":
        _check_number(found.sequence, sequence)
    if found.source != source or found.epoch != epoch or found.specversion != "1.0":
        raise Problem(protocol.BAD_REQUEST, f"event {sequence}: belongs to another stream")
    return found


def _check_number(text: str, sequence: int) -> None:
    """Raises Problem unless this is the number, in however many digits."""
    if not text.isascii() or not text.isdigit():
        raise Problem(protocol.BAD_REQUEST, f"event {sequence}: sequence")
    if int(text[:20]) != sequence:
        raise Problem(protocol.BAD_REQUEST, f"event {sequence}: is numbered otherwise")


# This and what it calls is done for every event of every office: without generators and tuples it
# takes half the time.
def _problem(found: Envelope, raw: bytes) -> str:
    """Why the event is kept aside; empty when it fits its kind."""
    kind = found.type
    if not (kind.startswith(TYPE_PREFIX) and kind.endswith(_SUFFIX)):
        return "unknown type"
    if len(raw) > protocol.EVENT_LIMIT_BYTES:
        return "too large"
    words = found.subject + found.bootid + (found.correlationid or "") + (found.causationid or "")
    if len(words) > WORDS_CHARS or "\x00" in words:
        return "an attribute is too long or holds a NUL"
    if not 0 <= found.clockq <= 2 or not 0 <= found.bootms < 1 << 62:
        return "a clock that cannot be"
    return (
        _problem_of_time(found.time)
        or _problem_of_time(found.recordedtime)
        or event_kinds.problem(kind[len(TYPE_PREFIX) : -len(_SUFFIX)], found.data)[:PROBLEM_CHARS]
    )


def _problem_of_time(when: dt.datetime | None) -> str:
    if when is None:
        return ""
    if when.tzinfo is None:
        return "a time without its zone"
    return "" if FIRST_YEAR <= when.year <= LAST_YEAR else "a clock that cannot be"


def _links(found: Envelope) -> dict[str, str] | None:
    links = {"correlationid": found.correlationid, "causationid": found.causationid}
    return {name: value for name, value in links.items() if value} or None


def _row(sequence: int, found: Envelope) -> Row:
    is_linked = found.correlationid or found.causationid
    return Row(
        sequence,
        found.id,
        found.type,
        found.subject,
        found.time,
        found.recordedtime,
        found.clockq,
        found.bootid,
        found.bootms,
        _links(found) if is_linked else None,
        found.data,
    )


_ENVELOPE = msgspec.json.Decoder(Envelope)
