"""Tells the room's network our name by multicast DNS: `ruangbaca.local`, `_http._tcp`.

A comfort, never a condition: whatever fails here is a line in the log. zeroconf is imported on
the announcing thread, when there is a network to announce on.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import ifaddr
from flask import Flask

from appliance.runtime.logs import get_logger
from web.hosts import allow_name

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, Zeroconf

LABEL = "ruangbaca"  # one label before .local: more do not resolve everywhere
SERVICE = "_http._tcp.local."
POLL_S = 10.0  # how late a new address may be told
POLLS_A_CHECK = 3
PROBE_MS = 900  # RFC 6762 section 8.1: three probes, 250 ms apart
MOST_NAMES = 50
JOIN_S = 5.0
EXTENSION = "announced_name"
EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not bound to
log = get_logger("announce")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Addresses = frozenset[Address]


def room_addresses() -> Addresses:
    """This machine's addresses that others in the room could use."""
    found = set()
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            address = ipaddress.ip_address(text.split("%")[0])
            usable_v6 = address.version == 4 or not address.is_link_local
            if not address.is_loopback and not address.is_unspecified and usable_v6:
                found.add(address)
    return frozenset(found)


def announced_name(app: Flask) -> str | None:
    """The name under which we can be found just now, such as ``ruangbaca.local``; None without."""
    name: str | None = app.extensions.get(EXTENSION)
    return name


class Announcer:
    """Announces from `start` to `stop` on a thread of its own; neither of them raises."""

    def __init__(
        self,
        app: Flask,
        *,
        enabled: bool = True,
        addresses: Callable[[], Addresses] = room_addresses,
        poll_s: float = POLL_S,
    ) -> None:
        self._app = app
        self._enabled = enabled
        self._addresses = addresses
        self._poll_s = poll_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._host, self._port = "", 0

    def start(self, host: str, port: int) -> None:
        """Begin to announce the server that listens on `host` and `port`."""
        if not self._enabled:
            return
        self._host, self._port = host, port
        self._thread = threading.Thread(target=self._loop, name="announce", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye to the network; waits at most five seconds for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _loop(self) -> None:
        told: Addresses = frozenset()
        network: Zeroconf | None = None
        polls = 0
        while True:
            wanted, polls = self._usable(), polls + 1
            must_yield = polls % POLLS_A_CHECK == 0 and self._must_yield(network, told)
            if wanted != told or must_yield or (network is None and wanted):
                self._close(network)
                network = self._open(wanted)
                told = wanted if network is not None else frozenset()
            if self._stopping.wait(self._poll_s):
                break
        self._close(network)

    def _must_yield(self, network: Zeroconf | None, ours: Addresses) -> bool:
        """Whether somebody with a lower address took our name at the same moment as we did."""
        name = announced_name(self._app)
        if network is None or name is None:
            return False
        try:
            others = _others(network, name, ours)
        except _network_troubles() as error:
            log.warning("cannot ask for our own name", exc_info=error)
            return False
        return bool(others) and min(map(_order, others)) < min(map(_order, ours))

    def _usable(self) -> Addresses:
        try:
            addresses = self._addresses()
        except OSError as error:
            log.warning("cannot read our own addresses", exc_info=error)
            return frozenset()
        if self._host in EVERYWHERE:
            return addresses
        return frozenset(one for one in addresses if str(one) == self._host)

    def _open(self, addresses: Addresses) -> Zeroconf | None:
        """Announce these addresses; None when that did not work, to be tried again."""
        if not addresses:
            return None
        try:
            from zeroconf import IPVersion, Zeroconf

            network = Zeroconf(
                interfaces=[str(one) for one in addresses if one.version == 4] or ["127.0.0.1"],
                ip_version=IPVersion.V4Only,
            )
        except _network_troubles() as error:
            log.warning("cannot announce", exc_info=error)
            return None
        try:
            label = _free_label(network, addresses)
            network.register_service(_service(label, addresses, self._port), allow_name_change=True)
        except _network_troubles() as error:
            log.warning("cannot announce", exc_info=error)
            self._close(network)
            return None
        name = f"{label}.local"
        allow_name(self._app, name)
        self._app.extensions[EXTENSION] = name
        log.info("announced", name=name, addresses=" ".join(sorted(map(str, addresses))))
        return network

    def _close(self, network: Zeroconf | None) -> None:
        self._app.extensions[EXTENSION] = None
        if network is None:
            return
        try:
            network.close()  # unregisters, which is the goodbye
        except _network_troubles() as error:
            log.warning("no clean goodbye to the network", exc_info=error)


def _network_troubles() -> tuple[type[Exception], ...]:
    """What zeroconf raises when the network, or its own event loop, is not well.

    Sockets and time limits raise OSError; an address that just went away is a RuntimeError. That
    its loop still runs zeroconf asserts, and what the loop was doing when it ended is cancelled.
    """
    from zeroconf import Error

    return (OSError, RuntimeError, AssertionError, CancelledError, Error)


def _free_label(network: Zeroconf, ours: Addresses) -> str:
    """The first of ruangbaca, ruangbaca-2, ... that nobody else answers to."""
    for number in range(1, MOST_NAMES):
        label = LABEL if number == 1 else f"{LABEL}-{number}"
        if not _others(network, f"{label}.local", ours):
            return label
    raise OSError(f"{MOST_NAMES} names are taken")


def _others(network: Zeroconf, name: str, ours: Addresses) -> Addresses:
    """The addresses, none of them ours, that answer to this name."""
    from zeroconf import AddressResolver, IPVersion  # type: ignore[attr-defined]

    resolver = AddressResolver(f"{name}.")
    resolver.request(network, PROBE_MS)
    found = resolver.ip_addresses_by_version(IPVersion.All)
    return frozenset(ipaddress.ip_address(one.packed) for one in found) - ours


def _order(address: Address) -> tuple[int, int]:
    return address.version, int(address)


def _service(label: str, addresses: Addresses, port: int) -> ServiceInfo:
    from zeroconf import ServiceInfo

    return ServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        addresses=[one.packed for one in sorted(addresses, key=str)],
        port=port,
        properties={"path": "/"},
        server=f"{label}.local.",
    )
