"""Where this appliance is reached from another device: the one answer for every QR and poster."""

import ipaddress
from typing import Any

from flask import current_app, request, url_for

from web.announce import announced_name, room_addresses

HTTP_PORT = "80"


def is_this_machine(host: str) -> bool:
    """Whether a host or address, such as ``127.0.0.1`` or ``[::1]:8080``, means its own machine."""
    name = _name(host).lower().rstrip(".")
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def room_hosts() -> list[str]:
    """Our hosts on the room's network, with the port when it is not 80; empty without a network.

    IPv4 only: nobody types the other kind.
    """
    found = sorted(one for one in room_addresses() if one.version == 4)
    return [_with_port(str(one)) for one in found]


def room_name() -> str:
    """The announced host name, with the port when it is not 80; empty while none is announced."""
    name = announced_name(current_app)
    return _with_port(name) if name else ""


def phone_url(endpoint: str, **values: Any) -> str:
    """A page's address for the visitor's phone; empty when this machine has no network.

    It is the address this screen itself uses, unless the screen runs on the appliance: what is
    called localhost there would be the phone on the phone.
    """
    path = url_for(endpoint, **values)
    if not is_this_machine(request.host):
        return f"{request.scheme}://{request.host}{path}"
    hosts = room_hosts()
    return f"{request.scheme}://{hosts[0]}{path}" if hosts else ""


def _with_port(host: str) -> str:
    """`host` with the port this request came in by: the one we are known to listen on."""
    port = request.environ.get("SERVER_PORT", HTTP_PORT)
    return host if port == HTTP_PORT else f"{host}:{port}"


def _name(host: str) -> str:
    """The host of a Host header, or an address alone; IPv6 with or without its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host if host.count(":") > 1 else host.partition(":")[0]
