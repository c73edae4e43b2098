"""The outbox: every fact, numbered and chained, until the portal has it."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peewee import Expression

from appliance.clock import Clock
from appliance.errors import ConfigError
from appliance.storage import statements
from appliance.storage.models import Meta, Stream
from appliance.storage.models import Outbox as Row
from appliance.sync import envelope, events
from appliance.sync.privacy import Privacy, check_subject
from appliance.sync.protocol import EVENT_LIMIT_BYTES, GENESIS

DEVICE_KEY = "device_id"
_STREAM = "SELECT epoch, acked_seq, acked_chain FROM stream WHERE open = 1"
_LAST = "SELECT seq, chain FROM outbox WHERE epoch = ? ORDER BY seq DESC LIMIT 1"
_APPEND = (
    "INSERT INTO outbox (epoch, seq, event_id, type, payload, chain, prio, state, tries, problem)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0, '')"
)
_STRICT = Privacy()
_BOX_KEY = "SELECT box_key FROM enrolment WHERE id = 1 AND portal = ? AND key_id <> ''"
_DEVICE = "SELECT value FROM meta WHERE key = ?"


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How much waits, and where the chain stands."""

    waiting: int
    held: int
    last_sequence: int
    epoch: str


class Outbox:
    """Writes events in the transaction of their facts; reads them back in order."""

    def __init__(self, clock: Clock, privacy: Privacy = _STRICT) -> None:
        self._clock = clock
        self._privacy = privacy

    def append(self, name: str, subject: str, data: Mapping[str, object]) -> dict[str, object]:
        """Add one event; its data as they may leave. Belongs inside a function of the writer.

        Raises ConfigError when the event is unknown, or tells what it must not (see `privacy`).
        """
        check_subject(subject)
        told = self._privacy.leaving(name, events.checked(name, data))
        epoch, acked_seq, acked_chain = statements.first(_STREAM) or self._first_stream()
        last_seq, before = statements.first(_LAST, (epoch,)) or (acked_seq, acked_chain)
        sequence = last_seq + 1
        made = envelope.event(
            name,
            subject,
            told,
            device_id=device_id(),
            epoch=epoch,
            sequence=sequence,
            stamp=self._clock.stamp(),
        )
        payload = envelope.canonical_bytes(made)
        if len(payload) > EVENT_LIMIT_BYTES:
            raise ConfigError(f"event {name!r} is larger than 64 KiB")
        chain = envelope.link(bytes(before), payload)
        event_id, kind = str(made["id"]), str(made["type"])
        values = (epoch, sequence, event_id, kind, payload, chain, events.class_of(name))
        statements.run(_APPEND, values)
        return told

    def state(self) -> OutboxState:
        """How many events wait; sequence 0 and an empty epoch before the first one."""
        stream = Stream.get_or_none(Stream.open)
        if stream is None:
            return OutboxState(0, 0, 0, "")
        last = Row.select(Row.seq).where(Row.epoch == stream.epoch).order_by(Row.seq.desc()).first()
        return OutboxState(
            waiting=_waiting(stream, last.seq if last else 0),
            held=Row.select().where(Row.state == "held").count(),
            last_sequence=last.seq if last else stream.acked_seq,
            epoch=stream.epoch,
        )

    def pending(self) -> Iterator[bytes]:
        """The stored bytes of every waiting event, oldest first."""
        streams = Stream.select().where(Stream.open | ~Stream.emptied).order_by(Stream.opened_at)
        for stream in list(streams):
            rows = Row.select(Row.payload).where(_waits(stream)).order_by(Row.seq)
            for (payload,) in rows.tuples().iterator():
                yield bytes(payload)

    def open_epoch(self, reason: str) -> str:
        """Start numbering anew; returns the epoch. Belongs inside a function given to the writer.

        For a database that was put back from a copy: it no longer knows which numbers the portal
        has seen. What waits in the closed epoch stays there and is still sent under its own ids.
        """
        before = Stream.get_or_none(Stream.open)
        Stream.update(open=False).where(Stream.open).execute()
        stream = Stream.create(
            epoch=str(uuid.uuid4()),
            opened_at=self._clock.now(),
            reason=reason,
            prev_epoch=before.epoch if before else None,
            acked_chain=GENESIS,
        )
        return str(stream.epoch)

    def first_broken_link_in_tail(self, length: int) -> int | None:
        """As `first_broken_link`, over the newest `length` events of the open epoch alone."""
        stream = Stream.get_or_none(Stream.open)
        if stream is None:
            return None
        rows = Row.select(Row.seq, Row.payload, Row.chain).where(Row.epoch == stream.epoch)
        newest = list(rows.order_by(Row.seq.desc()).limit(length + 1))[::-1]
        if len(newest) <= length:
            chain, sequence = bytes(stream.acked_chain), stream.acked_seq
            newest = [row for row in newest if row.seq > sequence]
        else:
            first = newest.pop(0)
            chain, sequence = bytes(first.chain), first.seq
        for row in newest:
            chain, sequence = envelope.link(chain, bytes(row.payload)), sequence + 1
            if row.seq != sequence or bytes(row.chain) != chain:
                return int(sequence)
        return None

    def newest_at(self) -> dt.datetime | None:
        """The wall time written into the newest event; None without one, or when it had none."""
        row = Row.select(Row.payload).order_by(Row.id.desc()).first()
        text = json.loads(bytes(row.payload)).get("recordedtime") if row else None
        return dt.datetime.fromisoformat(text) if text else None

    def first_broken_link(self) -> int | None:
        """The sequence of the first event that does not fit its chain; None when all do."""
        # A closed stream has given what waited to a newer one, and is no chain any more.
        for stream in Stream.select().where(Stream.open):
            chain, sequence = bytes(stream.acked_chain), stream.acked_seq
            rows = Row.select().where(Row.epoch == stream.epoch).order_by(Row.seq)
            for row in rows.where(Row.seq > stream.acked_seq).iterator():
                chain, sequence = envelope.link(chain, bytes(row.payload)), sequence + 1
                if row.seq != sequence or bytes(row.chain) != chain:
                    return sequence
        return None

    def _first_stream(self) -> tuple[str, int, bytes]:
        epoch = str(uuid.uuid4())
        Stream.create(
            epoch=epoch,
            opened_at=self._clock.now(),
            reason="first start",
            acked_chain=GENESIS,
        )
        return epoch, 0, GENESIS


def _waits(stream: Stream) -> Expression:
    """Which events of a stream the portal does not have."""
    after = (Row.epoch == stream.epoch) & (Row.seq > stream.acked_seq)
    return after & (Row.state == "pending")


def _waiting(stream: Stream, last: int) -> int:
    """How many wait: told by numbers in the open stream, counted in those that were closed."""
    closed = Stream.select().where(~Stream.open & ~Stream.emptied)
    left = sum(Row.select().where(_waits(one)).count() for one in list(closed))
    return max(int(last) - int(stream.acked_seq), 0) + left


def device_id() -> str:
    """The device's own random id, made at first use. Belongs inside a function of the writer."""
    found = statements.first(_DEVICE, (DEVICE_KEY,))
    if found is None:
        found = (str(uuid.uuid4()),)
        Meta.create(key=DEVICE_KEY, value=found[0])
    return str(found[0])


def box_key(portal: str) -> bytes | None:
    """What is sealed for this portal with; None before it has enrolled this device."""
    found = statements.first(_BOX_KEY, (portal,))
    return bytes(found[0]) if found is not None and found[0] is not None else None
