"""Streams at the hub: begun, appended to by their head, and never twice."""

import json
import uuid

from appliance.hub.database import opened
from appliance.sync import protocol
from tests.hub_kit import LIMIT_S, enrol_at, head_after, hub_process


def test_a_stream_is_begun_once_and_tells_its_head(enrolled):
    unknown = enrolled.ask("GET", enrolled.stream)

    first, again = enrolled.open(), enrolled.open()
    known = enrolled.ask("GET", enrolled.stream)

    assert (unknown.status, json.loads(unknown.body)["type"]) == (404, "/problems/unknown-stream")
    assert (first.status, again.status, known.status) == (201, 200, 200)
    assert first.head == again.head == known.head == protocol.NOTHING


def test_a_batch_that_follows_the_head_is_stored(hub, enrolled):
    enrolled.open()
    events = enrolled.events(3)

    reply = enrolled.append(events)

    assert (reply.status, reply.head) == (200, head_after(events))
    assert json.loads(reply.body)["stored"] == 3
    ids = [json.loads(event)["id"] for event in events]
    assert hub.stored() == [
        (enrolled.id, enrolled.epoch, number, event_id) for number, event_id in enumerate(ids, 1)
    ]


def test_the_same_batch_again_is_answered_with_the_head_and_not_stored(hub, enrolled):
    enrolled.open()
    events = enrolled.events(3)
    enrolled.append(events)

    again = enrolled.append(events)

    assert (again.status, again.head) == (412, head_after(events))
    assert json.loads(again.body)["head"] == head_after(events).etag
    assert len(hub.stored()) == 3


def test_a_device_with_two_streams_brings_no_event_twice(hub, enrolled):
    enrolled.open()
    shared = [enrolled.event(number) for number in (1, 2, 3)]
    enrolled.append([json.dumps(event).encode() for event in shared])
    enrolled.open(str(uuid.uuid4()), previous=enrolled.epoch, reason="unknown_head")

    moved = [{**event, "epoch": enrolled.epoch} for event in shared]
    fresh = enrolled.event(4)
    events = [json.dumps(event).encode() for event in [*moved, fresh]]
    reply = enrolled.append(events)

    assert (reply.status, reply.head) == (200, head_after(events))
    assert json.loads(reply.body)["stored"] == 1
    assert [row[3] for row in hub.stored()] == [event["id"] for event in [*shared, fresh]]


def test_a_hub_of_its_own_process_takes_events_and_ends_when_told(postgres, tmp_path):
    dsn = postgres.new_database()
    with hub_process(dsn, tmp_path) as (process, url), opened(dsn) as database:
        device = enrol_at(url, database)
        device.open()
        events = device.events(500)

        reply = device.append(events)

        assert (reply.status, reply.head) == (200, head_after(events))
        process.terminate()
        assert process.wait(LIMIT_S) == 0
