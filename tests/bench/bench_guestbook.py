"""What a guest-book entry costs over HTTP, as a ratio: ``python -m tests.bench.bench_guestbook``.

Three servers take turns in one run, each behind waitress with the product's own settings: a bare
WSGI answer (the floor), the shortest Flask and Peewee POST with one lock round the write (what
one would write first), and our guest book with its CSRF check, validation, consent, journal and
outbox. Budgets: at least half the requests a second of the short one, no error, and a slowest
per cent at most 1.5 times its.
"""

import argparse
import http.client
import multiprocessing
import statistics
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from peewee import Model, TextField
from playhouse.apsw_ext import APSWDatabase
from waitress.server import create_server

from appliance.bootstrap import build_services
from appliance.config import Settings
from appliance.core import open_core
from tests.end_to_end.plain_browser import PlainBrowser
from tests.entries import filled
from web.app import create_app
from web.server import WAITRESS

REQUESTS = 400
HOST = "127.0.0.1"
BUDGET_RATE, BUDGET_TAIL = 0.5, 1.5


@dataclass(frozen=True)
class Measured:
    """One server under one load; times in milliseconds."""

    rate: float
    median_ms: float
    slowest_ms: float  # of 99 per cent
    errors: int


def bare(_folder: Path) -> Callable[..., Any]:
    def answer(_environ: object, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return []

    return answer


def short(folder: Path) -> Flask:
    database = APSWDatabase(str(folder / "short.db"), pragmas={"synchronous": 2}, timeout=10)
    database.connection().pragma("journal_mode", "wal")

    class Entry(Model):
        name = TextField()
        body = TextField()

        class Meta:
            pass

    Entry.bind(database)
    database.create_tables([Entry])
    app, lock = Flask(__name__), threading.Lock()

    @app.post("/guestbook")
    def register() -> ResponseReturnValue:
        with lock, database.atomic("IMMEDIATE"):
            Entry.create(name=request.form["name"], body=str(dict(request.form)))
        return redirect("/", 303)

    return app


def ours(folder: Path) -> Flask:
    settings = Settings(data=str(folder / "ours"), port=0, announce=False)
    return create_app(build_services(open_core(settings)), settings)


def serve(make: Callable[[Path], Any], folder: Path, says: Connection) -> None:
    server = create_server(make(folder), host=HOST, port=0, **WAITRESS)
    says.send(server.effective_port)
    server.run()


def load(port: int, clients: int, *, with_form: bool) -> Measured:
    """`clients` browsers share the requests; each has a session of its own."""
    times: list[float] = []
    errors = 0

    def client() -> None:
        nonlocal errors
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        fields: dict[str, Any] = filled()
        if with_form:
            headers, fields = _session(port, headers)
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        for number in range(REQUESTS // clients):
            key = f"{threading.get_ident()}-{number}"
            body = urllib.parse.urlencode(fields | {"idempotency_key": key}, doseq=True)
            started = time.perf_counter()
            connection.request("POST", "/guestbook", body, headers)
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - started) * 1000)
            errors += answer.status != 303
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.perf_counter() - started)
    slowest = statistics.quantiles(times, n=100)[98]
    return Measured(rate, statistics.median(times), slowest, errors)


def _session(port: int, headers: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    browser = PlainBrowser(f"http://{HOST}:{port}")
    form = dict(browser.get("/guestbook").form("/guestbook").values)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
    session = {"Cookie": cookies, "Origin": f"http://{HOST}:{port}"}
    return headers | session, filled(csrf_token=form["csrf_token"])


def measure(make: Callable[[Path], Any], clients: int) -> Measured:
    context = multiprocessing.get_context("spawn")
    hears, says = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=serve, args=(make, Path(folder), says), daemon=True)
        process.start()
        try:
            return load(hears.recv(), clients, with_form=make is ours)
        finally:
            process.kill()
            process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    rounds = [
        {make.__name__: measure(make, arguments.clients) for make in (bare, short, ours)}
        for _ in range(arguments.rounds)
    ]
    for name in ("bare", "short", "ours"):
        found = [one[name] for one in rounds]
        print(
            f"{name:6} {statistics.median(m.rate for m in found):7.0f}/s"
            f"  median {statistics.median(m.median_ms for m in found):6.1f} ms"
            f"  99 % {statistics.median(m.slowest_ms for m in found):7.1f} ms"
            f"  errors {sum(m.errors for m in found)}"
        )
    rate = statistics.median(one["ours"].rate / one["short"].rate for one in rounds)
    tail = statistics.median(one["ours"].slowest_ms / one["short"].slowest_ms for one in rounds)
    print(f"rate {rate:.2f} of the short one (budget at least {BUDGET_RATE})")
    print(f"slowest per cent {tail:.2f} of the short one's (budget at most {BUDGET_TAIL})")


if __name__ == "__main__":
    main()
