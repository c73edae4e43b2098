"""Consent for a child: noted at the desk, withdrawn there or by whoever has the visit's link."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid, Refused
from appliance.privacy.rules import guardian_notice
from web.context import services, visit_or_404
from web.forms import text
from web.language import language
from web.render import see_other, tell_refused, with_errors
from web.routes.staff_privacy import PAGE, about
from web.sessions import actor

blueprint = Blueprint("guardians", __name__)


@blueprint.app_template_global()
def guardian_statement() -> str:
    """What a guardian agrees to, in the page's language."""
    return guardian_notice(services().office, language()).short


@blueprint.app_template_global()
def guardian_is_missing(visit_id: int) -> bool:
    """Whether a child's data is kept without anybody's consent for it."""
    return services().guardians.is_missing(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/guardian")
def give(visit_id: int) -> Response:
    """Note what a guardian said in front of an officer, in writing or by telephone."""
    try:
        services().guardians.give(visit_id, request.form.to_dict(), language=language(), by=actor())
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **about(visit_id))
    except Refused as refused:
        tell_refused(refused)
        return _back_to(visit_id)
    flash(gettext("Persetujuan pendamping dicatat."), "success")
    return _back_to(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/guardian/withdraw")
def withdraw(visit_id: int) -> Response:
    try:
        services().guardians.withdraw(visit_id, text("reason"), by=actor())
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **about(visit_id))
    except Refused as refused:
        tell_refused(refused)
        return _back_to(visit_id)
    flash(
        gettext("Persetujuan dicabut. Data anak tidak ditampilkan lagi; hapus segera."), "success"
    )
    return _back_to(visit_id)


@blueprint.post("/visits/<token>/guardian/withdraw")
def withdraw_own(token: str) -> Response:
    """The guardian takes the consent back on the visit's own page."""
    visit = visit_or_404(token)
    try:
        services().guardians.withdraw(visit.id, "wish", by=Actor.visitor(visit.uuid))
    except Refused as refused:
        tell_refused(refused)
    else:
        flash(gettext("Persetujuan dicabut. Data anak tidak ditampilkan lagi."), "success")
    return see_other(url_for("visits.data", token=token))


def _back_to(visit_id: int) -> Response:
    return see_other(url_for("staff_privacy.visit", visit_id=visit_id))
