"""Certificates that do not fit, on a real socket: a wrong clock is told from a wrong portal."""

import ssl

import pytest

from appliance.clock import ClockQuality
from appliance.sync.answers import Kind
from appliance.sync.sending import CLOCK_WAIT_S
from appliance.sync.standing import State
from tests import hub_server
from tests.certificates import DAY, Authority
from tests.sending_rig import Rig

UNSET, ESTIMATED, SYNCED = ClockQuality
CLOCK, BLOCKED = (State.CLOCK, Kind.CLOCK), (State.BLOCKED, Kind.CERTIFICATE)
EARLY, LATE = {"after": DAY, "before": DAY * 2}, {"after": -DAY * 2, "before": -DAY}
ELSEWHERE = {"address": "127.0.0.2"}
CASES = {
    "not yet valid, clock unset": (UNSET, EARLY, CLOCK, "not yet valid"),
    "not yet valid, clock estimated": (ESTIMATED, EARLY, CLOCK, "not yet valid"),
    "not yet valid, clock right": (SYNCED, EARLY, BLOCKED, "not yet valid"),
    "expired, clock unset": (UNSET, LATE, CLOCK, "has expired"),
    "expired, clock estimated": (ESTIMATED, LATE, CLOCK, "has expired"),
    "expired, clock right": (SYNCED, LATE, BLOCKED, "has expired"),
    "another's name, clock unset": (UNSET, ELSEWHERE, BLOCKED, "mismatch"),
    "another's name, clock right": (SYNCED, ELSEWHERE, BLOCKED, "mismatch"),
}


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def tls():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


@pytest.fixture
def server(tls):
    with hub_server.hub_server(tls=tls) as room:
        yield room


@pytest.fixture
def rig(core, server, authority):
    made = Rig(core, server.url, ca_file=str(authority.file))
    made.record(3)
    yield made
    made.sending.stop()


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_said_before_the_certificate_fits(name, rig, server, authority, tls) -> None:
    quality, given, expected, told = CASES[name]
    rig.core.clock.set_quality(quality)
    authority.let_serve(tls, **given)

    check_refused(rig, server, expected, told)

    authority.let_serve(tls)
    assert rig.ends_well(), "mended, it goes on by itself"
    assert set(server.hub.stored.values()) == {1}


@pytest.mark.parametrize("quality", ClockQuality)
def test_who_is_vouched_for_by_a_stranger_is_not_the_portal(
    quality, rig, server, authority, tls, tmp_path
) -> None:
    rig.core.clock.set_quality(quality)
    Authority(tmp_path, "stranger").let_serve(tls)

    check_refused(rig, server, BLOCKED, "unable to get local issuer certificate")

    authority.let_serve(tls)
    assert rig.ends_well()


def test_an_own_authority_is_trusted_only_where_it_is_named(core, server, authority, tls) -> None:
    authority.let_serve(tls)
    rig = Rig(core, server.url)
    rig.record(1)
    try:
        check_refused(rig, server, BLOCKED, "unable to get local issuer certificate")
    finally:
        rig.sending.stop()


def test_who_speaks_no_tls_is_offline(core, authority) -> None:
    with hub_server.hub_server() as plain:
        rig = Rig(core, plain.url.replace("http:", "https:"), ca_file=str(authority.file))
        rig.record(1)
        standing = rig.look()
        rig.sending.stop()

    assert (standing.state, standing.problem) == (State.OFFLINE, Kind.OFFLINE)
    assert plain.seen == []


def check_refused(rig, server, expected, told) -> None:
    """Refused day after day: the cause and what to do are told, and it is tried again in time."""
    for _ in range(8):
        standing = rig.look()
        assert (standing.state, standing.problem) == expected
        assert told in standing.detail
        assert standing.sentence
        assert standing.advice
        wait_s = (standing.next_at - rig.core.clock.now()).total_seconds()
        assert wait_s == CLOCK_WAIT_S if expected is CLOCK else wait_s <= 15 * 60
        rig.now_s += wait_s
    assert server.seen == [], "not a word to who may be anybody"
    assert rig.waiting() > 0
