"""Photocopies: the form, its slip, and publications on their way to the cooperative and back."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid
from appliance.photocopy.rules import PhotocopyTrip, TripState
from appliance.visits.rules import VisitCard
from web.context import open_visit_or_404, services, visit_or_404
from web.forms import Form, idempotency_key
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("photocopies", __name__)
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Row:
    """One form, and whose it is."""

    trip: PhotocopyTrip
    visit: VisitCard


@blueprint.before_request
def only_where_it_is_offered() -> None:
    if not services().photocopy.is_offered:
        abort(NOT_FOUND)


@blueprint.get("/visits/<token>/photocopies")
def show(token: str) -> Response:
    visit = open_visit_or_404(token)
    titles = _titles(visit)
    form = Form.blank(title=titles[0] if len(titles) == 1 else "")
    return page("photocopy/page.html", form=form, visit=visit, titles=titles)


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
        return with_errors(
            "photocopy/page.html", dict(invalid.problems), visit=visit, titles=_titles(visit)
        )
    flash(gettext("Formulir fotokopi terkirim. Tunjukkan slip ini di meja petugas."), "success")
    return see_other(url_for("photocopies.slip", token=token, trip_id=trip.id))


@blueprint.get("/visits/<token>/photocopies/<int:trip_id>/slip")
def slip(token: str, trip_id: int) -> Response:
    """The form on paper, from the visitor's own page."""
    visit = visit_or_404(token)
    return page("photocopy/slip.html", visit=visit, trip=_own(visit, trip_id))


@blueprint.post("/visits/<token>/photocopies/<int:trip_id>/cancel")
def withdraw(token: str, trip_id: int) -> Response:
    """The visitor takes a form back; a publication that is out is not taken back like this."""
    visit = visit_or_404(token)
    trip = _own(visit, trip_id)
    services().photocopy.move(trip.id, TripState.CANCELLED, by=Actor.visitor(visit.uuid))
    flash(gettext("Formulir fotokopi dibatalkan."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/staff/photocopies")
def inbox() -> Response:
    trips = services().photocopy.open_trips()
    visits = services().visits.by_ids(trip.visit_id for trip in trips)
    rows = [Row(trip, visits[trip.visit_id]) for trip in trips]
    return page(
        "photocopy/inbox.html",
        out=[row for row in rows if row.trip.state is TripState.OUT],
        asked=[row for row in rows if row.trip.state is TripState.ASKED],
        now=services().clock.now(),
    )


@blueprint.get("/staff/photocopies/<int:trip_id>/slip")
def slip_at_desk(trip_id: int) -> Response:
    """The same slip, for the printer of the desk."""
    trip = services().photocopy.get(trip_id)
    visit = services().visits.by_id(trip.visit_id)
    return page("photocopy/slip_at_desk.html", trip=trip, visit=visit)


@blueprint.post("/staff/photocopies/<int:trip_id>/out")
def out(trip_id: int) -> Response:
    services().photocopy.move(trip_id, TripState.OUT, by=actor())
    flash(gettext("Dicatat: publikasi dibawa ke koperasi."), "success")
    return see_other(url_for("photocopies.inbox"))


@blueprint.post("/staff/photocopies/<int:trip_id>/back")
def back(trip_id: int) -> Response:
    """The publication is back; a visitor who only waited for that has now left."""
    trip = services().photocopy.move(trip_id, TripState.BACK, by=actor())
    services().checkout.settle(trip.visit_id, by=actor())
    flash(gettext("Publikasi sudah kembali ke ruang baca."), "success")
    return see_other(url_for("photocopies.inbox"))


@blueprint.post("/staff/photocopies/<int:trip_id>/cancel")
def cancel(trip_id: int) -> Response:
    services().photocopy.move(trip_id, TripState.CANCELLED, by=actor())
    flash(gettext("Formulir fotokopi dibatalkan."), "success")
    return see_other(url_for("photocopies.inbox"))


def _own(visit: VisitCard, trip_id: int) -> PhotocopyTrip:
    """This visit's form; somebody else's is as unknown as none."""
    found = [trip for trip in services().photocopy.of_visit(visit.id) if trip.id == trip_id]
    if not found:
        abort(NOT_FOUND)
    return found[0]


def _titles(visit: VisitCard) -> list[str]:
    """What the visitor has in hand, offered while the title is typed."""
    return [note.title for note in services().reading.of_visit(visit.id) if note.is_open]
