"""Devices at the hub: enrolled once, rotated, suspended, revoked; and what goes down to them."""

import base64
import json
import secrets
import uuid

import msgspec
import psycopg
import pytest

from appliance import ed25519
from appliance.base64url import decoded, encoded
from appliance.hub.database import opened
from appliance.hub.device_keys import ask_to_rotate
from appliance.hub.offices import Offices
from appliance.hub.signed_documents import ConfigDocuments
from appliance.sync import protocol
from tests.hub_kit import OFFICE, claim


def said(reply):
    return reply.status, json.loads(reply.body)["type"].rpartition("/")[2]


def sent(device, method: str, target: str, body: object):
    content = msgspec.json.encode(body)
    path = f"/v1/devices/{device.id}{target}"
    return device.ask(method, path, content, content_type=protocol.JSON_TYPE)


def test_a_claim_code_makes_one_device_and_answers_the_same_claim_alike(hub):
    offices = Offices(hub.database)
    offices.add(OFFICE, "PST Pasaman")
    code, mine = offices.issue(OFFICE).code, str(uuid.uuid4())

    first, secret = claim(hub.url, code, mine)
    again, _ = claim(hub.url, code, mine, secret)
    other, _ = claim(hub.url, code, str(uuid.uuid4()))

    assert (first.status, first.body) == (again.status, again.body) == (201, again.body)
    assert said(other) == (403, "bad-claim")
    found = msgspec.json.decode(first.body, type=protocol.Enrolled)
    assert (found.device_id, found.office, found.state) == (mine, OFFICE, "active")
    assert decoded(found.config_key.x) == hub.keys.signing_public
    assert decoded(found.box_key.x) == hub.keys.box_public


def test_nothing_but_a_good_claim_enrols(hub):
    offices = Offices(hub.database)
    offices.add(OFFICE, "PST Pasaman")
    code, device, secret = offices.issue(OFFICE).code, str(uuid.uuid4()), secrets.token_bytes(32)
    proof = encoded(ed25519.sign(secret, b"something else"))
    late = offices.issue(OFFICE).code
    with hub.database.transaction() as connection:
        connection.execute("UPDATE claim SET expires_at = now() WHERE code_hash <> %s", (b"",))
    fresh = offices.issue(OFFICE).code

    assert said(claim(hub.url, late, device)[0]) == (403, "bad-claim")
    assert said(claim(hub.url, code, device)[0]) == (403, "bad-claim")
    assert said(claim(hub.url, "0000-0000", device)[0]) == (403, "bad-claim")
    assert said(claim(hub.url, fresh, device, secret, proof=proof)[0]) == (401, "bad-signature")
    assert said(claim(hub.url, fresh, "7", secret)[0]) == (400, "bad-request")
    assert said(claim(hub.url, fresh, device, protocol=2)[0]) == (426, "client-too-old")
    assert claim(hub.url, fresh, device)[0].status == 201


def test_a_device_that_lost_its_key_gets_another_by_a_code_of_its_own(hub, enrolled):
    offices = Offices(hub.database)
    stolen, _ = claim(hub.url, offices.issue(OFFICE).code, enrolled.id)
    enrolled.open()

    its_own = offices.issue(OFFICE, device=uuid.UUID(enrolled.id)).code
    reply, secret = claim(hub.url, its_own, enrolled.id)

    assert said(stolen) == (403, "foreign")
    assert reply.status == 201
    assert said(enrolled.ask("GET", enrolled.stream)) == (403, "revoked")
    enrolled.key_id, enrolled.secret = json.loads(reply.body)["key_id"], secret
    assert enrolled.ask("GET", enrolled.stream).status == 200


def rotated(device) -> tuple[str, bytes]:
    """The id and the secret of a new key that the hub has taken."""
    nonce = json.loads(device.ask("POST", f"/v1/devices/{device.id}/keys/nonce").body)["nonce"]
    secret = secrets.token_bytes(32)
    proof = encoded(ed25519.sign(secret, protocol.rotation_text(nonce, device.id)))
    key = protocol.PublicKey(encoded(ed25519.public_key(secret)))
    reply = sent(device, "POST", "/keys", protocol.NewKey(key, proof))
    assert reply.status == 201, reply
    return json.loads(reply.body)["key_id"], secret


def test_the_old_key_holds_until_the_new_one_is_used(enrolled):
    enrolled.open()
    old = enrolled.key_id, enrolled.secret
    lost = rotated(enrolled)
    new = rotated(enrolled)

    assert enrolled.ask("GET", enrolled.stream).status == 200
    enrolled.key_id, enrolled.secret = new
    assert enrolled.ask("GET", enrolled.stream).status == 200
    for key in (old, lost):
        enrolled.key_id, enrolled.secret = key
        assert said(enrolled.ask("GET", enrolled.stream)) == (403, "revoked")


def test_a_new_key_has_to_sign_a_nonce_of_the_hub(enrolled):
    secret = secrets.token_bytes(32)
    key = protocol.PublicKey(encoded(ed25519.public_key(secret)))
    guessed = encoded(ed25519.sign(secret, protocol.rotation_text("", enrolled.id)))
    without = sent(enrolled, "POST", "/keys", protocol.NewKey(key, guessed))
    enrolled.ask("POST", f"/v1/devices/{enrolled.id}/keys/nonce")

    wrong = sent(enrolled, "POST", "/keys", protocol.NewKey(key, guessed))

    assert said(without) == (400, "bad-request")
    assert said(wrong) == (401, "bad-signature")


def test_a_revoked_device_ends_at_once_and_a_suspended_one_waits(hub, enrolled):
    offices, device = Offices(hub.database), uuid.UUID(enrolled.id)
    enrolled.open()
    offices.set_state(device, "suspended")

    waiting = enrolled.append(enrolled.events(1))
    assert said(waiting) == (403, "suspended")
    assert int(waiting.headers["retry-after"]) >= 60
    assert enrolled.ask("GET", enrolled.stream).status == 200
    offices.set_state(device, "active")
    assert enrolled.append(enrolled.events(1)).status == 200
    offices.set_state(device, "revoked")
    assert said(enrolled.ask("GET", enrolled.stream)) == (403, "revoked")
    assert len(hub.stored()) == 1


def test_the_hub_keeps_a_device_s_last_word_and_every_one_before(hub, enrolled):
    for waiting in (3, 1):
        health = protocol.Health("0.2.0", waiting=waiting)
        assert sent(enrolled, "PUT", "/health", health).status == 200
    too_much = sent(enrolled, "PUT", "/health", protocol.Health("x" * 5000))
    unkept = sent(enrolled, "PUT", "/health", protocol.Health("a\0b"))

    (last,) = hub.database.rows("SELECT document->>'waiting' FROM health_last")
    assert last == ("1",)
    assert hub.database.row("SELECT count(*) FROM health_log") == (2,)
    assert Offices(hub.database).devices()[0].software == "0.2.0"
    assert said(too_much) == (413, "too-large")
    assert said(unkept) == (400, "bad-request")


def test_commands_are_told_in_their_order_and_once(hub, enrolled):
    ask_to_rotate(hub.database, uuid.UUID(enrolled.id))
    path = f"/v1/devices/{enrolled.id}/commands?after="

    first = json.loads(enrolled.ask("GET", f"{path}0").body)
    later = json.loads(enrolled.ask("GET", f"{path}{first['next']}").body)

    assert [one["kind"] for one in first["commands"]] == ["rotate-key"]
    assert later == {"commands": [], "next": first["next"]}


def test_the_configuration_is_signed_and_its_version_rises(hub, enrolled):
    path, documents = f"/v1/devices/{enrolled.id}/config", ConfigDocuments(hub.database)
    nothing = enrolled.ask("GET", path)
    documents.issue([OFFICE], {"promise_minutes": 5}, hub.keys, "tini")
    documents.issue([OFFICE], {"promise_minutes": 7}, hub.keys, "tini")

    reply = enrolled.ask("GET", path)
    same = enrolled.ask("GET", path, if_none_match=reply.headers["etag"])

    assert said(nothing) == (404, "not-found")
    found = msgspec.json.decode(reply.body, type=protocol.Signed)
    document = base64.b64decode(found.document)
    signature = base64.b64decode(found.signature)
    assert ed25519.is_signed(hub.keys.signing_public, document, signature)
    assert json.loads(document) == {
        "version": 2,
        "office": OFFICE,
        "settings": {"promise_minutes": 7},
    }
    assert (found.version, reply.headers["etag"]) == (2, '"2"')
    assert (same.status, same.body) == (304, b"")


def test_a_connection_that_broke_within_a_deed_keeps_no_half_of_it(hub, enrolled):
    """Whoever suspends a device notes it in the journal by the same transaction."""

    def deed():
        with hub.database.transaction() as connection:
            (mine,) = connection.execute("SELECT pg_backend_pid()").fetchone()
            with opened(hub.dsn) as other:
                other.rows("SELECT pg_terminate_backend(%s, 10000)", (mine,))
            Offices(hub.database).set_state(uuid.UUID(enrolled.id), "suspended")

    with pytest.raises(psycopg.OperationalError):
        deed()

    assert hub.database.rows("SELECT state FROM device") == [("active",)]
    Offices(hub.database).set_state(uuid.UUID(enrolled.id), "suspended")
    assert hub.database.rows("SELECT state FROM device") == [("suspended",)]


def test_a_connection_that_broke_meanwhile_is_opened_anew(hub, enrolled):
    enrolled.open()
    with hub.database.transaction() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert enrolled.append(enrolled.events(2)).status == 200
    assert hub.enrol("dharmasraya").open().status == 201
