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
        caller = self._appender(message, device)
        expected = _expected(message)
        # Before anything is unpacked: most appends that fail do so here.
        present = self._store.head(caller.device, epoch)
        if present != expected:
            raise Problem(protocol.HEAD_MISMATCH, head=present)
        return self._keep(message, _events(message), expected, caller, epoch)

    def append_rest(
        self, message: Incoming, device: uuid.UUID, epoch: uuid.UUID
    ) -> protocol.Appended:
        """The same for an append that was carried in a file: the hub may have some of it.

        Raises Problem where its head is not one that these events come through.
        """
        caller = self._appender(message, device)
        expected, events = _expected(message), _events(message)
        present = self._store.head(caller.device, epoch)
        done = present.sequence - expected.sequence
        if done > len(events):
            return protocol.Appended(present.etag, 0)  # which the device knows, or begins anew
        if done < 0 or batches.linked(expected, events[:done]) != present:
            raise Problem(protocol.HEAD_MISMATCH, head=present)
        if done == len(events):
            return protocol.Appended(present.etag, 0)
        return self._keep(message, events[done:], present, caller, epoch)

    def _appender(self, message: Incoming, device: uuid.UUID) -> Caller:
        caller = self._callers.of(message, str(device))
        caller.check_may_append()
        return caller

    def _keep(
        self, message: Incoming, events: list[bytes], after: Head, caller: Caller, epoch: uuid.UUID
    ) -> protocol.Appended:
        batch = _batch(message, events, after, caller, epoch)
        if batch.aside:
            self._store.check_room_aside(caller.device)
        stored = self._store.append(caller, epoch, after, batch)
        aside = [protocol.Aside(_id(kept), kept.problem) for kept in stored.aside]
        return protocol.Appended(batch.head.etag, stored.count, aside)


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


def _events(message: Incoming) -> list[bytes]:
    message.check_media(protocol.BATCH_TYPE)
    content = message.unpacked(protocol.BODY_LIMIT_BYTES)
    try:
        return batches.events_of(content)
    except Problem as problem:
        if problem.kind is not protocol.BAD_REQUEST or not _pleads(message):
            raise
        return batches.one_event_of(content)  # which nobody can read


def _pleads(message: Incoming) -> bool:
    wishes = {word.strip().lower() for word in message.header("prefer").split(",")}
    return protocol.PREFER_QUARANTINE in wishes


def _batch(
    message: Incoming, events: list[bytes], after: Head, caller: Caller, epoch: uuid.UUID
) -> batches.Batch:
    if len(events) == 1 and _pleads(message):
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
