"""Photocopies of a visitor: the form, its slip, and a form that is withdrawn."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid
from appliance.photocopy.form import MOST_TITLES, names
from appliance.photocopy.rules import PhotocopyTrip, TripState
from appliance.visits.rules import VisitCard
from web.context import open_visit_or_404, services, visit_or_404
from web.forms import Form, idempotency_key
from web.render import page, see_other, with_errors

blueprint = Blueprint("photocopies", __name__)
NOT_FOUND = 404


@blueprint.before_request
def only_where_it_is_offered() -> None:
    if not services().photocopy.is_offered:
        abort(NOT_FOUND)


@blueprint.get("/visits/<token>/photocopies")
def show(token: str) -> Response:
    visit = open_visit_or_404(token)
    return page("photocopy/page.html", form=first_form(visit), **asking(visit))


@blueprint.post("/visits/<token>/photocopies")
def ask(token: str) -> Response:
    visit = open_visit_or_404(token)
    try:
        trip = services().photocopy.ask(
            visit.id,
            request.form,
            by=Actor.visitor(visit.uuid),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors("photocopy/page.html", dict(invalid.problems), **asking(visit))
    flash(gettext("Formulir fotokopi terkirim. Tunjukkan slip ini di meja petugas."), "success")
    return see_other(url_for("photocopies.slip", token=token, trip_id=trip.id))


@blueprint.get("/visits/<token>/photocopies/<int:trip_id>/slip")
def slip(token: str, trip_id: int) -> Response:
    """The form on paper, from the visitor's own page."""
    visit = visit_or_404(token)
    trip = _own(visit, trip_id)
    return page("photocopy/slip.html", visit=visit, trip=trip, **on_slip(trip))


@blueprint.post("/visits/<token>/photocopies/<int:trip_id>/cancel")
def withdraw(token: str, trip_id: int) -> Response:
    """The visitor takes a form back; a publication that is out is not taken back like this."""
    visit = visit_or_404(token)
    trip = _own(visit, trip_id)
    services().photocopy.move(trip.id, TripState.CANCELLED, by=Actor.visitor(visit.uuid))
    flash(gettext("Formulir fotokopi dibatalkan."), "success")
    return see_other(url_for("visits.show", token=token))


def first_form(visit: VisitCard) -> Form:
    """The form, with what is in hand filled in where that is one book."""
    titles = _titles(visit)
    return Form.blank(title=titles[0] if len(titles) == 1 else "")


def asking(visit: VisitCard) -> dict[str, Any]:
    """What the form shows around its fields."""
    more = [names(line) for line in range(2, MOST_TITLES + 1)]
    return {"visit": visit, "titles": _titles(visit), "more": more}


def on_slip(trip: PhotocopyTrip) -> dict[str, Any]:
    """Everything of the form that this trip is on, but for what was withdrawn."""
    trips = services().photocopy.of_form(trip.form_id)
    kept = [one for one in trips if one.state is not TripState.CANCELLED] or [trip]
    return {
        "trips": kept,
        "barcodes": services().photocopy.barcodes(kept),
        "page_count": sum(one.page_count or 0 for one in kept),
        "minutes": services().office.policy.photocopy_minutes,
    }


def _own(visit: VisitCard, trip_id: int) -> PhotocopyTrip:
    """This visit's form; somebody else's is as unknown as none."""
    found = [trip for trip in services().photocopy.of_visit(visit.id) if trip.id == trip_id]
    if not found:
        abort(NOT_FOUND)
    return found[0]


def _titles(visit: VisitCard) -> list[str]:
    """What the visitor has in hand, offered while the title is typed."""
    return [note.title for note in services().reading.of_visit(visit.id) if note.is_open]
