"""The desk's polls while nothing has changed, answered before anything else looks at them.

A desk that stands open asks every few seconds, and nearly every answer is 204. So who asks, and
whether the version still stands, is looked up here at a fraction of what the way through the app
costs. Whatever else the answer would be, the app gives it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.http import parse_cookie

from appliance import codes
from appliance.services import Services
from web.callers import Who
from web.hosts import HostList
from web.kept_pictures import Application, Environ
from web.roles import ROLES
from web.security import STATIC_HEADERS, new_request_code
from web.sessions import MAX_TOKEN_CHARS, STAFF_COOKIE
from web.version import QUARTER_MINUTE_MS, version_of

MOST_KNOWN = 64  # desks that stand open at once, and those that stood
POLLS = {"/staff/queue": "desk.queue", "/staff/room": "desk.room"}
_HEADERS = [*STATIC_HEADERS.items(), ("Cache-Control", "no-store"), ("Vary", "HX-Request, Cookie")]


class QuietPolls:
    """A WSGI application around another one. Any thread."""

    def __init__(self, application: Application, services: Services, hosts: HostList) -> None:
        self._application = application
        self._services = services
        self._hosts = hosts
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        endpoint = POLLS.get(environ["PATH_INFO"])
        if endpoint is None or not self._stands(endpoint, environ):
            return self._application(environ, start_response)
        start_response("204 No Content", [*_HEADERS, ("X-Request-ID", new_request_code())])
        return []

    def _stands(self, endpoint: str, environ: Environ) -> bool:
        """Whether somebody who may ask asks with the present version."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_HX_REQUEST" not in environ:
            return False
        asked = _version(environ.get("QUERY_STRING", ""))
        if not asked or not self._hosts.accepts(environ.get("HTTP_HOST", "")):
            return False
        token = parse_cookie(environ.get("HTTP_COOKIE", "")).get(STAFF_COOKIE, "")
        if not 0 < len(token) <= MAX_TOKEN_CHARS:
            return False
        present = version_of(self._services, clock_ms=QUARTER_MINUTE_MS)
        return asked == present and self._may_ask(endpoint, token, present)

    def _may_ask(self, endpoint: str, token: str, present: str) -> bool:
        """Whether the bearer may look; looked up once for each version of the house.

        Signing out, a session that is taken back and a changed role are lines of the journal and
        so a new version; of a session that only runs out, the version's own tick tells.
        """
        key = (endpoint, codes.token_hash(token))
        if self._known.get(key) == present:
            return True
        staff = self._services.staff.session(token, active=False)
        if staff is None or staff.must_change or Who(staff.role) not in ROLES[endpoint]:
            return False
        if len(self._known) >= MOST_KNOWN:
            self._known = {}
        self._known[key] = present
        return True


def serve_quiet_polls(app: Flask, services: Services, hosts: HostList) -> None:
    """Let this app answer for them the short way."""
    app.wsgi_app = QuietPolls(app.wsgi_app, services, hosts)  # type: ignore[method-assign]


def _version(query: str) -> str:
    """The one `v` of a query; empty without one, or with something that we never wrote."""
    found = [part[2:] for part in query.split("&") if part.startswith("v=")]
    return found[0] if len(found) == 1 else ""
