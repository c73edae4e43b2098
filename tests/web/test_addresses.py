"""Which address a phone is given, and what counts as this machine itself."""

import ipaddress

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.entries import filled
from tests.web.conftest import post
from web import addresses
from web.addresses import is_this_machine, phone_url, room_hosts, room_name
from web.announce import EXTENSION

ROOM = frozenset(ipaddress.ip_address(one) for one in ("10.0.0.12", "10.0.0.9", "fd00::9"))
NOWHERE: frozenset[ipaddress.IPv4Address] = frozenset()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A network with two IPv4 addresses."""
    monkeypatch.setattr(addresses, "room_addresses", lambda: ROOM)
    return monkeypatch


@pytest.mark.parametrize(
    "host",
    ["localhost", "LocalHost:8080", "localhost.", "127.0.0.1", "127.0.0.1:80", "127.8.8.8", "::1",
     "[::1]", "[::1]:8080"],
)  # fmt: skip
def test_this_machine_is_known_by_all_its_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["ruangbaca.local", "localhost.evil.example", "10.0.0.9:8080", "[fd00::9]:80", "fe80::1", "",
     "[", "12700.1"],
)  # fmt: skip
def test_everybody_else_is_not_this_machine(host: str) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize(
    ("opened", "given"),
    [
        ("http://ruangbaca.local", "http://ruangbaca.local/standard"),
        ("http://10.0.0.12:8080", "http://10.0.0.12:8080/standard"),
        ("http://localhost", "http://10.0.0.9/standard"),
        ("http://localhost:8080", "http://10.0.0.9:8080/standard"),
        ("http://[::1]", "http://10.0.0.9/standard"),
    ],
)
def test_a_phone_gets_an_address_that_leads_here(
    app: Flask, room: pytest.MonkeyPatch, opened: str, given: str
) -> None:
    with app.test_request_context(base_url=opened):
        assert phone_url("standard.show") == given


def test_without_a_network_no_address_is_given_away(app: Flask, room: pytest.MonkeyPatch) -> None:
    room.setattr(addresses, "room_addresses", lambda: NOWHERE)

    with app.test_request_context(base_url="http://localhost:8080"):
        assert phone_url("standard.show") == ""
        assert room_hosts() == []


def test_the_room_is_told_hosts_in_order_and_the_announced_name(
    app: Flask, room: pytest.MonkeyPatch
) -> None:
    with app.test_request_context(base_url="http://localhost:8080"):
        assert room_hosts() == ["10.0.0.9:8080", "10.0.0.12:8080"]
        assert room_name() == ""
        app.extensions[EXTENSION] = "ruangbaca-2.local"
        assert room_name() == "ruangbaca-2.local:8080"

    with app.test_request_context(base_url="http://localhost"):
        assert room_hosts() == ["10.0.0.9", "10.0.0.12"]
        assert room_name() == "ruangbaca-2.local"


def test_the_tablet_on_the_appliance_itself_still_hands_over_to_a_phone(
    client: FlaskClient, room: pytest.MonkeyPatch
) -> None:
    location = post(client, "/guestbook?kiosk=1", filled()).location

    assert "Pakai HP sendiri" in client.get("/?kiosk=1").text
    assert "Kode QR untuk membuka tiket di HP" in client.get(location).text

    room.setattr(addresses, "room_addresses", lambda: NOWHERE)
    assert "Pakai HP sendiri" not in client.get("/?kiosk=1").text
    assert "Kode QR untuk membuka tiket di HP" not in client.get(location).text
