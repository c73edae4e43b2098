"""What a broken or hostile device sends, and what the hub makes of it."""

import gzip
import hashlib
import json
import socket
import uuid
from urllib.parse import urlsplit

from appliance.hub import projector
from appliance.sync import protocol, signing
from appliance.sync.envelope import canonical_bytes
from tests.hub_kit import LIMIT_S, ask, head_after

DEEP = b"[" * 200_000


def said(reply):
    """Status and the problem's name."""
    assert reply.media_type == protocol.PROBLEM_TYPE, reply
    return reply.status, json.loads(reply.body)["type"].rpartition("/")[2]


def raw(event, data: bytes) -> bytes:
    """The event's bytes with these bytes in the place of its data."""
    return canonical_bytes({**event, "data": None}).replace(b'"data":null', b'"data":' + data)


def packed(device, content: bytes, **headers):
    told = {"content_type": protocol.BATCH_TYPE, "if_match": protocol.NOTHING.etag}
    target = f"{device.stream}/events"
    return device.ask("POST", target, content, **{**told, "content_encoding": "gzip", **headers})


def test_an_event_that_does_not_fit_its_kind_is_kept_aside_and_the_others_go_on(hub, enrolled):
    enrolled.open()
    odd = [
        b'{"locker":7,"name":"Siti"}',
        b'{"locker":"seven"}',
        b'{"locker":7,"end_reason":"a\\u0000b"}',
        b'{"end_reason":"' + b"x" * 3000 + b'"}',
        b'{"locker":1e400}',
        b'{"locker":' + b"[" * 400 + b"]" * 400 + b"}",
        b"[]",
        b'{"locker":-1}',
    ]
    events = [raw(enrolled.event(number), data) for number, data in enumerate(odd, 1)]
    strange = [
        {"type": "id.go.bps.ruangbaca.visit.imagined.v1"},
        {"type": "com.example.something"},
        {"subject": "x" * 300},
        {"subject": "a\0b"},
        {"clockq": 7},
        {"time": "2026-11-05T02:00:00"},
    ]
    after = len(events) + 1
    events += [canonical_bytes(enrolled.event(after + n, **c)) for n, c in enumerate(strange)]
    events += enrolled.events(1, len(events) + 1)

    reply = enrolled.append(events)

    assert (reply.status, reply.head) == (200, head_after(events)), reply.body
    told = json.loads(reply.body)
    assert told["stored"] == len(events)
    assert [one["id"] for one in told["quarantined"]] == [json.loads(e)["id"] for e in events[:-1]]
    assert all(one["problem"] for one in told["quarantined"])
    assert [bytes(kept[1]) for kept in hub.aside()] == events[:-1]
    assert [row[2] for row in hub.stored()] == [len(events)]


def test_an_event_is_kept_aside_unread_when_its_sender_pleads_for_it(hub, enrolled):
    enrolled.open()
    head = protocol.NOTHING
    events = [
        b'{"id":"no uuid","data":{"a":"\\u0000"}}',
        b'{"id":"' + b"0" * 36 + b'","data":"\\ud800"}',
        b"\xff\x00 no JSON",
    ]

    for event in events:
        assert said(enrolled.append([event], head)) == (400, "bad-request")
        reply = enrolled.append([event], head, prefer="quarantine")
        head = head_after([event], head)
        assert (reply.status, reply.head) == (200, head)

    assert hub.aside() == [(number, raw, "asked for") for number, raw in enumerate(events, 1)]


def test_what_postgresql_does_not_keep_stops_none_of_the_others(hub, enrolled):
    enrolled.open()
    served = {"type": "id.go.bps.ruangbaca.visit.served.v1"}
    events = enrolled.events(3)
    events[1] = raw(enrolled.event(2, **served), b'{"wait_s":1e-999999}')

    reply = enrolled.append(events)

    assert (reply.status, reply.head) == (200, head_after(events))
    assert json.loads(reply.body)["quarantined"] == [
        {"id": json.loads(events[1])["id"], "problem": "cannot be stored: 22003"}
    ]
    assert [row[2] for row in hub.stored()] == [1, 3]
    assert [bytes(kept[1]) for kept in hub.aside()] == [events[1]]


def test_a_batch_of_another_stream_is_refused_whole(hub, enrolled):
    enrolled.open()
    for change in (
        {"sequence": "000000000002"},
        {"sequence": "one"},
        {"sequence": "9" * 5000},
        {"epoch": str(uuid.uuid4())},
        {"source": f"urn:uuid:{uuid.uuid4()}"},
        {"specversion": "2.0"},
        {"id": "7"},
        {"bootms": "now"},
    ):
        events = [canonical_bytes({**enrolled.event(1), **change}), *enrolled.events(1, 2)]
        assert said(enrolled.append(events)) == (400, "bad-request"), change
    assert hub.stored() == hub.aside() == []


def test_what_does_not_unpack_within_bounds_is_refused(hub, enrolled):
    enrolled.open()
    bomb = gzip.compress(b" " * (200 << 20), 9)
    good = b"[" + b",".join(enrolled.events(2)) + b"]"
    many = b"[" + b",".join(enrolled.events(protocol.BATCH_LIMIT + 1)) + b"]"
    large = canonical_bytes(enrolled.event(1, subject="x" * protocol.EVENT_LIMIT_BYTES))
    large_of_two = b"[" + large + b"," + enrolled.events(1, 2)[0] + b"]"

    def put(content, **headers):
        return said(packed(enrolled, content, **headers))

    assert put(bomb) == (413, "too-large")
    assert put(gzip.compress(many)) == (413, "too-large")
    assert put(gzip.compress(large_of_two)) == (413, "too-large")
    assert put(b"x" * (protocol.BODY_LIMIT_BYTES + 1)) == (413, "too-large")
    for broken in (b"no gzip", gzip.compress(good)[:-4], gzip.compress(good) + b"more"):
        assert put(broken) == (400, "bad-request")
    for content in (b"{}", b"[]", b"[1]", b"[{}]", b"\xff", DEEP, b'[{"data":' + DEEP, b"[NaN]"):
        assert put(gzip.compress(content)) == (400, "bad-request")
    assert put(gzip.compress(good), content_encoding="br") == (415, "bad-media")
    assert put(gzip.compress(good), content_type="text/plain") == (415, "bad-media")
    assert enrolled.ask("GET", enrolled.stream).head == protocol.NOTHING
    assert packed(enrolled, good, content_encoding="identity").status == 200


def test_only_who_has_signed_exactly_this_is_believed(hub, enrolled):
    enrolled.open()
    other = hub.enrol("dharmasraya")
    body = gzip.compress(b"[" + enrolled.events(1)[0] + b"]")
    wrong = f"sha-256=:{'A' * 43}=:"

    def stumbles(device, method, target, content=b"", **headers):
        return said(device.ask(method, target, content, **headers))

    assert stumbles(enrolled, "GET", enrolled.stream, sign=False) == (401, "bad-signature")
    assert stumbles(other, "GET", enrolled.stream) == (403, "foreign")
    assert stumbles(other, "POST", f"{enrolled.stream}/events", body) == (403, "foreign")
    assert said(packed(enrolled, body, content_digest=wrong)) == (400, "bad-digest")
    other.key_id, other.secret = enrolled.key_id, other.secret
    assert stumbles(other, "GET", other.stream) == (401, "bad-signature")
    other.key_id = "\xff" * 8
    assert stumbles(other, "GET", other.stream)[0] == 401
    enrolled.key_id = "0" * 32
    assert stumbles(enrolled, "GET", enrolled.stream) == (401, "unknown-key")
    assert hub.stored() == []


def test_nobody_on_the_way_has_an_event_kept_aside(hub, enrolled):
    enrolled.open()
    target = f"{enrolled.stream}/events"
    body = b"[" + enrolled.events(1)[0] + b"]"
    told = {
        "host": urlsplit(hub.url).netloc,
        "content-type": protocol.BATCH_TYPE,
        "content-digest": signing.content_digest(body),
        "if-match": protocol.NOTHING.etag,
    }
    message = signing.Message("POST", told["host"], target, headers=told)
    told |= signing.sign(
        message, enrolled.secret, key_id=enrolled.key_id, created=None, nonce="once"
    )

    assert said(ask(hub.url, "POST", target, body, {**told, "prefer": "quarantine"}))[0] == 401
    assert ask(hub.url, "POST", target, body, told).status == 200
    assert hub.aside() == []


def test_an_append_says_which_head_it_follows(enrolled):
    enrolled.open()
    target, told = f"{enrolled.stream}/events", {"content_type": protocol.BATCH_TYPE}
    body = b"[" + enrolled.events(1)[0] + b"]"

    without = enrolled.ask("POST", target, body, **told)
    nonsense = enrolled.ask("POST", target, body, **told, if_match="*")
    ahead = protocol.Head(10**17, bytes(32))

    assert said(without) == (428, "head-required")
    assert said(nonsense) == (400, "bad-request")
    assert said(enrolled.append(enrolled.events(1), ahead)) == (412, "head-mismatch")


def test_a_body_that_was_changed_on_the_way_is_not_taken(enrolled):
    enrolled.open()
    sent = gzip.compress(b"[" + enrolled.events(1)[0] + b"]")
    digest = hashlib.sha256(sent).digest()

    reply = packed(enrolled, sent[:-1] + b"\x01", content_digest=f"sha-256=:{digest.hex()}:")

    assert said(reply) == (400, "bad-digest")


def test_strange_requests_are_answered_as_problems(hub, enrolled):
    for target in (
        "/nix",
        "/v1",
        "/v1/devices/x/config",
        "/v1/blobs/" + "g" * 64,
        "/problems/none",
    ):
        assert said(enrolled.ask("GET", target)) == (404, "not-found"), target
    assert enrolled.ask("DELETE", enrolled.stream).status == 405
    assert said(enrolled.ask("GET", "/v1/catalogue/changes?after=-1")) == (400, "bad-request")
    with socket.create_connection(
        (urlsplit(hub.url).hostname, urlsplit(hub.url).port), LIMIT_S
    ) as line:
        line.sendall(b"GET /v1/time HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n")
        assert b" 431 " in line.recv(200)
    assert ask(hub.url, "GET", "/healthz", b"", {}).status == 200


def test_no_time_and_no_number_of_one_device_stops_the_figures_of_all(hub, enrolled):
    enrolled.open()
    of_visit = {"subject": f"visit/{uuid.uuid4()}"}
    registered = {"type": "id.go.bps.ruangbaca.visit.registered.v1", "data": {}, **of_visit}
    served = {"type": "id.go.bps.ruangbaca.visit.served.v1", **of_visit}
    events = [
        canonical_bytes(enrolled.event(1, time="0001-01-01T00:00:00+14:00", **registered)),
        canonical_bytes(enrolled.event(2, time="9999-12-31T23:59:59-12:00", **registered)),
        raw(enrolled.event(3, **served), b'{"wait_s":1e-400}'),
        canonical_bytes(enrolled.event(4, **registered)),
    ]

    reply = enrolled.append(events)
    projector.catch_up(hub.database)

    assert (reply.status, reply.head) == (200, head_after(events)), reply.body
    assert [kept[2] for kept in hub.aside()] == ["a clock that cannot be"] * 2
    assert hub.database.rows("SELECT day::text, wait_s FROM visit_fact") == [("2026-11-05", 0.0)]


def test_a_health_that_cannot_be_is_refused(hub, enrolled):
    for told in (
        b'"waiting":9223372036854775808',
        b'"waiting":-1',
        b'"held":18446744073709551615',
        b'"config_version":9223372036854775808',
        b'"clock_offset_s":1e308',
        b'"disk_used":-1e308',
        b'"problem":"' + b"x" * 201 + b'"',
    ):
        body = b'{"software":"1",' + told + b"}"
        target = f"/v1/devices/{enrolled.id}/health"
        reply = enrolled.ask("PUT", target, body, content_type=protocol.JSON_TYPE)
        assert said(reply) == (400, "bad-request"), told
    assert hub.database.rows("SELECT 1 FROM health_last") == []
