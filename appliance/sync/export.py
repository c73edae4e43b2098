"""What waits for the portal, in a file that can be carried there.

The file is a CloudEvents batch (``application/cloudevents-batch+json``): one JSON array.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from appliance.actor import Actor
from appliance.errors import N_, Refused, Unavailable
from appliance.storage.files import whole
from appliance.storage.writer import Writer
from appliance.sync.outbox import Outbox

MEDIA_TYPE = "application/cloudevents-batch+json"
SIGNED_MEDIA_TYPE = "application/x-ndjson"  # as the sender's requests: carried_file.py
RECEIPT_LIMIT_BYTES = 256 * 1024


class Notes(Protocol):
    """The part of the recorder that an export needs."""

    def note(
        self,
        action: str,
        subject: str,
        *,
        by: Actor,
        why: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """How many events a file holds, and how large it is."""

    count: int
    size_bytes: int


class Export(Protocol):
    """Whatever writes events into an open file."""

    def to_stream(self, file: IO[bytes], *, by: Actor) -> Exported: ...


class EventExport:
    """Writes waiting events to files, and each time says so in the journal."""

    def __init__(self, outbox: Outbox, writer: Writer, notes: Notes) -> None:
        self._outbox = outbox
        self._writer = writer
        self._notes = notes

    def to_file(self, target: Path, *, by: Actor, overwrite: bool = False) -> Exported:
        """Write every waiting event, oldest first; the file appears whole or not at all.

        Raises Refused when the file exists and may not be overwritten, Unavailable when it
        cannot be written.
        """
        return to_file(self, target, by=by, overwrite=overwrite)

    def to_stream(self, file: IO[bytes], *, by: Actor) -> Exported:
        """Write every waiting event into an open file, and note it in the journal."""
        exported = _write_array(self._outbox.pending(), file)
        detail = {"count": exported.count}
        self._writer.run(
            lambda: self._notes.note("events.exported", "outbox", by=by, detail=detail)
        )
        return exported


def to_file(export: Export, target: Path, *, by: Actor, overwrite: bool = False) -> Exported:
    """What an export writes, as a file that appears whole or not at all.

    Raises Refused when it exists and may not be overwritten, Unavailable when it cannot be written.
    """
    if target.exists() and not overwrite:
        raise Refused(N_("Berkas %(file)s sudah ada. Pakai --force untuk menimpanya."), file=target)
    try:
        with whole(target) as file:
            return export.to_stream(file, by=by)
    except OSError as error:
        raise Unavailable(
            N_("Berkas %(file)s tidak dapat ditulis: %(reason)s."),
            file=target,
            reason=error.strerror or type(error).__name__,
        ) from error


def _write_array(events: Iterable[bytes], file: IO[bytes]) -> Exported:
    count, size = 0, file.write(b"[")
    for count, payload in enumerate(events, start=1):
        size += file.write(b",\n" if count > 1 else b"\n") + file.write(payload)
    return Exported(count, size + file.write(b"\n]\n"))
