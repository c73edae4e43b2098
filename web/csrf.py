"""Forms are accepted only from our own pages: a token bound to the session, and the Origin.

Neither may depend on the wall clock, which can jump by years on a Pi: tokens have no time limit,
and the session cookie is signed without an age.
"""

from flask import Flask, abort, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature

SESSION_COOKIE = "rb_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The browser itself posts these, without cookie or token: endpoint -> view for Flask-WTF.
EXEMPT = {"shell.csp_report": "web.routes.shell.csp_report"}


class AgelessSessions(SecureCookieSessionInterface):
    """Signed session cookies that stay good whatever the wall clock does.

    Flask's own refuses a cookie whose signature seems older than a month or from the future.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        cookie = request.cookies.get(self.get_cookie_name(app))
        if not cookie:
            return self.session_class()
        try:
            return self.session_class(serializer.loads(cookie))
        except BadSignature:
            return self.session_class()


def init_app(app: Flask) -> None:
    """Check Origin, then token, on every unsafe request."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = AgelessSessions()
    app.before_request(_refuse_foreign_origin)
    protect = CSRFProtect(app)
    for view in EXEMPT.values():
        protect.exempt(view)


def _refuse_foreign_origin() -> None:
    if request.method in SAFE_METHODS or request.endpoint in EXEMPT:
        return
    source = request.headers.get("Origin") or request.headers.get("Referer")
    # Programs send neither; they still need the token, which a foreign page cannot read.
    if source is not None and not _is_own(source):
        abort(403)


def _is_own(source: str) -> bool:
    # Compared as text: a half of an address, such as `http://[`, cannot be taken apart.
    own = f"{request.scheme}://{request.host}"
    return source == own or source.startswith(f"{own}/")
