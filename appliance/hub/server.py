"""Serves the hub by waitress until SIGTERM or SIGINT."""

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import psycopg
from flask import Flask
from waitress.server import create_server

from appliance.hub import partitions, projector
from appliance.hub.database import Database
from appliance.runtime.logs import get_logger

# Hundreds of offices come back at once. waitress walks all its connections at every event: with 500
# it took more time for that than for the appends, so the others wait in the backlog, and whoever
# says nothing more gives its place up before a device that waits loses patience (20 s).
WAITRESS: dict[str, Any] = {
    "threads": 6,
    "connection_limit": 48,
    "asyncore_use_poll": True,
    "channel_timeout": 10,
    "cleanup_interval": 5,
    "max_request_body_size": 8 * 1024 * 1024,
    "inbuf_overflow": 2 * 1024 * 1024,
    # What one connection can ask for by one read: 24 requests for the largest piece of a file. It
    # goes to a temporary file, so that the thread goes on; whoever reads nothing is cut off.
    "outbuf_high_watermark": 128 * 1024 * 1024,
    "max_request_header_size": 16384,
    "ident": None,
    "expose_tracebacks": False,
    "trusted_proxy": None,
    "clear_untrusted_proxy_headers": True,
    "backlog": 1024,
}
DAY_S = 24 * 3600.0
HOUR_S = 3600.0
log = get_logger("hub")


def serve(
    app: Flask,
    database: Database,
    host: str,
    port: int,
    *,
    proxy: str = "",
    on_ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until told to stop; blocks, and belongs on the main thread.

    `proxy` is the address of the one in front, which is believed about who asks and by https.
    `on_ready` gets `HOST:PORT` once connections are accepted; port 0 picks a free one. Raises
    OSError when the address cannot be opened.
    """
    for name in ("waitress", "waitress.queue"):  # a full house is no news, line by line
        logging.getLogger(name).setLevel(logging.ERROR)
    told = behind(proxy) if proxy else {}
    server: Any = create_server(app, host=host, port=port, **(WAITRESS | told))
    previous = {sig: signal.signal(sig, _stop) for sig in (signal.SIGTERM, signal.SIGINT)}
    ending = threading.Event()
    beside = [
        threading.Thread(target=work, args=(database, ending), name=name)
        for name, work in (("upkeep", _keep_up), ("projector", projector.keep_going))
    ]
    try:
        for thread in beside:
            thread.start()
        on_ready(f"{host}:{server.effective_port}")
        server.run()
    except SystemExit as stop:
        if stop.code != 0:
            raise
    finally:
        ending.set()
        server.close()
        for thread in beside:
            thread.join()
        for sig, handler in previous.items():
            signal.signal(sig, handler)


def behind(proxy: str) -> dict[str, Any]:
    """What waitress is told of the proxy in front; what others say about it is dropped."""
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }


def _keep_up(database: Database, ending: threading.Event) -> None:
    """Once a day: the partitions of the coming months. A failure is tried again within the hour."""
    wait_s = 0.0
    while not ending.wait(wait_s):
        wait_s = HOUR_S
        try:
            made = partitions.prepare(database, dt.datetime.now(dt.UTC).date())
            strays = partitions.strays(database)
        except psycopg.Error as error:
            log.error("partitions could not be made", exc_info=error)
            continue
        if made:
            log.info("partitions made", count=len(made))
        if strays:
            log.warning("rows lie in the default partitions", count=strays)
        wait_s = DAY_S


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit, and lets its threads finish what they are at.
    raise SystemExit(0)
