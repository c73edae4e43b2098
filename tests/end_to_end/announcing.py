"""A program for test_announce: announces until its input ends, or looks what others announce.

Run inside a network namespace: `announce PORT` prints `name ADDRESSES` at every change; `browse
SECONDS` prints one JSON object: service name -> [server, addresses, port], and who has a host name.
"""

import json
import sys
import threading
import time

from flask import Flask
from zeroconf import AddressResolver, ServiceBrowser, ServiceListener, Zeroconf

from appliance.runtime.logs import configure
from web.announce import SERVICE, Announcer, announced_name
from web.hosts import HostList, init_app


def announce(port: int) -> None:
    configure("web", stream=sys.stderr)
    app = Flask("announcing")
    init_app(app, HostList(()))
    announcer = Announcer(app, poll_s=0.5)
    announcer.start("0.0.0.0", port)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    told = None
    while not ended.wait(0.1):
        if announced_name(app) != told:
            told = announced_name(app)
            print(told, flush=True)
    announcer.stop()


class Seen(ServiceListener):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.names.add(name)

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.names.add(name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.names.discard(name)


def browse(seconds: float) -> None:
    network, seen = Zeroconf(), Seen()
    ServiceBrowser(network, SERVICE, listener=seen)
    time.sleep(seconds)
    found = {}
    for name in sorted(seen.names):
        info = network.get_service_info(SERVICE, name)
        if info is not None:
            found[name] = [info.server, sorted(info.parsed_addresses()), info.port]
    hosts = {}
    for label in ("ruangbaca", "ruangbaca-2"):
        resolver = AddressResolver(f"{label}.local.")
        resolver.request(network, 1500)
        hosts[label] = sorted(resolver.parsed_addresses())
    network.close()
    print(json.dumps({"services": found, "hosts": hosts}))


if __name__ == "__main__":
    announce(int(sys.argv[2])) if sys.argv[1] == "announce" else browse(float(sys.argv[2]))
