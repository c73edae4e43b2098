"""Asks a running web process how it is, over its own door."""

import http.client
import json
from typing import Any

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what "everywhere" is


def reachable(host: str) -> str:
    """An address of this machine that reaches a server which listens on `host`."""
    return ANY.get(host, host)


def healthz(host: str, port: int, *, timeout_s: float = 2.0) -> dict[str, Any] | None:
    """What /healthz says, with its status under ``"code"``; None when nobody answers."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=timeout_s)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        said = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return {"code": response.status, **said} if isinstance(said, dict) else None
