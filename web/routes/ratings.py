"""The satisfaction survey, on the visitor's own page."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid
from appliance.ratings.questions import QUESTIONS
from web.context import services, visit_or_404
from web.forms import Form, idempotency_key, text
from web.render import page, see_other, with_errors

blueprint = Blueprint("ratings", __name__)


@blueprint.get("/visits/<token>/rating")
def show(token: str) -> Response:
    visit = visit_or_404(token)
    if visit.rated_at is not None:
        return page("ratings/done.html", visit=visit)
    return page("ratings/page.html", form=Form.blank(), visit=visit, questions=QUESTIONS)


@blueprint.post("/visits/<token>/rating")
def give(token: str) -> Response:
    visit = visit_or_404(token)
    try:
        services().ratings.give(
            visit.id,
            request.form,
            text("comment"),
            by=Actor.visitor(visit.uuid),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors("ratings/page.html", invalid.problems, visit=visit, questions=QUESTIONS)
    flash(gettext("Terima kasih. Penilaian Anda sudah kami terima."), "success")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.post("/visits/<token>/rating/decline")
def decline(token: str) -> Response:
    visit = visit_or_404(token)
    services().ratings.decline(visit.id, by=Actor.visitor(visit.uuid))
    flash(gettext("Baik, penilaian dilewati."), "info")
    return see_other(url_for("visits.show", token=visit.token))
