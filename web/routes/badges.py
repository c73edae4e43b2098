"""Badges of staff: issued by an administrator, shown once, taken back."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from web.context import services
from web.render import page, see_other
from web.sessions import actor

blueprint = Blueprint("badges", __name__)


@blueprint.post("/staff/users/<username>/badge")
def issue(username: str) -> Response:
    """A new badge, to be printed now: nothing can show it a second time."""
    text = services().staff.badges.issue(username, by=actor())
    return page("readers/badge.html", member=services().staff.member(username), text=text)


@blueprint.post("/staff/users/<username>/badge/revoke")
def revoke(username: str) -> Response:
    services().staff.badges.revoke(username, by=actor())
    flash(gettext("Kartu petugas itu tidak berlaku lagi."), "success")
    return see_other(url_for("users.edit", username=username))
