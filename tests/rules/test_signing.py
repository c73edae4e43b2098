"""Signed requests: against the standard's example, another implementation, and changes."""

import base64
import datetime as dt

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import ed25519
from appliance.sync import signing
from appliance.sync.signing import Message

SECRET = bytes(range(32))
PUBLIC = ed25519.public_key(SECRET)
URL = "http://hub.example:8080/v1/devices/a/streams/b/events?x=1"
HEADERS = {
    "content-type": "application/cloudevents-batch+json",
    "content-encoding": "gzip",
    "content-digest": signing.content_digest(b"batch"),
    "if-match": '"0-00"',
}
MESSAGE = Message("POST", "hub.example:8080", "/v1/devices/a/streams/b/events", "x=1", HEADERS)


def signed(message: Message, **changed: object) -> Message:
    more = signing.sign(message, SECRET, key_id="k1", created=1_760_000_000, nonce="n")
    lower = {name.lower(): value for name, value in more.items()}
    parts = {"method": message.method, "authority": message.authority, "path": message.path}
    parts |= {"query": message.query, "headers": {**message.headers, **lower}}
    return Message(**(parts | changed))


def is_believed(message: Message) -> bool:
    found = signing.signature_of(message)
    return found is not None and signing.is_signed(message, found, PUBLIC)


class Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str):
        return Ed25519PublicKey.from_public_bytes(PUBLIC)

    def resolve_private_key(self, key_id: str):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(SECRET)


def test_the_example_of_the_standard_is_believed() -> None:
    # RFC 9421, appendix B.2.6, with the key of B.1.4.
    public = base64.urlsafe_b64decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs=")
    inside = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    value = (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    headers = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-length": "18",
        "signature-input": f"rb={inside}",
        "signature": f"rb=:{value}:",
    }
    message = Message("POST", "example.com", "/foo", "param=Value&Pet=dog", headers)

    found = signing.signature_of(message)

    assert found is not None
    assert found.key_id == "test-key-ed25519"
    base = signing._base(message, found.covered, found.parameters)
    assert ed25519.is_signed(public, base, found.value)
    assert not signing.is_signed(message, found, public), "its query is not covered: not for us"


def test_another_implementation_believes_ours() -> None:
    ours = signed(MESSAGE)
    request = requests.Request("POST", URL, headers=dict(ours.headers), data=b"batch").prepare()
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=Keys())

    results = verifier.verify(request, max_age=dt.timedelta(days=36500))

    assert [result.label for result in results] == ["rb"]


def test_ours_believes_another_implementation() -> None:
    request = requests.Request("POST", URL, headers=HEADERS, data=b"batch").prepare()
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys()).sign(
        request,
        key_id="k1",
        covered_component_ids=(*signing.ALWAYS, *HEADERS),
        label="rb",
        use_existing_digest=True,
    )
    headers = {name.lower(): value for name, value in request.headers.items()}

    assert is_believed(Message("POST", MESSAGE.authority, MESSAGE.path, MESSAGE.query, headers))


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"authority": "other.example"},
        {"path": "/v1/devices/a/streams/c/events"},
        {"query": "x=2"},
        {"query": ""},
    ],
)
def test_whatever_is_changed_on_the_way_is_noticed(changed) -> None:
    assert is_believed(signed(MESSAGE))
    assert not is_believed(signed(MESSAGE, **changed))


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_changed_or_taken_away_is_noticed(name) -> None:
    headers = dict(signed(MESSAGE).headers)
    without = {key: value for key, value in headers.items() if key != name}

    assert not is_believed(signed(MESSAGE, headers=headers | {name: "other"}))
    assert not is_believed(signed(MESSAGE, headers=without))


def test_a_header_put_in_on_the_way_is_noticed() -> None:
    headers = {key: value for key, value in HEADERS.items() if key != "if-match"}
    sent = signed(Message("POST", MESSAGE.authority, MESSAGE.path, MESSAGE.query, headers))

    assert is_believed(sent)
    added = dict(sent.headers) | {"if-match": '"0-00"'}
    assert not is_believed(Message("POST", MESSAGE.authority, MESSAGE.path, MESSAGE.query, added))


@settings(max_examples=200)
@given(st.text(max_size=120), st.text(max_size=120))
def test_garbage_is_no_signature_and_no_error(given_input, value) -> None:
    for text in (given_input, f"rb={given_input}", f'rb=("@method"){given_input}'):
        headers = HEADERS | {"signature-input": text, "signature": f"rb=:{value}:"}
        assert not is_believed(signed(MESSAGE, headers=headers))


def test_a_clock_that_is_not_set_signs_without_a_time() -> None:
    headers = signing.sign(MESSAGE, SECRET, key_id="k1", created=None, nonce="n")

    assert "created" not in headers["Signature-Input"]
