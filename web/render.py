"""Page or fragment: the one place that decides what htmx gets.

htmx-flask 0.1.0 reads the request; replies carry raw headers, because its `make_response` refuses
half of the legal swaps, knows no modifiers, and sets no `Vary` (added in web/security.py).
"""

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flask import Response, flash, render_template, request
from flask_babel import gettext

from appliance.errors import Refused
from web.forms import Form

NOTHING_NEW = 204
HAS_PROBLEMS = 422
LOGIN_PATH = "/staff/login"


def is_fragment() -> bool:
    """Whether the answer is put into a page that already stands on the screen."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, partial: str | None = None, status: int = 200, **context: Any) -> Response:
    """The whole page, or only its partial when htmx asks for a fragment."""
    name = partial if partial is not None and is_fragment() else template
    return Response(render_template(name, **context), status)


def is_poll() -> bool:
    """Whether a panel is asking for itself again; nobody need be there to press anything."""
    return is_fragment() and request.method == "GET" and "v" in request.args


def see_other(url: str) -> Response:
    """Go to `url` with GET: 303, or for htmx the header that makes the browser itself go."""
    if is_fragment():
        return Response(status=NOTHING_NEW, headers={"HX-Redirect": url})
    return Response(status=303, headers={"Location": url})


def tell_refused(refused: Refused) -> None:
    """Let the next page say why it was not done."""
    flash(gettext(refused.message, **refused.values), "warning")


def unchanged(version: object) -> Response | None:
    """204 when the poll's `?v=` already names this version, else None: go on and render.

    Give the same version to the partial, which puts it into its next poll address.
    """
    if request.args.get("v") == str(version):
        return Response(status=NOTHING_NEW)
    return None


def with_errors(
    template: str, problems: dict[str, str], partial: str | None = None, **context: Any
) -> Response:
    """422: the same form again with what was typed and every problem named, as `form`."""
    form = Form.submitted(request.form, problems)
    return page(template, partial, HAS_PROBLEMS, form=form, **context)


def safe_path(target: str | None, default: str = "/") -> str:
    """`target` when it is a path of this appliance, else `default`: never an open redirect."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return default
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(c) < 0x21 or c == "\\" for c in target):
        return default
    return target


def login_url() -> str:
    """The sign-in page, with the way back to where the person is now."""
    here = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/staff"
    if is_fragment():
        here = _page_behind_fragment()
    return f"{LOGIN_PATH}?next={quote(safe_path(here, '/staff'), safe='/')}"


def page_behind() -> str:
    """The address, without its host, of the page that this request was made from.

    Itself when it is a page; empty when the browser does not tell.
    """
    if is_fragment():
        return _page_behind_fragment()
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    is_own = (request.referrer or "").startswith(request.host_url)
    return _path_of(request.referrer or "") if is_own else ""


def _page_behind_fragment() -> str:
    current = request.headers.get("HX-Current-URL", "")
    if request.headers.get("HX-Current-URL-URI-AutoEncoded") == "true":
        current = unquote(current)
    return _path_of(current)


def _path_of(address: str) -> str:
    """Path and query of an address; empty for what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # half of an address, which no browser sends
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
