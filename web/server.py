"""Serves the app by waitress until SIGTERM or SIGINT."""

import errno
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

# Why these values: RELIABILITY d2. With select() instead of poll() 1,200 slow connections end the
# process; with the default limits 300 of them starve everybody else.
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
    try:
        return create_server(app, host=host, port=port, **WAITRESS)
    except OSError as error:
        sentence = SENTENCES.get(error.errno or 0, OTHER_SENTENCE)
        raise CannotListen(sentence.format(host=host, port=port, reason=error.strerror)) from error
    except ValueError as error:  # waitress: a host name that cannot be resolved
        sentence = SENTENCES[errno.EADDRNOTAVAIL]
        raise CannotListen(sentence.format(host=host, port=port)) from error


def _address(server: Any, host: str) -> str:
    listening = getattr(server, "effective_listen", None)
    port = listening[0][1] if listening else server.effective_port
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit, and lets its threads finish what they are at.
    raise SystemExit(0)
