"""The second way to the portal: a file of signed requests, carried by hand, and its receipt.

The file holds what would have gone over the line, so the portal takes it like that, as often as it
is brought. Nothing counts as delivered before the portal's signed receipt is here.
"""

import base64
import gzip
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO, TypeVar
from urllib.parse import urlsplit

import msgspec

from appliance.actor import Actor
from appliance.clock import Clock, ClockQuality
from appliance.errors import N_, Invalid, Refused
from appliance.storage.models import Enrolment as Row
from appliance.storage.writer import Writer
from appliance.sync import envelope, protocol, signing
from appliance.sync.backlog import Backlog, Position, Waiting
from appliance.sync.enrolment import Enrolment
from appliance.sync.export import RECEIPT_LIMIT_BYTES, Exported, Notes
from appliance.sync.fork import Fork
from appliance.sync.identity import Identity
from appliance.sync.pacing import BATCH_BYTES, LARGEST_BATCH
from appliance.sync.protocol import Carried, FileHead, Head, Receipt, Signed
from appliance.sync.signed import opened
from appliance.sync.standing import StandingBook

T = TypeVar("T")

NOT_ENROLLED = N_("Peranti belum terdaftar di portal, jadi belum ada yang dapat ditandatangani.")
NO_RECEIPT = N_("Berkas ini bukan tanda terima dari portal.")
FORGED = N_("Tanda tangan pada tanda terima ini tidak sah. Tidak ada yang diubah.")
FOREIGN = N_("Tanda terima ini untuk peranti lain. Tidak ada yang diubah.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a receipt has brought: how many are delivered now, kept aside, and were refused."""

    delivered: int
    aside: int
    refused: int  # lines of the file that the portal did not take
    fork: Fork | None = None


class CarriedFile:
    """Writes files for the portal and takes its receipts; each time the journal says so."""

    def __init__(
        self, *, writer: Writer, clock: Clock, notes: Notes, enrolment: Enrolment, portal: str
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._notes = notes
        self._enrolment = enrolment
        self._portal = portal
        self._backlog = Backlog(clock)

    @property
    def can_sign(self) -> bool:
        """Whether the portal knows this device, so that it would take a file of it."""
        return self._enrolment.identity() is not None

    def to_stream(self, file: IO[bytes], *, by: Actor) -> Exported:
        """Write every waiting event as signed requests. Raises Refused before an enrolment."""
        identity = self._enrolment.identity()
        if identity is None:
            raise Refused(NOT_ENROLLED)
        while self._backlog.has_left() and self._writer.run(self._backlog.move):
            pass
        head = FileHead(identity.device_id, self._clock.now().isoformat(timespec="seconds"))
        size = file.write(msgspec.json.encode(head) + b"\n")
        count = 0
        if (position := self._backlog.position()) is not None:
            size += file.write(self._opening(position, identity))
            for batch, line in self._appends(position, identity):
                count += len(batch)
                size += file.write(line)
        detail = {"count": count}
        self._writer.run(
            lambda: self._notes.note("events.exported", "outbox", by=by, detail=detail)
        )
        return Exported(count, size)

    def take(self, content: bytes, *, by: Actor) -> Taken:
        """Believe a receipt as far as it fits what is here; an old one changes nothing.

        Raises Invalid for what is no receipt of this device's portal, Refused before an enrolment.
        """
        receipt = self._receipt(content)

        def write() -> Taken:
            taken = self._believe(receipt)
            told = {"delivered": taken.delivered, "aside": taken.aside, "refused": taken.refused}
            self._notes.note("events.receipt_taken", "outbox", by=by, detail=told)
            return taken

        return self._writer.run(write)

    def _appends(
        self, position: Position, identity: Identity
    ) -> Iterator[tuple[list[Waiting], bytes]]:
        """Batch after batch, each naming the head that the one before it leads to."""
        path = f"{_path(identity, position)}/events"
        while batch := self._backlog.batch(position, most=LARGEST_BATCH, most_bytes=BATCH_BYTES):
            body = b"[" + b",".join(event.payload for event in batch) + b"]"
            headers = {
                "content-type": protocol.BATCH_TYPE,
                "content-encoding": "gzip",
                "if-match": position.head.etag,
            }
            packed = gzip.compress(body, 1, mtime=0)
            yield batch, self._line("POST", path, packed, headers, identity)
            chain = position.head.chain
            for event in batch:
                chain = envelope.link(chain, event.payload)
            position = replace(position, head=Head(batch[-1].sequence, chain))

    def _opening(self, position: Position, identity: Identity) -> bytes:
        told = {"previous": position.previous, "reason": position.reason}
        body = msgspec.json.encode({**told, "opened_at": position.opened_at})
        headers = {"content-type": protocol.JSON_TYPE}
        return self._line("PUT", _path(identity, position), body, headers, identity)

    def _line(
        self, method: str, path: str, body: bytes, headers: dict[str, str], identity: Identity
    ) -> bytes:
        """One request as it stands in the file, signed as if it went over the line."""
        host = urlsplit(self._portal).netloc
        told = {"host": host, "content-digest": signing.content_digest(body), **headers}
        stamp = self._clock.stamp()
        is_set = stamp.quality is not ClockQuality.UNSET
        signature = signing.sign(
            signing.Message(method, host, path, headers=told),
            identity.secret,
            key_id=identity.key_id,
            created=int(stamp.at.timestamp()) if is_set else None,
            nonce=secrets.token_urlsafe(12),
        )
        told |= {name.lower(): value for name, value in signature.items()}
        carried = Carried(method, path, told, base64.b64encode(body).decode())
        return msgspec.json.encode(carried) + b"\n"

    def _receipt(self, content: bytes) -> Receipt:
        identity, row = self._enrolment.identity(), Row.get_or_none(Row.id == 1)
        if identity is None or row is None or row.config_key is None:
            raise Refused(NOT_ENROLLED)
        signed = _decoded(content[: RECEIPT_LIMIT_BYTES + 1], Signed)
        found = opened(signed, bytes(row.config_key))
        if found is None:
            raise Invalid({"file": FORGED})
        receipt = _decoded(found.document, Receipt)
        if receipt.format != protocol.RECEIPT_FORMAT:
            raise Invalid({"file": NO_RECEIPT})
        if receipt.device != identity.device_id:
            raise Invalid({"file": FOREIGN})
        return receipt

    def _believe(self, receipt: Receipt) -> Taken:
        """Within the writer. A head behind ours is an old receipt's, and tells nothing."""
        self._backlog.put_aside(receipt.quarantined)
        told = Taken(0, len(receipt.quarantined), len(receipt.problems))
        position = self._backlog.position()
        if position is None:
            return told
        tags = [one.head for one in receipt.streams if one.epoch == position.epoch]
        head = protocol.head_of(tags[0]) if tags else None
        if head is None or head.sequence <= position.head.sequence:
            return told
        # Everything after our head is still here: what does not fit was written by a twin.
        if not self._backlog.knows(position, head):
            self._backlog.reopen(Fork.UNKNOWN_HEAD)
            StandingBook(self._writer, self._clock).forked(Fork.UNKNOWN_HEAD)
            return replace(told, fork=Fork.UNKNOWN_HEAD)
        self._backlog.reached(position, head)
        self._backlog.announced(position)
        return replace(told, delivered=head.sequence - position.head.sequence)


def _decoded(content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid({"file": NO_RECEIPT}) from None


def _path(identity: Identity, position: Position) -> str:
    return f"{protocol.PREFIX}/devices/{identity.device_id}/streams/{position.epoch}"
