"""Serves the app by waitress until SIGTERM or SIGINT."""

import errno
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from web.turns import PagesInTurns, share_fairly
from web.uploads import UploadParser

# Each was measured under attack on loopback. With select() instead of poll() 1,200 slow
# connections end the process; with the default limits 300 of them starve everybody else.
WAITRESS: dict[str, Any] = {
    "threads": 8,
    "connection_limit": 2000,
    "asyncore_use_poll": True,
    "channel_timeout": 20,
    "cleanup_interval": 5,
    "max_request_body_size": 262144,
    "max_request_header_size": 16384,
    "ident": None,
    "expose_tracebacks": False,
    "trusted_proxy": None,
    "clear_untrusted_proxy_headers": True,
    "backlog": 256,
}
SENTENCES = {
    errno.EADDRINUSE: (
        "Porta {port} di {host} sudah dipakai program lain. Hentikan program itu atau pilih porta "
        "lain dengan --listen. / Port {port} on {host} is in use: stop that program or choose "
        "another port with --listen."
    ),
    errno.EACCES: (
        "Porta {port} tidak boleh dibuka oleh pengguna ini. Pilih porta di atas 1023. / Port "
        "{port} may not be opened by this user: choose one above 1023."
    ),
    errno.EADDRNOTAVAIL: (
        "Alamat {host} bukan milik mesin ini. / {host} is not an address of this machine."
    ),
}
OTHER_SENTENCE = (
    "Tidak dapat mendengarkan di {host}:{port} ({reason}). / Cannot listen on {host}:{port}."
)


class _Task(WSGITask):
    """Keeps the connection after an answer without a body.

    waitress closes it, since such an answer has no length; but 204 and 304 need none (RFC 9110),
    and every poll that finds nothing new would open a connection of its own.
    """

    def set_close_on_finish(self) -> None:
        headers = getattr(self.request, "headers", {})
        has_asked = headers.get("CONNECTION", "").lower() == "close"
        is_whole = not self.has_body and self.version == "1.1" and not self.wrote_header
        if has_asked or not is_whole:
            super().set_close_on_finish()


class _Channel(HTTPChannel):
    parser_class = UploadParser
    task_class = _Task


class CannotListen(OSError):
    """Raised when the address cannot be opened; the message is one line to show, exit code 1."""

    exit_code = 1


def serve(
    app: Flask, host: str, port: int, *, on_ready: Callable[[str], None] = lambda address: None
) -> None:
    """Serve until SIGTERM or SIGINT; blocks, and belongs on the main thread.

    `on_ready` gets `HOST:PORT` once connections are accepted; port 0 picks a free one. Requests
    under way are finished (at most 5 s) before this returns. Raises CannotListen.
    """
    # A queue is what a room full of phones makes; waitress would warn with every request in it.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = _listen(app, host, port)
    previous = {sig: signal.signal(sig, _stop) for sig in (signal.SIGTERM, signal.SIGINT)}
    try:
        on_ready(_address(server, host))
        server.run()
    except SystemExit as stop:
        if stop.code != 0:
            raise
    finally:
        server.close()
        for sig, handler in previous.items():
            signal.signal(sig, handler)


def _listen(app: Flask, host: str, port: int) -> Any:
    # Opened here, because waitress leaks its threads and sockets when it cannot bind.
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise CannotListen(SENTENCES[errno.EADDRNOTAVAIL].format(host=host, port=port)) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(WAITRESS["backlog"])
    except OSError as error:
        listener.close()
        sentence = SENTENCES.get(error.errno or 0, OTHER_SENTENCE)
        raise CannotListen(sentence.format(host=host, port=port, reason=error.strerror)) from error
    share_fairly()
    server: Any = create_server(PagesInTurns(app), sockets=[listener], **WAITRESS)
    server.channel_class = _Channel
    return server


def _address(server: Any, host: str) -> str:
    return f"[{host}]:{server.effective_port}" if ":" in host else f"{host}:{server.effective_port}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit, and lets its threads finish what they are at.
    raise SystemExit(0)
