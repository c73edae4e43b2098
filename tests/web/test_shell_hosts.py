"""The appliance answers to its own names and addresses only."""

import pytest
from flask.testing import FlaskClient

from web.hosts import ADDRESSES_KEPT_S, HostList, own_addresses

FOREIGN = [
    "", "evil.example", "ruangbaca.local.evil.example", "evil.ruangbaca.local", "8.8.8.8",
    "169.254.169.254", "[::2]", "127.0.0.1.nip.io", "0x7f000001", "2130706433", "127.1",
    "ruangbaca.local@evil.example", "ruangbaca.local:80:80", "ruangbaca.local/x", "a b", "[::1",
    "ruangbaca.local, evil.example", "-", ".", "*", "ruangbaca.local:x", "[::ffff:8.8.8.8]",
]  # fmt: skip
OURS = ["localhost", "localhost:8080", "127.0.0.1", "127.0.0.1:18080", "ruangbaca.local",
        "RuangBaca.Local", "ruangbaca.local.", "[::1]:8080"]  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_hosts_get_400(client: FlaskClient, host: str) -> None:
    reply = client.get("/csp", environ_overrides={"HTTP_HOST": host})

    assert reply.status_code == 400
    assert host == "" or host not in reply.text or len(host) < 3


def test_a_missing_host_gets_400(client: FlaskClient) -> None:
    reply = client.get("/no-such-page", environ_overrides={"HTTP_HOST": ""})

    assert reply.status_code == 400


@pytest.mark.parametrize("host", OURS)
def test_own_hosts_are_answered(client: FlaskClient, host: str) -> None:
    reply = client.get("/no-such-page", environ_overrides={"HTTP_HOST": host})

    assert reply.status_code == 404


def test_forwarded_headers_are_not_believed(client: FlaskClient) -> None:
    reply = client.get("/no-such-page?lang=en", headers={"X-Forwarded-Host": "evil.example"})

    assert "evil" not in reply.headers.get("Location", "")


def test_addresses_are_read_again_when_dhcp_changed_them() -> None:
    now, found = [0.0], [frozenset({"10.0.0.5"})]
    hosts = HostList(["ruangbaca.local"], addresses=lambda: found[0], monotonic=lambda: now[0])
    assert hosts.accepts("10.0.0.5:80")

    found[0] = frozenset({"10.0.0.9"})

    assert not hosts.accepts("10.0.0.9")
    now[0] = ADDRESSES_KEPT_S
    assert hosts.accepts("10.0.0.9")
    assert not hosts.accepts("10.0.0.5")


def test_this_machine_knows_its_loopback() -> None:
    assert {"127.0.0.1", "::1"} <= own_addresses()
