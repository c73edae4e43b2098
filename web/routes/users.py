"""Members of staff: listed, added, changed and shut out by an administrator."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.staff.people import StaffMember
from appliance.staff.rules import STAFF_ROLES
from web.context import services
from web.forms import Form, text
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("users", __name__)


@blueprint.get("/staff/users")
def show() -> Response:
    return page("users/page.html", "users/_list.html", people=services().staff.people())


@blueprint.get("/staff/users/new")
def new() -> Response:
    return page("users/new.html", form=Form.blank(role="officer"), roles=STAFF_ROLES)


@blueprint.post("/staff/users")
def add() -> Response:
    """Somebody new, with a password of their own or, without one, with a one-time word."""
    username, name, role = text("username"), text("display_name"), text("role")
    password = request.form.get("password", "")
    try:
        if not password:
            word = services().staff.invite(username, name, role, by=actor())
            return _one_time_word(username.lower(), word)
        services().staff.add(username, name, role, password, by=actor())
    except Invalid as invalid:
        return with_errors("users/new.html", dict(invalid.problems), roles=STAFF_ROLES)
    flash(gettext("%(name)s ditambahkan.", name=name), "success")
    return see_other(url_for("users.show"))


@blueprint.get("/staff/users/<username>")
def edit(username: str) -> Response:
    member = services().staff.member(username)
    return page("users/edit.html", form=Form.blank(role=member.role), **_edited(member))


@blueprint.post("/staff/users/<username>/role")
def role(username: str) -> Response:
    services().staff.change_role(username, text("role"), by=actor())
    flash(gettext("Peran disimpan."), "success")
    return see_other(url_for("users.edit", username=username))


@blueprint.post("/staff/users/<username>/reset")
def reset(username: str) -> Response:
    """A one-time word in the place of the password, shown now and never again."""
    return _one_time_word(username, services().staff.reset_password(username, by=actor()))


@blueprint.post("/staff/users/<username>/active")
def active(username: str) -> Response:
    if text("active") == "yes":
        services().staff.set_active(username, True, by=actor())
        flash(gettext("Akun diaktifkan kembali."), "success")
        return see_other(url_for("users.edit", username=username))
    member = services().staff.member(username)
    try:
        services().staff.deactivate(username, text("why"), by=actor())
    except Invalid as invalid:
        return with_errors("users/edit.html", dict(invalid.problems), **_edited(member))
    flash(gettext("Akun dinonaktifkan; semua sesinya berakhir."), "success")
    return see_other(url_for("users.edit", username=username))


def _one_time_word(username: str, word: str) -> Response:
    return page("users/one_time.html", member=services().staff.member(username), word=word)


def _edited(member: StaffMember) -> dict[str, Any]:
    carried = services().staff.badges.state(member.username)
    return {
        "member": member,
        "roles": STAFF_ROLES,
        "carried_badge": carried,
        "sessions": services().staff.sessions.of(member.username),
    }
