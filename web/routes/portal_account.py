"""The portal's account, on the visitor's own page and at the desk."""

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.portal_account.rules import AccountState
from web.context import open_visit_or_404, services
from web.forms import text
from web.render import see_other
from web.sessions import actor

blueprint = Blueprint("portal_account", __name__)
SAYABLE = (AccountState.TOLD, AccountState.HAS_ACCOUNT)
NOT_FOUND = 404


@blueprint.post("/visits/<token>/portal-account")
def say(token: str) -> Response:
    """The visitor has an account, or has read how to make one."""
    visit = open_visit_or_404(token)
    services().portal_account.note(visit.id, _said(), by=Actor.visitor(visit.uuid))
    flash(gettext("Terima kasih, sudah dicatat."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/staff/visits/<int:visit_id>/portal-account")
def note(visit_id: int) -> Response:
    """An officer has told the visitor, or was told."""
    services().portal_account.note(visit_id, _said(), by=actor())
    flash(gettext("Keterangan akun portal dicatat."), "success")
    return see_other(url_for("staff_visits.visit", visit_id=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/portal-account/verified")
def verify(visit_id: int) -> Response:
    """An officer has seen the account on the portal."""
    services().portal_account.verified(visit_id, by=actor())
    flash(gettext("Keterangan akun portal dicatat."), "success")
    return see_other(url_for("staff_visits.visit", visit_id=visit_id))


def _said() -> AccountState:
    said = next((state for state in SAYABLE if state == text("state")), None)
    return said or abort(NOT_FOUND)
