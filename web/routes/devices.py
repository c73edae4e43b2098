"""The registered screens: which there are, where they stand, and which are strangers again."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, NotFound
from web import kiosk, sessions
from web.context import services
from web.forms import Form, text
from web.render import page, see_other, with_errors

blueprint = Blueprint("devices", __name__)


@blueprint.get("/staff/devices")
def show() -> Response:
    return page("devices/page.html", form=Form.blank(), **_context())


@blueprint.post("/staff/devices/kiosk")
def register_kiosk() -> Response:
    """Make this browser the tablet at the door; whoever did so is signed out of it."""
    try:
        token = services().staff.devices.register(
            kiosk.KIND, text("name"), place=text("place"), by=sessions.actor()
        )
    except Invalid as invalid:
        return with_errors("devices/page.html", invalid.problems, **_context())
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))
    return kiosk.register(sessions.end(see_other(kiosk.HOME)), token)


@blueprint.post("/staff/devices/<int:device>/place")
def move(device: int) -> Response:
    """Where it stands now."""
    try:
        services().staff.devices.move(device, text("place"), by=sessions.actor())
        flash(gettext("Tempat layar itu disimpan."), "success")
    except Invalid as invalid:
        flash(gettext(next(iter(invalid.problems.values()))), "warning")
    return see_other(url_for("devices.show"))


@blueprint.post("/staff/devices/<int:device>/revoke")
def revoke(device: int) -> Response:
    """A lost or stolen screen is a stranger at its next request."""
    try:
        services().staff.devices.revoke(device, by=sessions.actor())
        flash(gettext("Pendaftaran layar itu dibatalkan."), "success")
    except NotFound:  # by a second tap, or by somebody else
        flash(gettext("Layar itu tidak terdaftar lagi."), "warning")
    return see_other(url_for("devices.show"))


def _context() -> dict[str, Any]:
    return {"devices": services().staff.devices.all()}
