"""The headers of every page of the dashboard: the browser runs and loads nothing but our own."""

from flask import Flask, Response, request

from appliance.hub.site import guard
from appliance.sync import protocol

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self';"
    " base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}
# Browsers heed these two only where nobody can listen in.
SECURE_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
STATIC_FOR = "private, max-age=31536000, immutable"  # the address changes with the content


def install(app: Flask) -> None:
    """Put them on every answer but those that devices get."""
    app.after_request(_set)


def _set(response: Response) -> Response:
    if request.path.startswith(f"{protocol.PREFIX}/"):
        return response
    for name, value in HEADERS.items():
        response.headers[name] = value
    if request.is_secure:
        for name, value in SECURE_HEADERS.items():
            response.headers[name] = value
    is_kept = request.endpoint in guard.STATIC and response.status_code == 200
    response.headers["Cache-Control"] = STATIC_FOR if is_kept else "no-store"
    if not is_kept:
        response.vary.add("Cookie")
    return response
