"""The outbox: every fact, numbered and chained, until the portal has it."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.clock import Clock
from appliance.errors import ConfigError
from appliance.storage.models import Meta, Stream
from appliance.storage.models import Outbox as Row
from appliance.sync import envelope, events

GENESIS = bytes(32)
DEVICE_KEY = "device_id"


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How much waits, and where the chain stands."""

    waiting: int
    held: int
    last_sequence: int
    epoch: str


class Outbox:
    """Writes events in the transaction of their facts; reads them back in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def append(self, name: str, subject: str, data: Mapping[str, object]) -> None:
        """Add one event. Belongs inside a function given to the writer.

        Raises ConfigError when the event is unknown or carries a field it must not.
        """
        stream = self._open_stream()
        last = (
            Row.select(Row.seq, Row.chain)
            .where(Row.epoch == stream.epoch)
            .order_by(Row.seq.desc())
            .first()
        )
        sequence = (last.seq if last else stream.acked_seq) + 1
        before = last.chain if last else stream.acked_chain
        made = envelope.event(
            name,
            subject,
            events.checked(name, data),
            device_id=self._device_id(),
            epoch=stream.epoch,
            sequence=sequence,
            stamp=self._clock.stamp(),
        )
        payload = envelope.canonical_bytes(made)
        if len(payload) > events.PAYLOAD_LIMIT_BYTES:
            raise ConfigError(f"event {name!r} is larger than 64 KiB")
        Row.create(
            epoch=stream.epoch,
            seq=sequence,
            event_id=made["id"],
            type=made["type"],
            payload=payload,
            chain=envelope.link(bytes(before), payload),
        )

    def state(self) -> OutboxState:
        """How many events wait; sequence 0 and an empty epoch before the first one."""
        stream = Stream.get_or_none(Stream.open)
        if stream is None:
            return OutboxState(0, 0, 0, "")
        last = Row.select(Row.seq).where(Row.epoch == stream.epoch).order_by(Row.seq.desc()).first()
        return OutboxState(
            waiting=Row.select().where(Row.state == "pending").count(),
            held=Row.select().where(Row.state == "held").count(),
            last_sequence=last.seq if last else stream.acked_seq,
            epoch=stream.epoch,
        )

    def pending(self) -> Iterator[bytes]:
        """The stored bytes of every waiting event, oldest first."""
        query = Row.select(Row.payload).where(Row.state == "pending").order_by(Row.id)
        for (payload,) in query.tuples().iterator():
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
        for stream in Stream.select().order_by(Stream.opened_at):
            chain, sequence = bytes(stream.acked_chain), stream.acked_seq
            rows = Row.select().where(Row.epoch == stream.epoch).order_by(Row.seq)
            for row in rows.where(Row.seq > stream.acked_seq).iterator():
                chain, sequence = envelope.link(chain, bytes(row.payload)), sequence + 1
                if row.seq != sequence or bytes(row.chain) != chain:
                    return sequence
        return None

    def _open_stream(self) -> Stream:
        stream = Stream.get_or_none(Stream.open)
        if stream is None:
            stream = Stream.create(
                epoch=str(uuid.uuid4()),
                opened_at=self._clock.now(),
                reason="first start",
                acked_chain=GENESIS,
            )
        return stream

    @staticmethod
    def _device_id() -> str:
        row = Meta.get_or_none(Meta.key == DEVICE_KEY)
        if row is None:
            row = Meta.create(key=DEVICE_KEY, value=str(uuid.uuid4()))
        return str(row.value)
