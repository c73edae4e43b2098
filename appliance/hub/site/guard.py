"""Who may see a page of the dashboard: nobody without signing in, unless the page says so.

Every POST also has to come from one of our own forms: its token belongs to the session, or to a
cookie of the browser's own as long as nobody is signed in.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from appliance.errors import N_, NotFound
from appliance.hub.site.sessions import Sessions
from appliance.hub.site.users import Person

SESSION_COOKIE = "hub_session"
FORM_COOKIE = "hub_form"
LOGIN = "/login"
STATIC = frozenset({"site.static", "site.look.static"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNKNOWN_PAGE = N_("Halaman ini tidak ada, atau bukan untuk Anda.")
_OPEN, _NATIONAL = "hub_open", "hub_national"

View = TypeVar("View", bound=Callable[..., object])


def open_to_all(view: View) -> View:
    """Mark a view that is there for people who have not signed in."""
    setattr(view, _OPEN, True)
    return view


def national_only(view: View) -> View:
    """Mark a view that people of one province do not have: for them there is no such page."""
    setattr(view, _NATIONAL, True)
    return view


def person() -> Person:
    """Who is signed in; on every page that is not open to all there is somebody."""
    found = signed_in()
    if found is None:
        abort(403)
    return found


def signed_in() -> Person | None:
    """Who is signed in; None on the open pages when nobody is."""
    found: Person | None = g.get("person")
    return found


def check_may_see(province: str) -> None:
    """Raises NotFound for offices of a province that is not theirs to see."""
    if not person().may_see(province):
        raise NotFound(UNKNOWN_PAGE)


def token() -> str:
    """The session's token as the browser sent it; empty without one."""
    return request.cookies.get(_cookie(SESSION_COOKIE), "")


def csrf_token() -> str:
    """What every form of ours carries."""
    return hashlib.sha256(b"form " + _secret().encode()).hexdigest()


def let_in(response: AnyResponse, new_token: str) -> None:
    """Hand the session over to the browser."""
    _set(response, SESSION_COOKIE, new_token)
    response.delete_cookie(_cookie(FORM_COOKIE), secure=request.is_secure, path="/")


def let_out(response: AnyResponse) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(_cookie(SESSION_COOKIE), secure=request.is_secure, path="/")


def install(app: Flask, sessions: Sessions) -> Callable[[], AnyResponse | None]:
    """Give the templates their tokens; returns what has to run before each page."""
    app.jinja_env.globals.update(csrf_token=csrf_token, signed_in=signed_in)
    app.after_request(_keep_form_cookie)

    def check() -> AnyResponse | None:
        view = current_app.view_functions.get(request.endpoint or "")
        g.person = sessions.person(token())
        is_open = request.endpoint in STATIC or getattr(view, _OPEN, False)
        if g.person is None and not is_open:
            return _to_login()
        if g.person is not None and not g.person.is_national and getattr(view, _NATIONAL, False):
            raise NotFound(UNKNOWN_PAGE)
        if request.method not in SAFE_METHODS:
            _check_form()
        return None

    return check


def _to_login() -> AnyResponse:
    """To where they sign in, and from there back to a page that may be shown again."""
    if request.method == "GET":
        if request.path == "/":
            return redirect(LOGIN, 303)
        query = request.query_string.decode("ascii", "ignore")
        here = f"{request.path}?{query}" if query else request.path
        return redirect(f"{LOGIN}?next={quote(here, safe='/')}", 303)
    return redirect(f"{LOGIN}?ended=1", 303)


def _check_form() -> None:
    source = request.headers.get("Origin") or request.headers.get("Referer")
    # Programs send neither; they still need the token, which a foreign page cannot read.
    if source is not None and not _is_own(source):
        abort(403)
    # Without a cookie the secret is a new one, which no form can know.
    given = request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        abort(403)


def _is_own(source: str) -> bool:
    # Compared as text: a half of an address, such as `http://[`, cannot be taken apart.
    own = f"{request.scheme}://{request.host}"
    return source == own or source.startswith(f"{own}/")


def _secret() -> str:
    """The session's token, else the cookie of a browser where nobody is signed in."""
    if signed_in() is not None:
        return token()
    if "form_secret" not in g:
        g.form_secret = request.cookies.get(_cookie(FORM_COOKIE)) or secrets.token_urlsafe(24)
    return str(g.form_secret)


def _keep_form_cookie(response: Response) -> Response:
    secret = g.get("form_secret")
    if secret and secret != request.cookies.get(_cookie(FORM_COOKIE)):
        _set(response, FORM_COOKIE, secret)
    return response


def _set(response: AnyResponse, name: str, value: str) -> None:
    response.set_cookie(
        _cookie(name), value, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def _cookie(name: str) -> str:
    """Behind https under a name that no page without https, and no other host, can set."""
    return f"__Host-{name}" if request.is_secure else name
