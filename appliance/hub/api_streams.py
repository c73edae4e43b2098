"""Streams of devices: begun, looked at, appended to."""

import uuid
from typing import Annotated

import msgspec
from flask import Blueprint, Response, request
from msgspec import Meta

from appliance.hub import batches, incoming
from appliance.hub.answers import json_response
from appliance.hub.callers import Caller, Callers
from appliance.hub.incoming import Incoming
from appliance.hub.problems import Problem, decoded
from appliance.hub.store import EventStore, Opening
from appliance.sync import protocol
from appliance.sync.protocol import Head

Word = Annotated[str, Meta(max_length=60)]
_STREAM = "/devices/<uuid:device>/streams/<uuid:epoch>"


class Begun(msgspec.Struct):
    """What a device tells of a stream that it begins."""

    previous: Word | None = None  # the epoch before; empty or null: the first
    reason: Word | None = None
    opened_at: Word | None = None


class StreamDoor:
    """What a device may do to its streams; the same for requests and for what a file holds."""

    def __init__(self, callers: Callers, store: EventStore) -> None:
        self._callers = callers
        self._store = store

    def head(self, message: Incoming, device: uuid.UUID, epoch: uuid.UUID) -> Head:
        """Raises Problem."""
        caller = self._callers.of(message, str(device))
        return self._store.head(caller.device, epoch)

    def open(self, message: Incoming, device: uuid.UUID, epoch: uuid.UUID) -> tuple[Head, bool]:
        """The head, and whether the stream is new. Raises Problem."""
        caller = self._callers.of(message, str(device))
        caller.check_may_append()
        message.check_media(protocol.JSON_TYPE)
        begun = decoded(message.unpacked(protocol.HEALTH_LIMIT_BYTES), Begun)
        opening = Opening(_epoch(begun.previous), _clean(begun.reason), _clean(begun.opened_at))
        return self._store.open(caller.device, epoch, opening)

    def append(self, message: Incoming, device: uuid.UUID, epoch: uuid.UUID) -> protocol.Appended:
        """What became of the events. Raises Problem."""
        caller = self._callers.of(message, str(device))
        caller.check_may_append()
        expected = _expected(message)
        self._check_head(caller, epoch, expected)
        message.check_media(protocol.BATCH_TYPE)
        events = batches.events_of(message.unpacked(protocol.BODY_LIMIT_BYTES))
        batch = _batch(message, events, expected, caller, epoch)
        stored = self._store.append(caller, epoch, expected, batch)
        aside = [protocol.Aside(_id(kept), kept.problem) for kept in batch.aside]
        return protocol.Appended(batch.head.etag, stored, aside)

    def _check_head(self, caller: Caller, epoch: uuid.UUID, expected: Head) -> None:
        """Before anything is unpacked: most appends that fail do so here."""
        present = self._store.head(caller.device, epoch)
        if present != expected:
            raise Problem(protocol.HEAD_MISMATCH, head=present)


def blueprint(door: StreamDoor) -> Blueprint:
    """The routes below the version's prefix."""
    routes = Blueprint("streams", __name__)

    @routes.get(_STREAM)
    def look(device: uuid.UUID, epoch: uuid.UUID) -> Response:
        head = door.head(incoming.of_request(request), device, epoch)
        return json_response({"head": head.etag}, etag=head.etag)

    @routes.put(_STREAM)
    def begin(device: uuid.UUID, epoch: uuid.UUID) -> Response:
        head, is_new = door.open(incoming.of_request(request), device, epoch)
        return json_response({"head": head.etag}, 201 if is_new else 200, etag=head.etag)

    @routes.post(f"{_STREAM}/events")
    def append(device: uuid.UUID, epoch: uuid.UUID) -> Response:
        done = door.append(incoming.of_request(request), device, epoch)
        return json_response(done, etag=done.head)

    return routes


def _expected(message: Incoming) -> Head:
    given = message.header("if-match")
    if not given:
        raise Problem(protocol.HEAD_REQUIRED)
    head = protocol.head_of(given.strip())
    if head is None:
        raise Problem(protocol.BAD_REQUEST, "if-match")
    return head


def _batch(
    message: Incoming, events: list[bytes], after: Head, caller: Caller, epoch: uuid.UUID
) -> batches.Batch:
    wishes = {word.strip().lower() for word in message.header("prefer").split(",")}
    if protocol.PREFER_QUARANTINE in wishes and len(events) == 1:
        return batches.unread(events[0], after)
    source = f"urn:uuid:{caller.device}"
    return batches.sorted_out(events, after, source=source, epoch=str(epoch))


def _id(kept: batches.Kept) -> str:
    return str(kept.event_id) if kept.event_id else ""


def _epoch(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Problem(protocol.BAD_REQUEST, "previous") from None


def _clean(text: str | None) -> str:
    return (text or "").replace("\x00", "")
