"""Which Host headers this appliance answers: its names, and the addresses of its interfaces.

A name outside the list is somebody else's page whose DNS answer was bent to point here; the
addresses are read from the interfaces, because DHCP may change them while we run.
"""

import ipaddress
import re
import time
from collections.abc import Callable, Iterable

import ifaddr
from flask import Flask, Response, request

from web.roles import ANY_HOST

EXTENSION = "hosts"
ADDRESSES_KEPT_S = 30.0
REFUSAL = "Alamat ini tidak dikenal peranti. Buka alamat pada poster. / Unknown host name.\n"
_NAME = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?)\.?(?::\d{1,5})?")
_V6 = re.compile(r"\[(?P<name>[0-9a-f:.]{2,45})\](?::\d{1,5})?")


def own_addresses() -> frozenset[str]:
    """Every IP address of this machine's interfaces, in canonical text form."""
    found = {"127.0.0.1", "::1"}
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            text = address.ip if isinstance(address.ip, str) else address.ip[0]
            found.add(str(ipaddress.ip_address(text.split("%")[0])))
    return frozenset(found)


class HostList:
    """The allow-list: fixed names, and addresses looked up at most every 30 seconds."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        addresses: Callable[[], frozenset[str]] = own_addresses,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = frozenset(name.lower().rstrip(".") for name in names) | {"localhost"}
        self._addresses = addresses
        self._monotonic = monotonic
        self._known: frozenset[str] = frozenset()
        self._known_until = float("-inf")

    def allow(self, name: str) -> None:
        """Answer to this name too: the one we were left with on the network."""
        self._names |= {name.lower()}

    def accepts(self, header: str) -> bool:
        """Whether this Host header is ours. Anything that is not a plain host is not."""
        header = header.lower()
        match = _V6.fullmatch(header) or _NAME.fullmatch(header)
        if match is None:
            return False
        name = match["name"]
        return name in self._names or self._is_own_address(name)

    def _is_own_address(self, name: str) -> bool:
        try:
            address = str(ipaddress.ip_address(name))
        except ValueError:
            return False
        now = self._monotonic()
        if now >= self._known_until:
            self._known = self._addresses()
            self._known_until = now + ADDRESSES_KEPT_S
        return address in self._known


def allow_name(app: Flask, name: str) -> None:
    """Let this app answer to one more name."""
    hosts: HostList = app.extensions[EXTENSION]
    hosts.allow(name)


def init_app(app: Flask, hosts: HostList) -> None:
    """Refuse every request for a foreign host with 400, before anything else looks at it."""
    app.extensions[EXTENSION] = hosts

    @app.before_request
    def refuse_foreign_host() -> Response | None:
        if request.endpoint in ANY_HOST or hosts.accepts(request.environ.get("HTTP_HOST", "")):
            return None
        return Response(REFUSAL, status=400, mimetype="text/plain")
