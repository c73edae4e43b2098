"""The gate in front of every endpoint: lets in whom web/roles.py names, and nobody else."""

from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from appliance.actor import Role
from appliance.errors import N_, Forbidden
from appliance.runtime.logs import get_logger
from web import roles, sessions
from web.callers import ADMINS, NOBODY, OPEN, Who
from web.csrf import SAFE_METHODS
from web.render import is_fragment, login_url, page_behind, safe_path, see_other

log = get_logger("web")


def init_app(app: Flask) -> None:
    """Put the gate in front of every endpoint."""
    app.before_request(_gate)
    app.jinja_env.globals["may_open"] = may_open


def may_open(endpoint: str) -> bool:
    """Whether the person of this request may call this endpoint, and it exists."""
    allowed = roles.ROLES.get(endpoint, NOBODY)
    return endpoint in current_app.view_functions and _is_allowed(allowed)


def _gate() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if _only_looks() and endpoint not in roles.HEAD_MAY_SEND:
        raise Forbidden(N_("Akun kepala hanya untuk melihat. Minta petugas melakukannya."))
    allowed = roles.ROLES.get(endpoint)
    if allowed is None:
        log.error("endpoint has no line in web/roles.py", endpoint=endpoint)
        allowed = NOBODY
    if not _is_allowed(allowed):
        return _turn_away(allowed)
    return _ask_for_more(endpoint, allowed)


def _ask_for_more(endpoint: str, allowed: frozenset[Who]) -> Response | None:
    """To a new password, or to the password after a PIN, where the session alone is not enough."""
    staff = sessions.current_staff()
    if staff is None or allowed & OPEN:
        return None
    if staff.must_change and endpoint not in roles.FOR_A_NEW_PASSWORD:
        message = N_("Ganti dahulu kata sandi sekali pakai Anda.")
        return _lead_to("/staff/password", message, gettext("Ganti kata sandi"))
    is_for_passwords = allowed <= ADMINS or endpoint in roles.PASSWORD_ONLY
    if staff.by_pin and is_for_passwords:
        here = quote(safe_path(page_behind(), "/staff"), safe="/")
        message = N_("Bagian ini meminta kata sandi, bukan PIN. Tulis dahulu, lalu ulangi.")
        return _lead_to(f"/staff/confirm?next={here}", message, gettext("Tulis kata sandi"))
    return None


def _lead_to(path: str, message: str, label: str) -> Response:
    """There at once from a page; what was sent is refused, with the way there."""
    if request.method in SAFE_METHODS:
        return see_other(path)
    g.way_on = (path, label)
    raise Forbidden(message)


def _only_looks() -> bool:
    """Whether a head sends something: also to what is open to everybody."""
    staff = sessions.current_staff()
    is_head = staff is not None and staff.role is Role.HEAD
    return is_head and request.method not in SAFE_METHODS


def _turn_away(allowed: frozenset[Who]) -> Response:
    """To the sign-in page when that helps and nothing was sent; else 403."""
    if allowed and g.staff is None and (request.method in ("GET", "HEAD") or is_fragment()):
        return see_other(login_url())
    g.needed_roles = allowed
    return abort(403)


def _is_allowed(allowed: frozenset[Who]) -> bool:
    if allowed & OPEN:
        return True
    staff = sessions.current_staff()
    if staff is not None and Who(staff.role) in allowed:
        return True
    if Who.DISPLAY in allowed and sessions.is_display():
        return True
    if Who.DESK_SCREEN in allowed and sessions.desk() is not None:
        return True
    return Who.STATION in allowed and sessions.is_station()
