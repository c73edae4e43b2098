"""Stars for a publication, from its record and from the visitor's own page."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import format_decimal, gettext

from appliance.actor import Actor
from appliance.catalogue.service import PublicationCard
from appliance.errors import Invalid
from appliance.publication_ratings.rules import STARS
from web.context import services
from web.forms import Form
from web.render import page, see_other, with_errors
from web.routes.home import own_visit

blueprint = Blueprint("publication_ratings", __name__)


@blueprint.app_template_filter("stars")
def stars_text(average: Decimal) -> str:
    """An average as the language writes it: `4,3`."""
    return str(format_decimal(average, "0.0"))


@blueprint.get("/catalogue/<int:publication_id>/rating")
def show(publication_id: int) -> Response:
    publication, visit = services().catalogue.get(publication_id), own_visit()
    own = services().publication_ratings.own(visit.id, publication.id) if visit else None
    form = Form.blank(stars=own.stars, word=own.word) if own else Form.blank()
    return page("publication_ratings/page.html", form=form, own=own, **_about(publication))


@blueprint.post("/catalogue/<int:publication_id>/rating")
def rate(publication_id: int) -> Response:
    publication, visit = services().catalogue.get(publication_id), own_visit()
    if visit is None:
        return see_other(url_for("publication_ratings.show", publication_id=publication.id))
    try:
        services().publication_ratings.rate(
            visit.id, publication.id, request.form, by=Actor.visitor(visit.uuid)
        )
    except Invalid as invalid:
        about = _about(publication)
        return with_errors("publication_ratings/page.html", invalid.problems, own=None, **about)
    flash(gettext("Terima kasih, bintang Anda tersimpan."), "success")
    return see_other(url_for("catalogue.show", publication_id=publication.id))


def _about(publication: PublicationCard) -> dict[str, Any]:
    return {"publication": publication, "visit": own_visit(), "stars": STARS}
