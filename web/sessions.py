"""Who is signed in: the staff session behind the cookie, asked anew on every request.

The cookie holds nothing but a token; the staff service decides each time whether it still stands,
so that signing out, a changed role or a blocked account takes effect at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from appliance.actor import Actor
from web.context import services
from web.render import is_poll

if TYPE_CHECKING:
    from appliance.staff.devices import RegisteredDevice
    from appliance.staff.sessions import StaffSession

STAFF_COOKIE = "rb_staff"
STATION_COOKIE = "rb_station"
DESK_COOKIE = "rb_desk"
DISPLAY_COOKIE = "rb_display"
STATION_AGE_S = 365 * 24 * 3600
MAX_TOKEN_CHARS = 128


def init_app(app: Flask) -> None:
    """Make `g.staff` (StaffSession or None) known to every route and template."""
    app.before_request(_load)
    app.context_processor(lambda: {"staff": current_staff()})
    app.jinja_env.globals["desk_screen"] = desk


def current_staff() -> StaffSession | None:
    """Who is signed in here, or None; also usable on error pages."""
    session: StaffSession | None = g.get("staff")
    return session


def actor() -> Actor:
    """The signed-in person as the journal names them; only behind a staff-only endpoint."""
    session = current_staff()
    if session is None:
        raise RuntimeError("no staff session on an endpoint that asks for one")
    return Actor.staff(session.username, session.role)


def is_station() -> bool:
    """Whether this browser is a screen that an officer registered."""
    token = request.cookies.get(STATION_COOKIE, "")
    return 0 < len(token) <= MAX_TOKEN_CHARS and bool(services().staff.is_station(token))


def is_display() -> bool:
    """Whether this browser is the display at the lockers that an officer registered."""
    token = request.cookies.get(DISPLAY_COOKIE, "")
    return 0 < len(token) <= MAX_TOKEN_CHARS and bool(services().staff.is_display(token))


def desk() -> RegisteredDevice | None:
    """Which desk this browser is, when an officer registered it as one."""
    if "desk" not in g:
        token = request.cookies.get(DESK_COOKIE, "")
        known = 0 < len(token) <= MAX_TOKEN_CHARS
        g.desk = services().staff.devices.by_token("desk", token) if known else None
    found: RegisteredDevice | None = g.desk
    return found


def begin(response: Response, token: str) -> Response:
    """Hand the new session's cookie to the browser; it ends with the browser or the shift."""
    response.set_cookie(STAFF_COOKIE, token, httponly=True, samesite="Strict")
    return response


def end(response: Response) -> Response:
    """Take the session's cookie back."""
    response.delete_cookie(STAFF_COOKIE, httponly=True, samesite="Strict")
    return response


def register_station(response: Response, token: str) -> Response:
    """Mark this browser as a registered screen."""
    response.set_cookie(
        STATION_COOKIE, token, max_age=STATION_AGE_S, httponly=True, samesite="Strict"
    )
    return response


def register_display(response: Response, token: str) -> Response:
    """Mark this browser as the display at the lockers."""
    response.set_cookie(
        DISPLAY_COOKIE, token, max_age=STATION_AGE_S, httponly=True, samesite="Strict"
    )
    return response


def register_desk(response: Response, token: str) -> Response:
    """Mark this browser as a desk, where officers may take turns by PIN."""
    response.set_cookie(DESK_COOKIE, token, max_age=STATION_AGE_S, httponly=True, samesite="Strict")
    return response


def _load() -> None:
    token = request.cookies.get(STAFF_COOKIE, "")
    known = 0 < len(token) <= MAX_TOKEN_CHARS
    g.staff = services().staff.session(token, active=not is_poll()) if known else None
