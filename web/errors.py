"""Every error as a page that says what happened and what to do next.

htmx gets the same words as a notice; the page's `htmx-config` puts it into `#notice`.
"""

from dataclasses import dataclass, replace

from flask import Flask, Response, g, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from appliance import errors as appliance_errors
from appliance.runtime.logs import get_logger
from web.context import services
from web.filters import ROLE_WORDS
from web.limits import TooManyMisses
from web.render import LOGIN_PATH, is_fragment, login_url
from web.security import request_code

log = get_logger("web")
RETRY_S = 5
NOT_FOUND = 404
UNAVAILABLE = 503
STATUS = {
    appliance_errors.Refused: 409,
    appliance_errors.NotFound: 404,
    appliance_errors.Forbidden: 403,
    appliance_errors.Invalid: 422,
    appliance_errors.Unavailable: 503,
}
_ = lazy_gettext


@dataclass(frozen=True, slots=True)
class Sorry:
    """One error in words: heading, advice, and the one way on (address and label).

    Without a way of its own it leads to where the person was at work; see `_way_on`.
    """

    heading: str
    advice: str
    way_on: tuple[str, str] | None = None
    problems: tuple[str, ...] = ()


HOME = ("/", _("Ke beranda"))
WORDS = {
    400: Sorry(_("Permintaan tidak dapat dibaca"), _("Muat ulang halaman, lalu coba sekali lagi.")),
    403: Sorry(_("Halaman ini untuk petugas"), _("Masuk dengan akun petugas untuk membukanya.")),
    404: Sorry(
        _("Halaman tidak ditemukan"),
        _("Alamatnya mungkin salah ketik atau tautannya sudah tidak berlaku."),
    ),
    405: Sorry(
        _("Halaman ini tidak dibuka dengan cara itu"),
        _("Kembali ke halaman sebelumnya dan pakai tombol yang ada di sana."),
    ),
    413: Sorry(_("Isian terlalu besar"), _("Perpendek isiannya, lalu kirim sekali lagi.")),
    429: Sorry(_("Terlalu sering"), _("Tunggu sebentar, lalu coba lagi atau temui petugas.")),
    500: Sorry(
        _("Maaf, ada gangguan"),
        _("Tunjukkan kode ini ke petugas. Isian yang sudah tersimpan tidak hilang."),
    ),
    503: Sorry(_("Belum bisa sekarang"), _("Halaman ini mencoba lagi sendiri sebentar lagi.")),
}


def init_app(app: Flask) -> None:
    """Answer every error of the app, expected or not, in words."""
    app.register_error_handler(appliance_errors.RuangBacaError, _appliance_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(TooManyMisses, _too_many_misses)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _appliance_error(error: appliance_errors.RuangBacaError) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:
        return _unexpected(error)
    wait_s = getattr(error, "wait_s", None)  # the throttle's errors say how long
    if wait_s is not None:
        return _too_many_misses(TooManyMisses(int(wait_s)))
    message = gettext(error.message, **error.values)
    problems = getattr(error, "problems", {})
    heading = {
        409: gettext("Belum bisa dilakukan"),
        403: gettext("Tidak diizinkan"),
        404: gettext("Tidak ditemukan"),
        422: gettext("Ada isian yang perlu diperbaiki"),
        503: gettext("Belum bisa sekarang"),
    }[status]
    advice = "" if status == 422 else message
    listed = tuple(gettext(problem) for problem in problems.values())
    response = _answer(status, Sorry(heading, advice, g.get("way_on"), listed))
    if status == 503 and not getattr(error, "permanent", True):
        response.headers["Retry-After"] = str(RETRY_S)
    return response


def _stale_form(error: CSRFError) -> Response:
    log.info("form refused", reason=error.description)
    heading = gettext("Halaman ini sudah terlalu lama terbuka")
    advice = gettext("Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi.")
    return _answer(403, Sorry(heading, advice))


def _too_many_misses(error: TooManyMisses) -> Response:
    advice = gettext("Coba lagi %(minutes)s menit lagi, atau temui petugas.", minutes=error.minutes)
    response = _answer(429, Sorry(str(WORDS[429].heading), advice))
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    words = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    response = _answer(status, _for_staff() if status == 403 else words)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _for_staff() -> Sorry:
    if g.get("staff") is None:
        return Sorry(
            str(WORDS[403].heading),
            str(WORDS[403].advice),
            (login_url(), gettext("Masuk sebagai petugas")),
        )
    roles = [str(word) for role, word in ROLE_WORDS.items() if role in g.get("needed_roles", ())]
    who = gettext(" dan ").join(roles) or gettext("petugas lain")
    heading = gettext("Halaman ini untuk %(who)s", who=who)
    return Sorry(heading, gettext("Minta bantuan rekan yang berwenang."))


def _way_on(status: int) -> tuple[str, str]:
    """Back to the desk, the station, or the visitor's own page: wherever the person came from."""
    if shared := _shared_screen():
        return shared, gettext("Mulai dari awal")
    path, arguments = request.path, request.view_args or {}
    if path.startswith("/staff"):
        if g.get("staff") is None:
            return LOGIN_PATH, gettext("Masuk sebagai petugas")
        chosen = None if status == NOT_FOUND else arguments.get("visit_id")
        return url_for("desk.show", visit=chosen), gettext("Ke meja")
    if path.startswith("/station"):
        return url_for("station.home"), gettext("Ke stasiun pindai")
    token = arguments.get("token")
    if token is None or (status == NOT_FOUND and not _is_visit(token)):
        return HOME
    return url_for("visits.show", token=token), gettext("Kunjungan saya")


def _shared_screen() -> str:
    """Where a shared screen begins anew; empty on a browser of one's own.

    Told by the address alone: an error page may not depend on the database.
    """
    if request.args.get("kiosk") == "1":
        return "/?kiosk=1"
    return "/station" if request.path.startswith("/station") and g.get("staff") is None else ""


def _is_visit(token: str) -> bool:
    try:
        services().visits.by_token(token)
    except appliance_errors.NotFound:
        return False
    return True


def _unexpected(error: Exception) -> Response:
    log.error("request failed", code=request_code(), exc_info=error)
    return _answer(500, WORDS[500])


def _answer(status: int, sorry: Sorry) -> Response:
    code = request_code() if status >= 500 else None
    is_led = sorry.way_on is not None
    sorry = sorry if sorry.way_on else replace(sorry, way_on=_way_on(status))
    name = "errors/_notice.html" if is_fragment() else "errors/page.html"
    context = {"status": status, "sorry": sorry, "code": code, "led": is_led}
    context["shared"] = _shared_screen()
    if status == UNAVAILABLE and request.method == "GET":
        context["retry"] = request.full_path.rstrip("?")
    response = Response(render_template(name, **context), status)
    if is_fragment():
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
