"""Signing staff in and out, and changing one's own password."""

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.staff.throttle import TooManyTries
from web import sessions
from web.context import services
from web.forms import Form, text
from web.render import page, safe_path, see_other, with_errors

blueprint = Blueprint("staff_login", __name__)
DESK = "/staff"
TOO_MANY = 429


@blueprint.get("/staff/login")
def show() -> Response:
    target = safe_path(request.args.get("next"), DESK)
    if sessions.current_staff() is not None:
        return see_other(target)
    return page("staff/login.html", form=Form.blank(), next=target)


@blueprint.post("/staff/login")
def login() -> Response:
    target = safe_path(request.form.get("next"), DESK)
    try:
        token = services().staff.login(
            text("username"), request.form.get("password", ""), client=_client()
        )
    except Invalid as invalid:
        return with_errors("staff/login.html", dict(invalid.problems), next=target)
    except TooManyTries as wait:
        return _must_wait("staff/login.html", wait, "password", next=target)
    _end_present_session()
    return sessions.begin(see_other(target), token)


@blueprint.post("/staff/logout")
def logout() -> Response:
    _end_present_session()
    flash(gettext("Anda sudah keluar."), "success")
    return sessions.end(see_other("/staff/login"))


@blueprint.get("/staff/password")
def password() -> Response:
    return page("staff/password.html", form=Form.blank())


@blueprint.post("/staff/password")
def change_password() -> Response:
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        problems = {"again": gettext("Kedua kata sandi baru tidak sama.")}
        return with_errors("staff/password.html", problems)
    try:
        token = services().staff.change_own_password(
            sessions.actor().name, request.form.get("old", ""), new, client=_client()
        )
    except Invalid as invalid:
        return with_errors("staff/password.html", dict(invalid.problems))
    except TooManyTries as wait:
        return _must_wait("staff/password.html", wait, "old")
    flash(gettext("Kata sandi sudah diganti. Sesi Anda di layar lain sudah diakhiri."), "success")
    return sessions.begin(see_other(DESK), token)


def _must_wait(template: str, wait: TooManyTries, field: str, **context: Any) -> Response:
    problems = {field: gettext(wait.message, **wait.values)}
    response = with_errors(template, problems, **context)
    response.status_code = TOO_MANY
    response.headers["Retry-After"] = str(wait.wait_s)
    return response


def _end_present_session() -> None:
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))


def _client() -> str:
    return request.remote_addr or "-"
