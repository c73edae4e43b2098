"""A portal on this machine over real HTTP, and the ways in which one goes wrong.

It answers like the hub in memory of tests/sync_kit.py; `faults` are taken one a request, in
order, and None is no fault.
"""

import contextlib
import ssl
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from appliance.sync import protocol
from tests.sync_kit import Hub, json_reply

Fault = Callable[["_Handler"], None]
LIMIT_S = 30


class HubServer:
    """`url` is where it listens; `seen` what it was asked."""

    def __init__(self, hub: Hub, tls: ssl.SSLContext | None = None) -> None:
        self.hub = hub
        self.faults: deque[Fault | None] = deque()
        self.every: Fault | None = None
        self.seen: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.room = self
        scheme = "https" if tls else "http"
        if tls:
            # Shaken hands with on the thread of each, not on the one that takes them all in.
            self.server.socket = tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"

    def next_fault(self) -> Fault | None:
        with self._lock:
            return self.faults.popleft() if self.faults else self.every

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes):
        with self._lock:
            if path == f"{protocol.PREFIX}/time":
                return json_reply(200, {"utc": "2026-11-23T02:00:00Z"})
            return self.hub.ask(method, path, body=body, headers=headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Whoever hangs up in the middle is meant to; anything else is a fault of the test."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = LIMIT_S

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        room = self.server.room
        headers = {name.lower(): value for name, value in self.headers.items()}
        room.seen.append((self.command, self.path))
        room.headers.append(headers)
        self.body = self.rfile.read(int(headers.get("content-length", 0)))
        fault = room.next_fault()
        if fault is not None:
            return fault(self)
        return self.good()

    do_PUT = do_POST = do_GET  # noqa: N815 - the same

    def good(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.room.answer(self.command, self.path, headers, self.body)
        self.say(reply.status, reply.body, **reply.headers)

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def saying(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answers this, whatever was asked."""
    return lambda handler: handler.say(status, body, **headers)


def login_page(handler) -> None:
    """What the office's own network says to whoever has not signed in."""
    handler.say(200, b"<html><form>Masuk ke jaringan kantor</form>", content_type="text/html")


def hang_up(handler) -> None:
    """The connection ends before an answer; what was asked has not been done."""
    handler.close_connection = True


def done_but_silent(handler) -> None:
    """What was asked is done, and its answer is lost."""
    headers = {name.lower(): value for name, value in handler.headers.items()}
    handler.server.room.answer(handler.command, handler.path, headers, handler.body)
    handler.close_connection = True


def half_an_answer(handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"head": "')
    handler.close_connection = True


def endless(handler) -> None:
    """An answer that never ends, byte by byte: every single read succeeds."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while not handler.server.room.stopped.wait(0.05):
            handler.wfile.write(b" ")
            handler.wfile.flush()
    handler.close_connection = True


def too_large(handler) -> None:
    with contextlib.suppress(OSError):
        handler.say(200, b" " * (3 << 20), content_type="application/json")
    handler.close_connection = True


@contextlib.contextmanager
def hub_server(hub: Hub | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[HubServer]:
    """Listening until the end of the block; with `tls`, by https."""
    room = HubServer(hub or Hub(), tls)
    thread = threading.Thread(target=room.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield room
    finally:
        room.stopped.set()
        room.server.shutdown()
        room.server.server_close()
        thread.join(LIMIT_S)


@pytest.fixture
def server() -> Iterator[HubServer]:
    with hub_server() as room:
        yield room
