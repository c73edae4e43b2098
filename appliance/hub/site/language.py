"""The words of the dashboard: Indonesian is the source, English comes from our own .po files.

Read once when a hub starts; so the hub needs no step that builds it.
"""

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, Response, g, request

from appliance.errors import RuangBacaError

LANGUAGES: Mapping[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
COOKIE = "hub_lang"
COOKIE_AGE_S = 365 * 24 * 3600
# People of the whole country look at one page; its times are those of the capital, and say so.
ZONE = ZoneInfo("Asia/Jakarta")


def install(app: Flask) -> None:
    """Give the templates their words, and honour `?lang=` on every page of the dashboard."""
    english = _english()

    def gettext(message: str) -> str:
        return english.get(message, message) if language() == "en" else message

    def ngettext(one: str, _many: str, _number: int) -> str:
        return gettext(one)

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.extensions["hub-words"] = english
    app.jinja_env.globals.update(language=language, other_language=other_language)
    app.jinja_env.filters.update(moment=moment, day=day, month=month, number=number, said=gettext)
    app.after_request(_remember)


def translated(app: Flask, message: str, **values: object) -> str:
    """A message marked by N_ in the language of this request."""
    english: Mapping[str, str] = app.extensions["hub-words"]
    found = english.get(message, message) if language() == "en" else message
    return found % values if values else found


def of_error(app: Flask, error: RuangBacaError) -> str:
    """What an error says, in the language of this request."""
    return translated(app, error.message, **error.values)


def language() -> str:
    """The language of this request: `?lang=`, else the cookie, else Indonesian."""
    if "language" not in g:
        asked = (request.args.get("lang"), request.cookies.get(COOKIE))
        g.language = next((code for code in asked if code in LANGUAGES), DEFAULT)
    return str(g.language)


def other_language() -> tuple[str, str, str]:
    """Code, own name and address of the same page in the other language."""
    code = "en" if language() == DEFAULT else DEFAULT
    query = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    path = request.path if request.method == "GET" else "/"
    return code, LANGUAGES[code], f"{path}?{urlencode([*query, ('lang', code)])}"


def switch() -> Response | None:
    """Answer a GET with `?lang=` by the same address without it, so that it is not shared on."""
    if request.method != "GET" or request.args.get("lang") not in LANGUAGES:
        return None
    query = urlencode([(k, v) for k, v in request.args.items(multi=True) if k != "lang"])
    # Never "//": a browser would take what follows for another host.
    path = "/" + request.path.lstrip("/")
    here = f"{path}?{query}" if query else path
    return Response(status=303, headers={"Location": here})


def moment(value: dt.datetime | None, zone: str = "") -> str:
    """`5 Nov 2026 09.02 WIB`; a dash for what never was. `zone`: an office's own, without WIB."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone) if zone else ZONE)
    text = format_datetime(local, "d MMM y HH.mm", locale=language())
    return text if zone else f"{text} WIB"


def day(value: dt.date | None) -> str:
    """`5 November 2026`."""
    return format_date(value, "d MMMM y", locale=language()) if value else "–"


def month(value: dt.date | None) -> str:
    """`November 2026`."""
    return format_date(value, "MMMM y", locale=language()) if value else "–"


def number(value: float | None) -> str:
    """`1.234` in Indonesian, `1,234` in English; a dash for none."""
    return "–" if value is None else str(format_decimal(value, locale=language()))


def _remember(response: Response) -> Response:
    code = request.args.get("lang")
    if code in LANGUAGES and response.status_code == 303:
        response.set_cookie(
            COOKIE,
            str(code),
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def _english() -> dict[str, str]:
    found: dict[str, str] = {}
    folder = resources.files("appliance.hub.site") / "translations" / "en"
    for entry in folder.iterdir():
        if entry.name.endswith(".po"):
            with entry.open("rb") as opened:
                catalogue = read_po(opened, locale="en")
            found |= {str(one.id): str(one.string) for one in catalogue if one.id and one.string}
    return found
