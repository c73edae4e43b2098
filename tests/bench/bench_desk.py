"""What the desk and its polls cost, as ratios: ``python -m tests.bench.bench_desk``.

CPU time of the server alone, per request, divided by that of a bare WSGI answer behind the same
waitress in the same round: a busy machine moves rates threefold and this hardly. The queue holds
25 visitors and the room another 25, before a wall of 12 lockers, as an officer sees them. The desk
is asked for unchanged, made anew after one visit changed, and cold, when nothing at all is kept; a
poll is asked when nothing has changed. Budgets: each page at most 30 times the bare answer, a poll
that is answered 204 at most 3 times.
"""

import argparse
import http.client
import multiprocessing
import statistics
import tempfile
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask
from waitress.server import create_server

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import build_services
from appliance.config import Settings
from appliance.core import open_core
from appliance.services import Services
from tests.entries import filled
from web.app import create_app
from web.kept_panels import EXTENSION, KeptPanels
from web.server import WAITRESS
from web.server import serve as as_the_product_does
from web.sessions import STAFF_COOKIE

HOST = "127.0.0.1"
ROWS = 50
TOKEN_FILE = "token"
LOCKERS = 12
TRIES = 5
CHANGE, FORGET = "/bench/change", "/bench/forget"
BUDGETS = {"unchanged": 30.0, "changed": 30.0, "cold": 30.0, "poll": 3.0}
OFFICER = Actor.staff("petugas", "officer")
PASSWORD = "meja-antrean-uji-42"


def bare(_folder: Path) -> Callable[..., Any]:
    def answer(_environ: object, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [b"hello"]

    return answer


def desk(folder: Path) -> Flask:
    """Our screens over a day with 50 open visits."""
    core = open_core(Settings(data=str(folder / "desk"), port=0, announce=False))
    services = build_services(core)
    services.staff.add("petugas", "Petugas", "officer", PASSWORD, by=OFFICER)
    services.lockers.sync_bank(dict.fromkeys(range(1, LOCKERS + 1), True), by=SYSTEM)
    for number in range(ROWS):
        visit = services.guestbook.register(
            filled(name=f"Pengunjung {number}"), channel="phone", language="id", idempotency_key=""
        )
        if number % 2:
            services.visits.serve(visit.id, by=OFFICER)
    token = services.staff.login(OFFICER.name, PASSWORD, client=HOST)
    (folder / TOKEN_FILE).write_text(token)
    app = create_app(services, core.settings)
    app.wsgi_app = Levers(app, services)  # type: ignore[method-assign]
    return app


class Levers:
    """In front of the app, two addresses by which the bench changes the house and forgets it."""

    def __init__(self, app: Flask, services: Services) -> None:
        self._answer, self._services = app.wsgi_app, services
        self._kept: tuple[KeptPanels, ...] = app.extensions[EXTENSION]
        self._changes = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == CHANGE:
            self._change()
        elif path == FORGET:
            for panels in self._kept:
                panels.forget()
        else:
            return self._answer(environ, start_response)
        start_response("204 No Content", [])
        return []

    def _change(self) -> None:
        """One of those in the room wants to leave, or stays after all."""
        step, turn = divmod(self._changes, 2)
        visit_id = 2 + 2 * (step % (ROWS // 2))
        visits = self._services.visits
        (visits.stay if turn else visits.leave)(visit_id, by=OFFICER)
        self._changes += 1


def serve(make: Callable[[Path], Any], folder: Path, says: Connection) -> None:
    if make is desk:
        as_the_product_does(make(folder), HOST, 0, on_ready=lambda at: says.send(at.split(":")[1]))
        return
    server = create_server(make(folder), host=HOST, port=0, **WAITRESS)
    says.send(server.effective_port)
    server.run()


class Moved(Exception):
    """Raised when an answer had another status: the minutes left on the page have moved on."""


class Server:
    """One server in a process of its own, and what its CPU has done so far."""

    def __init__(self, make: Callable[[Path], Any], folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        hears, says = context.Pipe(duplex=False)
        self._process = context.Process(target=serve, args=(make, folder, says), daemon=True)
        self._process.start()
        says.close()  # so that a server that fails to start ends the bench
        self.port = int(hears.recv())

    def cpu_ms(self, path: str, requests: int, headers: dict[str, str], status: int) -> float:
        """CPU milliseconds of one request, over so many on one connection."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        self._ask(connection, path, headers, status)
        before = self._cpu_s()
        for _ in range(requests):
            self._ask(connection, path, headers, status)
        connection.close()
        return (self._cpu_s() - before) * 1000 / requests

    def cpu_ms_after(self, lever: str, path: str, requests: int, headers: dict[str, str]) -> float:
        """CPU milliseconds of one request, of so many that each follow this lever."""
        connection, spent_s = http.client.HTTPConnection(HOST, self.port, timeout=60), 0.0
        for _ in range(requests):
            self._ask(connection, lever, {}, 204)
            before = self._cpu_s()
            self._ask(connection, path, headers, 200)
            spent_s += self._cpu_s() - before
        connection.close()
        return spent_s * 1000 / requests

    def stop(self) -> None:
        self._process.kill()
        self._process.join()

    @staticmethod
    def _ask(
        connection: http.client.HTTPConnection, path: str, headers: dict[str, str], status: int
    ) -> None:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != status:
            raise Moved(f"{path} answered {answer.status} instead of {status}")

    def _cpu_s(self) -> float:
        """Of all its threads, in nanoseconds as the scheduler counts; ticks would be too coarse."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(file.read_text().split()[0]) for file in threads) / 1e9


def get(server: Server, headers: dict[str, str]) -> tuple[str, http.client.HTTPMessage]:
    """The desk as a browser reads it, and the headers it came with."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=60)
    connection.request("GET", "/staff", headers=headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return page, answer.headers


def signed_in(server: Server, token: str) -> dict[str, str]:
    """What the browser of an officer sends, who has the desk open."""
    cookie = f"{STAFF_COOKIE}={token}"
    _, headers = get(server, {"Cookie": cookie})
    given = [one.split(";")[0] for one in headers.get_all("Set-Cookie", [])]
    return {"Cookie": "; ".join([cookie, *given])}


def poll_path(server: Server, headers: dict[str, str]) -> str:
    """The address the desk's queue polls, as the page says it now."""
    page, _ = get(server, headers)
    query = page.partition('hx-get="/staff/queue?')[2].partition('"')[0]
    return f"/staff/queue?{query.replace('&amp;', '&')}"


def poll_cpu_ms(server: Server, requests: int, headers: dict[str, str]) -> float:
    for _ in range(TRIES):
        poll = poll_path(server, headers)
        try:
            return server.cpu_ms(poll, requests, headers | {"HX-Request": "true"}, 204)
        except Moved:
            continue
    raise SystemExit("the poll never stood still")


def measure(folder: Path, requests: int, rounds: int) -> dict[str, list[float]]:
    hello, ours = Server(bare, folder), Server(desk, folder)
    found: dict[str, list[float]] = {"hello": [], **{name: [] for name in BUDGETS}}
    try:
        headers = signed_in(ours, (folder / TOKEN_FILE).read_text())
        for _ in range(rounds):
            found["hello"].append(hello.cpu_ms("/", requests * 10, {}, 200))
            found["unchanged"].append(ours.cpu_ms("/staff", requests, headers, 200))
            for name, lever in (("changed", CHANGE), ("cold", FORGET)):
                found[name].append(ours.cpu_ms_after(lever, "/staff", requests, headers))
            found["poll"].append(poll_cpu_ms(ours, requests * 10, headers))
    finally:
        hello.stop()
        ours.stop()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), arguments.requests, arguments.rounds)
    print(f"bare hello {statistics.median(found['hello']):.3f} CPU-ms")
    ratios = {
        name: statistics.median(
            one / other for one, other in zip(costs, found["hello"], strict=True)
        )
        for name, costs in found.items()
    }
    for name, budget in BUDGETS.items():
        ratio = ratios[name]
        verdict = "ok" if ratio <= budget else "BROKEN"
        print(f"{name} {ratio:.1f} times the bare answer (budget {budget:g}): {verdict}")


if __name__ == "__main__":
    main()
