"""The second way to the hub: a file of signed requests, and the receipt that goes back."""

import base64
import gzip
import json
import secrets

import msgspec

from appliance import ed25519
from appliance.hub.app import Hub
from appliance.hub.carried_files import CarriedFiles
from appliance.sync import protocol, signing
from tests.hub_kit import head_after


def line_of(device, method: str, path: str, body: bytes, **headers: str) -> bytes:
    """A request as it stands in a file."""
    told = {"host": "portal.example", "content-digest": signing.content_digest(body)}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    message = signing.Message(method, told["host"], path, headers=told)
    signed = signing.sign(
        message, device.secret, key_id=device.key_id, created=None, nonce=secrets.token_hex(8)
    )
    told |= {name.lower(): value for name, value in signed.items()}
    carried = protocol.Carried(method, path, told, base64.b64encode(body).decode())
    return msgspec.json.encode(carried) + b"\n"


def append_line(device, events, after) -> bytes:
    body = gzip.compress(b"[" + b",".join(events) + b"]", 1)
    told = {"content_type": protocol.BATCH_TYPE, "content_encoding": "gzip"}
    return line_of(device, "POST", f"{device.stream}/events", body, if_match=after.etag, **told)


def file_of(device, events, *, size: int, after=protocol.NOTHING) -> list[bytes]:
    begun = b'{"previous":null,"reason":"first"}'
    lines = [
        msgspec.json.encode(protocol.FileHead(device.id)) + b"\n",
        line_of(device, "PUT", device.stream, begun, content_type=protocol.JSON_TYPE),
    ]
    for first in range(0, len(events), size):
        batch = events[first : first + size]
        lines.append(append_line(device, batch, after))
        after = head_after(batch, after)
    return lines


def test_a_file_is_taken_like_the_line_and_carried_twice_stores_nothing_twice(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    events = enrolled.events(25)
    lines = file_of(enrolled, events, size=10)

    first, again = files.take(lines), files.take(lines)

    head = protocol.StreamHead(enrolled.epoch, head_after(events).etag)
    assert (first.stored, first.streams, first.problems) == (25, [head], [])
    assert (again.stored, again.streams, again.problems) == (0, [head], [])
    assert len(hub.stored()) == 25


def test_a_file_goes_on_where_the_line_has_come_to(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    events = enrolled.events(30)
    enrolled.open()
    enrolled.append(events[:13])

    receipt = files.take(file_of(enrolled, events, size=10))

    assert (receipt.stored, receipt.problems) == (17, [])
    assert [row[2] for row in hub.stored()] == list(range(1, 31))
    assert enrolled.ask("GET", enrolled.stream).head == head_after(events)


def test_a_file_that_does_not_follow_tells_the_head_and_stores_nothing(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    enrolled.open()
    enrolled.append(enrolled.events(5))
    head = enrolled.ask("GET", enrolled.stream).head

    twin = files.take(file_of(enrolled, enrolled.events(9), size=9))
    gap = files.take(file_of(enrolled, enrolled.events(2, 8), size=2, after=protocol.Head(7, b"")))

    told = [protocol.StreamHead(enrolled.epoch, head.etag)]
    assert (twin.stored, twin.streams) == (0, told)
    assert [one.problem for one in twin.problems] == ["head-mismatch"]
    assert (gap.stored, [one.problem for one in gap.problems]) == (0, ["bad-request"])
    assert len(hub.stored()) == 5


def test_lines_of_others_and_garbage_are_refused_one_by_one(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    other = hub.enrol("dharmasraya")
    events = enrolled.events(3)
    good = file_of(enrolled, events, size=3)
    other.epoch, other_id, other.id = enrolled.epoch, other.id, enrolled.id
    forged = append_line(other, events, protocol.NOTHING)
    other.id = other_id
    changed = json.loads(good[2])
    changed["body"] = base64.b64encode(gzip.compress(b"[]")).decode()
    lines = [good[0], b"\xff\n", b"{}\n", good[1], forged, json.dumps(changed).encode(), good[2]]

    receipt = files.take(lines)

    assert receipt.stored == 3
    assert [(one.line, one.problem) for one in receipt.problems] == [
        (2, "bad-request"),
        (3, "bad-request"),
        (5, "foreign"),
        (6, "bad-digest"),
    ]


def test_the_receipt_is_signed_by_the_hub(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    receipt = files.take(file_of(enrolled, enrolled.events(2), size=2))

    signed = msgspec.json.decode(files.sealed(receipt), type=protocol.Signed)

    document = base64.b64decode(signed.document)
    signature = base64.b64decode(signed.signature)
    assert ed25519.is_signed(hub.keys.signing_public, document, signature)
    assert msgspec.json.decode(document, type=protocol.Receipt) == receipt


def test_a_receipt_tells_a_device_nothing_of_what_another_one_brought(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    events = enrolled.events(1)
    thief = hub.enrol("solok")
    thief.epoch = enrolled.epoch
    pleading = {"content_type": protocol.BATCH_TYPE, "prefer": "quarantine"}
    of_the_thief = [
        line_of(thief, "PUT", thief.stream, b"{}", content_type=protocol.JSON_TYPE),
        line_of(
            thief,
            "POST",
            f"{thief.stream}/events",
            b"[" + events[0] + b"]",
            if_match=protocol.NOTHING.etag,
            **pleading,
        ),
    ]

    receipt = files.take([file_of(enrolled, [], size=1)[0], *of_the_thief])

    # Else who gets this receipt would take its events for delivered, and lose them.
    assert (receipt.streams, receipt.quarantined) == ([], [])
    assert [one.problem for one in receipt.problems] == ["foreign", "foreign"]
    assert hub.stored() == hub.aside() == []


def test_a_line_that_cannot_be_stored_does_not_end_the_file(hub, enrolled):
    files = CarriedFiles(Hub(hub.database, hub.keys))
    events = enrolled.events(2)
    first, *rest = file_of(enrolled, events, size=2)
    target = f"/v1/devices/{enrolled.id}/health"
    health = line_of(
        enrolled, "PUT", target, b'{"software":"a\\u0000b"}', content_type=protocol.JSON_TYPE
    )

    receipt = files.take([first, health, *rest])

    assert receipt.stored == 2
    assert [(one.line, one.problem) for one in receipt.problems] == [(2, "bad-request")]
