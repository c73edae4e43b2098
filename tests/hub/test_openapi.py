"""The protocol as it is written down, the events as others read them, and the hub: all agree."""

import importlib.resources
import json
import re
import secrets
from urllib.parse import urlsplit

import hypothesis
import msgspec
import requests
import schemathesis
from cloudevents.core.formats.json import JSONFormat
from flask.testing import FlaskClient
from hypothesis import strategies as st
from schemathesis import checks

from appliance.hub.app import Hub, create_app
from appliance.hub.signed_documents import ConfigDocuments
from appliance.sync import protocol, signing
from tests.hub_kit import OFFICE, head_after

EXAMPLES = 12
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
)
DOCUMENT = importlib.resources.files("appliance.hub") / "openapi.yaml"


class Signed(requests.auth.AuthBase):
    """Signs whatever is about to be sent, as this device would."""

    def __init__(self, device) -> None:
        self._device = device

    def __call__(self, prepared):
        parts = urlsplit(prepared.url)
        body = prepared.body or b""
        body = body.encode() if isinstance(body, str) else body
        prepared.headers["Host"] = parts.netloc
        if body:
            prepared.headers["Content-Digest"] = signing.content_digest(body)
        told = {name.lower(): value for name, value in prepared.headers.items()}
        message = signing.Message(prepared.method, parts.netloc, parts.path, parts.query, told)
        device, nonce = self._device, secrets.token_hex(8)
        prepared.headers.update(
            signing.sign(message, device.secret, key_id=device.key_id, created=None, nonce=nonce)
        )
        return prepared


def test_each_message_has_the_fields_that_are_written_down() -> None:
    document = schemathesis.openapi.from_path(str(DOCUMENT))
    written = document.raw_schema["components"]["schemas"]
    others = {"Changes": "CatalogueChanges"}
    names = {
        one: others.get(one, one) for one in written if hasattr(protocol, others.get(one, one))
    }

    told = {one: set(written[one]["properties"]) for one in names}

    assert len(names) >= 12
    assert told == {
        one: {field.name for field in msgspec.structs.fields(getattr(protocol, name))}
        for one, name in names.items()
    }


def answers_of(operation, device, session) -> list[tuple[str, int]]:
    """What came of some requests of this kind: the operation and the status, each time."""
    came = []

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), is_own=st.booleans())
    def agrees(case, is_own):
        if is_own and "device" in case.path_parameters:
            case.path_parameters["device"] = device.id
            if "epoch" in case.path_parameters:
                case.path_parameters["epoch"] = device.epoch
        answer = case.call(base_url=device.url, session=session)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == [protocol.PROBLEM_TYPE]
        came.append((operation.label, answer.status_code))

    agrees()
    return came


def test_every_answer_is_one_that_the_document_promises(hub, enrolled):
    """Inputs are made from the document by Schemathesis; half are about the device itself."""
    schema = schemathesis.openapi.from_path(str(DOCUMENT))
    ConfigDocuments(hub.database).issue([OFFICE], {}, hub.keys, "tini")
    enrolled.open()
    seen = set()
    with requests.Session() as session:
        session.auth = Signed(enrolled)
        for found in schema.get_all_operations():
            seen |= set(answers_of(found.ok(), enrolled, session))

    done = {label for label, status in seen if status < 300}
    assert done >= {
        "PUT /v1/devices/{device}/streams/{epoch}",
        "PUT /v1/devices/{device}/health",
        "GET /v1/devices/{device}/config",
        "GET /v1/catalogue/changes",
    }


def test_every_route_of_the_hub_is_written_down(hub):
    app = create_app(Hub(hub.database, hub.keys))
    routes = {
        (method, re.sub(r"<(?:[^<>:]*(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith((protocol.PREFIX, "/healthz", "/problems"))
    }
    schema = schemathesis.openapi.from_path(str(DOCUMENT))
    written = {tuple(found.ok().label.split(" ")) for found in schema.get_all_operations()}

    assert routes - {("GET", "/v1/openapi.yaml")} == written
    client: FlaskClient = app.test_client()
    assert client.get("/v1/openapi.yaml").data == DOCUMENT.read_bytes()


def test_the_events_are_those_of_the_cloudevents_sdk(hub, enrolled):
    """The SDK reads ours, and the hub takes what the SDK writes of them."""
    enrolled.open()
    ours = [JSONFormat().read(None, event) for event in enrolled.events(3)]
    events = [JSONFormat().write(event) for event in ours]

    reply = enrolled.append(events)

    assert (reply.status, reply.head) == (200, head_after(events))
    assert json.loads(reply.body)["quarantined"] == []
    found = hub.database.rows(
        "SELECT event_id::text, type, subject, occurred_at, data FROM record ORDER BY sequence"
    )
    assert found == [
        (one.get_id(), one.get_type(), one.get_subject(), one.get_time(), one.get_data())
        for one in ours
    ]
