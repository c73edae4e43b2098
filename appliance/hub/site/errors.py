"""What people see when something goes wrong; devices get their problems as before."""

import psycopg
from flask import Blueprint, Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from appliance.errors import N_, Forbidden, Invalid, NotFound, RuangBacaError, Unavailable
from appliance.hub import problems
from appliance.hub.site import language
from appliance.runtime.logs import get_logger
from appliance.sync import protocol

_STATUS = {Forbidden: 403, Invalid: 422, NotFound: 404, Unavailable: 503}
NOT_THERE = N_("Halaman ini tidak ada, atau bukan untuk Anda.")
STALE_FORM = N_("Isian ini sudah kedaluwarsa. Buka lagi halamannya, lalu kirim ulang.")
AWAY = N_("Basis data sedang tidak menjawab. Coba lagi sebentar lagi.")
FAILED = N_("Ada yang gagal di pusat. Kejadiannya tercatat; coba lagi sebentar lagi.")
CANNOT = N_("Permintaan ini tidak dapat dilayani.")
_SAID = {403: STALE_FORM, 404: NOT_THERE, 500: FAILED, 503: AWAY}
log = get_logger("hub")


def install(app: Flask, site: Blueprint) -> None:
    """Pages for the dashboard's errors, and for addresses that are nobody's."""
    site.register_error_handler(RuangBacaError, lambda error: _of_ours(app, error))
    site.register_error_handler(HTTPException, lambda error: _of_http(app, error))
    site.register_error_handler(psycopg.OperationalError, lambda error: _away(app, error))
    # A number that no row can have, a NUL in a name: an address that somebody made up.
    site.register_error_handler(psycopg.DataError, lambda _error: page(app, 404, NOT_THERE))
    site.register_error_handler(Exception, lambda error: _unforeseen(app, error))
    for status in (404, 405):
        app.register_error_handler(status, lambda error: _of_nobody(app, error))


def page(app: Flask, status: int, message: str) -> Response:
    """The page of an error; the message is marked by N_."""
    words = language.translated(app, message)
    return make_response(render_template("error.html", status=status, message=words), status)


def _of_ours(app: Flask, error: RuangBacaError) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
    words = language.of_error(app, error)
    return make_response(render_template("error.html", status=status, message=words), status)


def _of_http(app: Flask, error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    return page(app, status, _SAID.get(status, CANNOT))


def _away(app: Flask, error: psycopg.OperationalError) -> Response:
    log.warning("the database does not answer", sqlstate=error.sqlstate or "", exc_info=error)
    response = page(app, 503, AWAY)
    response.headers["Retry-After"] = "10"
    return response


def _unforeseen(app: Flask, error: Exception) -> Response:
    log.error("a page failed", exc_info=error)
    return page(app, 500, FAILED)


def _of_nobody(app: Flask, error: HTTPException) -> Response:
    """An address without a page: a browser gets one all the same, programs their problem."""
    is_device = request.path.startswith((f"{protocol.PREFIX}/", "/problems/"))
    if is_device or "html" not in str(request.accept_mimetypes):  # who takes */* is no browser
        return problems.of_http(error)
    return _of_http(app, error)
