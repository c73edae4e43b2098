"""Which language a reply speaks: Indonesian, unless the person switched with `?lang=`.

The browser's own preference is not asked: many phones here are set to English although their
owners are not.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from flask_babel import Babel, get_locale
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LANGUAGES: Mapping[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
COOKIE = "lang"
COOKIE_AGE_S = 365 * 24 * 3600


def init_app(app: Flask, translations: Path, *, timezone: str) -> None:
    """Set up translation and local time, and honour `?lang=` on every page."""
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone=timezone,
        default_translation_directories=str(translations),
        locale_selector=chosen,
    )
    app.before_request(_switch)
    app.after_request(_remember)
    app.jinja_env.globals.update(language=language, other_language=other_language)


def chosen() -> str:
    """The language of this request: `?lang=`, else the cookie, else Indonesian."""
    for code in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return str(code)
    return DEFAULT


def language() -> str:
    """The code for the `lang` attribute of the page."""
    if "language" not in g:
        g.language = str(get_locale() or DEFAULT)
    return str(g.language)


def other_language() -> tuple[str, str, str]:
    """Code, own name and address of the same page in the other language."""
    code = "en" if language() == DEFAULT else DEFAULT
    # A page that answered a form has no address of its own unless GET also leads to it.
    path = request.path if request.method == "GET" or _has_get(request.path) else "/"
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return code, LANGUAGES[code], f"{path}?{urlencode([*query, ('lang', code)])}"


def _has_get(path: str) -> bool:
    try:
        current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr]
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _switch() -> Response | None:
    """Answer a GET with `?lang=` by the same address without it, so that it is not shared on."""
    if request.method != "GET" or request.args.get("lang") not in LANGUAGES:
        return None
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "lang"])
    here = f"{request.path}?{query}" if query else request.path
    return Response(status=303, headers={"Location": here})


def _remember(response: Response) -> Response:
    code = request.args.get("lang")
    if code in LANGUAGES:
        response.set_cookie(COOKIE, str(code), max_age=COOKIE_AGE_S, httponly=True, samesite="Lax")
    return response
