"""A portal, or who took its place, that answers what makes no sense: nothing sticks."""

import json

import pytest

from appliance import base64url, codes
from appliance.storage import statements
from appliance.sync import protocol
from appliance.sync.answers import Kind
from appliance.sync.commands import CommandErrand
from appliance.sync.enrolment import COMMANDS_READ, Enrolment
from appliance.sync.health_report import HealthReport
from appliance.sync.identity import Identity
from appliance.sync.portal import Address, Line, LineTrouble
from appliance.sync.standing import StandingBook
from tests import hub_server
from tests.hub_server import saying, server
from tests.sending_rig import DEVICE, SECRET

__all__ = ["server"]

DEEP = b'{"x":' + b"[" * 100_000


@pytest.fixture
def enrolment(core, server):
    return Enrolment(
        writer=core.writer, clock=core.clock, portal=server.url, data_dir=core.settings.data_dir
    )


def line_to(server, core, *, is_signed: bool = True) -> Line:
    return Line(
        Address(server.url), core.clock, Identity(DEVICE, "k1", SECRET) if is_signed else None
    )


@pytest.mark.parametrize("following", [-1, 0, 1 << 62, 10**30])
def test_commands_that_could_never_be_asked_on_from_are_not_read(
    core, server, enrolment, following
) -> None:
    told = {"commands": [{"id": 1, "kind": "rotate-key"}], "next": following}
    server.every = saying(200, json.dumps(told).encode(), content_type=protocol.JSON_TYPE)
    errand = CommandErrand(writer=core.writer, notes=core.recorder, enrolment=enrolment)

    errand.run(line_to(server, core))

    assert statements.first("SELECT 1 FROM meta WHERE key = ?", (COMMANDS_READ,)) is None
    assert [path for _, path in server.seen if "/keys" in path] == []


@pytest.mark.parametrize("name", ["another", "a\r\nb: c", ""])
def test_a_key_that_is_called_otherwise_than_it_is_was_not_taken(
    core, server, enrolment, name
) -> None:
    core.writer.run(lambda: enrolment.ask(codes.new_card_code()))
    device_id = _device_id_in_claim(core, server, enrolment)
    told = {
        "device_id": device_id,
        "office": "pasaman",
        "key_id": name,
        "state": "active",
        "config_key": {"x": base64url.encoded(bytes(32))},
    }
    server.every = saying(201, json.dumps(told).encode(), content_type=protocol.JSON_TYPE)

    judgement = enrolment.claim(line_to(server, core, is_signed=False))

    assert judgement.kind is Kind.OFFLINE
    assert enrolment.identity() is None
    assert enrolment.has_claim()


def test_an_answer_without_a_bottom_is_like_none(core, server) -> None:
    server.every = saying(503, DEEP, content_type=protocol.PROBLEM_TYPE)
    report = HealthReport(
        outbox=core.outbox,
        standing=StandingBook(core.writer, core.clock),
        clock=core.clock,
        data_dir=core.settings.data_dir,
        heard=lambda *_: None,
    )

    report.run(line_to(server, core))

    assert not report.is_due(), "it is told again in a quarter of an hour"


def _device_id_in_claim(core, server, enrolment) -> str:
    """What this device calls itself, by a claim that comes to nothing."""
    server.every = hub_server.hang_up
    with pytest.raises(LineTrouble):
        enrolment.claim(line_to(server, core, is_signed=False))
    found = statements.first("SELECT value FROM meta WHERE key = 'device_id'")
    return str(found[0])
