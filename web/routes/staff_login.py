"""Signing staff in and out, by password or at a desk by PIN, and changing one's own of either."""

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.staff.throttle import TooManyTries
from web import sessions
from web.context import services
from web.forms import Form, text
from web.render import page, safe_path, see_other, with_errors
from web.staff_screen import screen

blueprint = Blueprint("staff_login", __name__)
DESK = "/staff"
TOO_MANY = 429


@blueprint.get("/staff/login")
def show() -> Response:
    target = safe_path(request.args.get("next"), DESK)
    if sessions.current_staff() is not None:
        return see_other(target)
    return page("staff/login.html", form=Form.blank(), next=target, desk=sessions.desk())


@blueprint.post("/staff/login")
def login() -> Response:
    target, here = safe_path(request.form.get("next"), DESK), screen()
    try:
        token = services().staff.login(
            text("username"),
            request.form.get("password", ""),
            client=here.client,
            browser=here.browser,
            device_id=here.device_id,
        )
    except Invalid as invalid:
        problems = dict(invalid.problems)
        return with_errors("staff/login.html", problems, next=target, desk=sessions.desk())
    except TooManyTries as wait:
        return must_wait("staff/login.html", wait, "password", next=target, desk=sessions.desk())
    _end_present_session()
    return sessions.begin(see_other(target), token)


@blueprint.post("/staff/login/pin")
def pin_login() -> Response:
    target = safe_path(request.form.get("next"), DESK)
    page_of_it: dict[str, Any] = {"next": target, "desk": sessions.desk(), "by_pin": True}
    try:
        token = services().staff.login_by_pin(
            text("username"), request.form.get("pin", ""), screen()
        )
    except Invalid as invalid:
        return with_errors("staff/login.html", dict(invalid.problems), **page_of_it)
    except TooManyTries as wait:
        return must_wait("staff/login.html", wait, "pin", **page_of_it)
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
    new, here = request.form.get("password", ""), screen()
    if new != request.form.get("again", ""):
        problems = {"again": gettext("Kedua kata sandi baru tidak sama.")}
        return with_errors("staff/password.html", problems)
    try:
        token = services().staff.change_own_password(
            sessions.actor().name,
            request.form.get("old", ""),
            new,
            client=here.client,
            browser=here.browser,
            device_id=here.device_id,
        )
    except Invalid as invalid:
        return with_errors("staff/password.html", dict(invalid.problems))
    except TooManyTries as wait:
        return must_wait("staff/password.html", wait, "old")
    flash(gettext("Kata sandi sudah diganti. Sesi Anda di layar lain sudah diakhiri."), "success")
    return sessions.begin(see_other(DESK), token)


@blueprint.get("/staff/confirm")
def confirm() -> Response:
    """Where a session that a PIN opened asks for the password."""
    target = safe_path(request.args.get("next"), DESK)
    return page("staff/confirm.html", form=Form.blank(), next=target)


@blueprint.post("/staff/confirm")
def confirm_password() -> Response:
    target = safe_path(request.form.get("next"), DESK)
    try:
        token = services().staff.confirm(
            request.cookies.get(sessions.STAFF_COOKIE, ""),
            request.form.get("password", ""),
            client=screen().client,
        )
    except Invalid as invalid:
        return with_errors("staff/confirm.html", dict(invalid.problems), next=target)
    except TooManyTries as wait:
        return must_wait("staff/confirm.html", wait, "password", next=target)
    return sessions.begin(see_other(target), token)


@blueprint.get("/staff/pin")
def pin() -> Response:
    return page("staff/pin.html", form=Form.blank(), has_pin=_has_pin())


@blueprint.post("/staff/pin")
def set_pin() -> Response:
    new = request.form.get("pin", "")
    if new != request.form.get("again", ""):
        problems = {"again": gettext("Kedua PIN tidak sama.")}
        return with_errors("staff/pin.html", problems, has_pin=_has_pin())
    try:
        services().staff.set_own_pin(
            sessions.actor().name, request.form.get("old", ""), new, client=screen().client
        )
    except Invalid as invalid:
        return with_errors("staff/pin.html", dict(invalid.problems), has_pin=_has_pin())
    except TooManyTries as wait:
        return must_wait("staff/pin.html", wait, "old", has_pin=_has_pin())
    flash(gettext("PIN disimpan."), "success")
    return see_other("/staff/sessions")


@blueprint.post("/staff/pin/remove")
def remove_pin() -> Response:
    services().staff.pins.remove(sessions.actor().name)
    flash(gettext("PIN dihapus."), "success")
    return see_other("/staff/sessions")


def must_wait(template: str, wait: TooManyTries, field: str, **context: Any) -> Response:
    """The form again, saying how long: 429 with Retry-After."""
    problems = {field: gettext(wait.message, **wait.values)}
    response = with_errors(template, problems, **context)
    response.status_code = TOO_MANY
    response.headers["Retry-After"] = str(wait.wait_s)
    return response


def _has_pin() -> bool:
    return services().staff.pins.is_set(sessions.actor().name)


def _end_present_session() -> None:
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))
