"""The shared tablet at the door: which browser is it, and what it must forget.

A registered tablet is one whatever its address says, so that nobody leaves the kiosk by typing
another one, and no page of somebody's visit stays on it.
"""

from flask import Flask, Response, g, request

from web import sessions
from web.context import services

COOKIE = "rb_kiosk"
KIND = "kiosk"
AGE_S = 365 * 24 * 3600
HOME = "/?kiosk=1"
IDLE_S = 60  # on pages without an idle time of their own


def init_app(app: Flask) -> None:
    """Let every page of a registered tablet go back to its start by itself."""
    app.before_request(_load)
    app.jinja_env.globals.update(is_door_tablet=is_registered, kiosk_home=HOME, kiosk_idle_s=IDLE_S)


def is_kiosk() -> bool:
    """Whether this page is shown on the shared tablet at the door."""
    return request.args.get("kiosk") == "1" or is_registered()


def is_registered() -> bool:
    """Whether this browser is a tablet that staff registered, and nobody of them is signed in."""
    return bool(g.get("is_door_tablet", False))


def register(response: Response, token: str) -> Response:
    """Mark this browser as the tablet at the door."""
    response.set_cookie(COOKIE, token, max_age=AGE_S, httponly=True, samesite="Strict")
    return response


def _load() -> None:
    token = request.cookies.get(COOKIE, "")
    known = 0 < len(token) <= sessions.MAX_TOKEN_CHARS and sessions.current_staff() is None
    g.is_door_tablet = known and services().staff.devices.is_registered(KIND, token)
