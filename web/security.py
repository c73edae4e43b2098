"""The headers every reply carries, and the code that ties a reply to its log lines.

`Referrer-Policy` is `same-origin` and not `no-referrer`: under the latter Chromium sends
`Origin: null` with our own forms (measured, version 156), which would leave the Origin check
nothing to check. To other hosts, where a visit's link must not leak, both send nothing.
"""

import secrets

from flask import Flask, Response, g, request

from appliance.codes import ALPHABET
from appliance.runtime.logs import set_context
from web.addresses import is_this_machine

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'; report-uri /csp"
)
STATIC_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Browsers heed this one only where nobody can listen in; elsewhere they log an error on every page.
OPENER_POLICY = ("Cross-Origin-Opener-Policy", "same-origin")
REQUEST_CODE_SYMBOLS = 6  # 30 bits: enough to find one line in a day's log, short enough to read


def request_code() -> str:
    """The code of this request: shown to people on an error, found in every log line of it."""
    if "request_code" not in g:
        g.request_code = new_request_code()
    return str(g.request_code)


def new_request_code() -> str:
    """A code for a request that has none yet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REQUEST_CODE_SYMBOLS))


def let_browser_keep(for_s: int) -> None:
    """Let the browser keep this one reply: nobody's secret, at an address that changes with it."""
    g.kept_for_s = for_s


def init_app(app: Flask) -> None:
    """Put the headers on every reply and the request code into every log line."""
    app.before_request(_bind_log)
    app.after_request(_set_headers)
    app.teardown_request(_unbind_log)


def _bind_log() -> None:
    set_context(request=request_code(), endpoint=request.endpoint)


def _unbind_log(_error: BaseException | None) -> None:
    set_context()


def _set_headers(response: Response) -> Response:
    for name, value in STATIC_HEADERS.items():
        response.headers[name] = value
    if request.is_secure or is_this_machine(request.environ.get("HTTP_HOST", "")):
        response.headers.set(*OPENER_POLICY)
    kept_for_s = g.get("kept_for_s")
    response.headers["Cache-Control"] = (
        f"private, max-age={kept_for_s}, immutable" if kept_for_s else "no-store"
    )
    response.headers["X-Request-ID"] = request_code()
    response.vary.add("HX-Request")
    return response
