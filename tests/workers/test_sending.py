"""Sending beside the loop of the sync process, over real HTTP, to a portal that misbehaves."""

import threading

import pytest

from appliance import ed25519
from appliance.errors import Unavailable
from appliance.sync import sending as at_work
from appliance.sync.answers import Kind
from appliance.sync.identity import Identity
from appliance.sync.portal import Address, Line, LineTrouble
from appliance.sync.signing import Message, is_signed, signature_of
from appliance.sync.standing import State
from tests import hub_server
from tests.hub_server import saying, server
from tests.sending_rig import DEVICE, SECRET, Rig

__all__ = ["server"]


@pytest.fixture
def rig(core, server):
    made = Rig(core, server.url)
    made.record(150)
    yield made
    made.sending.stop()


def test_everything_is_sent_and_then_it_is_quiet(rig, server) -> None:
    assert rig.look().state is State.IDLE

    assert rig.waiting() == 0
    assert sum(server.hub.stored.values()) == rig.core.outbox.state().last_sequence
    asked = len(server.seen)
    rig.look()
    assert len(server.seen) == asked, "who has nothing to say does not ring up"
    assert rig.standing.sent_at is not None


@pytest.mark.parametrize("who", [None, Identity(DEVICE, "k1", SECRET)], ids=["nobody", "enrolled"])
def test_the_end_of_its_work_does_not_begin_it_again(rig, who) -> None:
    rig.enrolment.who = who
    rig.look()

    rig.sending.look()  # as the loop does, which that end has woken

    assert rig.sending._thread._running is None
    rig.enrolment.who = Identity(DEVICE, "k1", SECRET)
    rig.record(1)
    assert rig.look().state is State.IDLE
    assert rig.waiting() == 0


def test_every_request_is_signed_with_what_counts(rig, server) -> None:
    rig.look()

    assert len(server.seen) >= 3
    for (method, path), headers in zip(server.seen, server.headers, strict=True):
        message = Message(method, headers["host"], path, "", headers)
        found = signature_of(message)
        assert found.key_id == "k1"
        assert is_signed(message, found, ed25519.public_key(SECRET))
        assert "content-digest" in found.covered
    assert any("if-match" in headers for headers in server.headers)


def test_who_is_not_enrolled_asks_nobody(rig, server) -> None:
    rig.enrolment.who = None

    assert rig.look().state is State.UNENROLLED
    assert server.seen == []
    assert rig.waiting() > 0

    rig.enrolment.who = Identity(DEVICE, "k1", SECRET)
    assert rig.look().state is State.IDLE


FAULTS = {
    "500": (saying(500), Kind.FAILED, State.WAITING),
    "503": (saying(503), Kind.LOAD, State.WAITING),
    "429": (saying(429, retry_after="7200"), Kind.LOAD, State.WAITING),
    "401": (saying(401), Kind.REFUSED, State.BLOCKED),
    "413": (saying(413), Kind.LARGE, State.WAITING),
    "426": (saying(426), Kind.VERSION, State.BLOCKED),
    "login page": (hub_server.login_page, Kind.OFFLINE, State.OFFLINE),
    "redirect": (saying(302, location="http://127.0.0.1:9/"), Kind.OFFLINE, State.OFFLINE),
    "hang up": (hub_server.hang_up, Kind.OFFLINE, State.OFFLINE),
    "half": (hub_server.half_an_answer, Kind.OFFLINE, State.OFFLINE),
    "huge": (hub_server.too_large, Kind.OFFLINE, State.OFFLINE),
    "garbage": (
        saying(200, b"\xff{", content_type="application/json"),
        Kind.OFFLINE,
        State.OFFLINE,
    ),
    "packed": (
        saying(200, b"\x1f\x8b", content_type="application/json", content_encoding="gzip"),
        Kind.OFFLINE,
        State.OFFLINE,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_the_portal_does_it_is_tried_again_and_nothing_is_lost(name, rig, server) -> None:
    fault, kind, state = FAULTS[name]
    server.every = fault

    for _ in range(3):
        standing = rig.look()
        assert (standing.state, standing.problem) == (state, kind)
        assert standing.next_at is not None
        asked = len(server.seen)
        rig.look()
        assert len(server.seen) == asked, "not before its time"
        rig.now_s += 24 * 3600
    server.every = None
    for _ in range(3):  # the first may be spent on letting others go first
        rig.look()
        rig.now_s += 24 * 3600

    assert rig.standing.state is State.IDLE
    assert rig.standing.problem is None
    assert rig.waiting() == 0
    assert set(server.hub.stored.values()) == {1}
    assert not server.hub.aside


def test_an_answer_that_never_ends_is_cut(core, server) -> None:
    server.every = hub_server.endless
    line = Line(Address(server.url), core.clock, silence_s=10, answer_s=0.3)

    with pytest.raises(LineTrouble) as caught:
        line.ask("GET", "/v1/time")
    line.close()

    assert caught.value.judgement.kind is Kind.OFFLINE


def test_a_portal_that_is_not_there_is_offline(core) -> None:
    rig = Rig(core, "http://127.0.0.1:9")
    rig.record(1)

    assert rig.look().state is State.OFFLINE
    rig.sending.stop()


def test_an_answer_lost_on_the_way_doubles_nothing(rig, server) -> None:
    server.faults.extend([None, hub_server.done_but_silent, hub_server.done_but_silent])
    rig.look()
    rig.now_s += 3600
    rig.look()

    assert rig.waiting() == 0
    assert set(server.hub.stored.values()) == {1}


def test_send_now_waits_for_nothing(rig, server) -> None:
    server.every = saying(503, retry_after="86400")
    for _ in range(4):
        rig.look()
        rig.now_s += 90_000
    rig.look()
    server.every = None

    rig.core.clock.advance(1)
    rig.sending.standing.ask()

    assert rig.look().state is State.IDLE


def test_after_an_outage_others_go_first(rig, server) -> None:
    server.every = saying(503)
    for _ in range(3):
        rig.look()
        rig.now_s += 3600
    server.every = None
    server.seen.clear()

    standing = rig.look()

    assert server.seen == [("GET", "/v1/time")]
    assert standing.detail == "letting others go first"
    rig.now_s += 600
    assert rig.look().state is State.IDLE


def test_what_nobody_foresaw_does_not_end_it(rig, server, monkeypatch) -> None:
    def stumble(*_args, **_more):
        raise ZeroDivisionError

    monkeypatch.setattr(at_work.Sender, "turn", stumble)
    assert rig.look().problem is Kind.FAILED

    monkeypatch.undo()
    rig.now_s += 3600
    assert rig.look().state is State.IDLE


def test_not_even_on_a_card_that_is_full(rig, server, monkeypatch) -> None:
    def stumble(*_args, **_more):
        raise ZeroDivisionError

    def full(*_args, **_more):
        raise Unavailable("penuh")

    monkeypatch.setattr(at_work.Sender, "turn", stumble)
    monkeypatch.setattr(rig.core.writer, "run", full)
    rig.look()

    monkeypatch.undo()
    rig.now_s += 3600
    assert rig.look().state is State.IDLE


def test_stopping_ends_a_silent_exchange(rig, server) -> None:
    server.every = hub_server.endless
    rig.sending.look()
    for _ in range(300):
        if server.seen:
            break
        threading.Event().wait(0.1)
    assert server.seen

    rig.sending.stop()

    assert rig.waiting() > 0


def test_what_the_portal_has_had_long_enough_goes(rig) -> None:
    rig.look()
    last = rig.core.outbox.state().last_sequence
    rig.core.clock.advance(31 * 24 * 3600)
    rig.now_s += 7200

    rig.look()
    assert rig.core.outbox.first_broken_link() is None
    assert list(rig.core.outbox.pending()) == []
    rig.record(2)
    assert rig.core.outbox.state().last_sequence == last + 2
    rig.look()

    assert rig.waiting() == 0
    assert set(rig.core.database.execute_sql("SELECT count(*) FROM outbox")) == {(2,)}
