"""One fact as a CloudEvents 1.0 JSON event (https://github.com/cloudevents/spec, v1.0.2)."""

import hashlib
import json
import uuid
from collections.abc import Mapping

from appliance.clock import ClockQuality, Stamp
from appliance.storage.models import utc_text
from appliance.sync.events import full_type

SEQUENCE_DIGITS = 12  # the sequence extension sorts as text


def event(
    name: str,
    subject: str,
    data: Mapping[str, object],
    *,
    device_id: str,
    epoch: str,
    sequence: int,
    stamp: Stamp,
) -> dict[str, object]:
    """The event with a fresh random id; `time` is left out while the clock is unset."""
    envelope: dict[str, object] = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"urn:uuid:{device_id}",
        "type": full_type(name),
        "subject": subject,
        "datacontenttype": "application/json",
        "sequence": str(sequence).zfill(SEQUENCE_DIGITS),
        "epoch": epoch,
        "bootid": stamp.boot_id,
        "bootms": stamp.boot_ms,
        "clockq": int(stamp.quality),
        "data": dict(data),
    }
    if stamp.quality is not ClockQuality.UNSET:
        envelope["time"] = envelope["recordedtime"] = utc_text(stamp.at)
    return envelope


def renumbered(envelope: Mapping[str, object], epoch: str, sequence: int) -> bytes:
    """The bytes of the same event at another place: same id, same moments, same data."""
    place = {"epoch": epoch, "sequence": str(sequence).zfill(SEQUENCE_DIGITS)}
    return canonical_bytes({**envelope, **place})


def canonical_bytes(envelope: Mapping[str, object]) -> bytes:
    """The one byte form of an event that is stored, chained and sent."""
    text = json.dumps(envelope, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def link(before: bytes, payload: bytes) -> bytes:
    """The chain value after this event: SHA-256 of the value before it and its bytes."""
    return hashlib.sha256(before + payload).digest()
