"""Photocopies at the desk: publications on their way to the cooperative and back."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, NotFound, Refused
from appliance.photocopy import rules
from appliance.photocopy.rules import PhotocopyTrip, TripState
from appliance.visits.rules import VisitCard
from web.context import services
from web.forms import Form, idempotency_key, text
from web.render import page, see_other, with_errors
from web.routes.photocopies import NOT_FOUND, asking, first_form, on_slip
from web.sessions import actor

blueprint = Blueprint("staff_photocopies", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One publication of a form, whose it is, and the barcode of its copy if that is known."""

    trip: PhotocopyTrip
    visit: VisitCard
    barcode: str
    is_late: bool


@blueprint.before_request
def only_where_it_is_offered() -> None:
    if not services().photocopy.is_offered:
        abort(NOT_FOUND)


@blueprint.get("/staff/photocopies")
def inbox() -> Response:
    return page("photocopy/inbox.html", form=Form.blank(), **_inbox())


@blueprint.get("/staff/visits/<int:visit_id>/photocopies")
def show(visit_id: int) -> Response:
    """The form, filled in at the desk for somebody who asks for it."""
    visit = services().visits.require_open(visit_id)
    return page("photocopy/at_desk.html", form=first_form(visit), **asking(visit))


@blueprint.post("/staff/visits/<int:visit_id>/photocopies")
def ask(visit_id: int) -> Response:
    visit = services().visits.require_open(visit_id)
    try:
        trip = services().photocopy.ask(
            visit.id, request.form, by=actor(), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("photocopy/at_desk.html", dict(invalid.problems), **asking(visit))
    flash(
        gettext("Formulir fotokopi dibuat. Cetak slipnya, lalu serahkan publikasinya."), "success"
    )
    return see_other(url_for("staff_photocopies.slip", trip_id=trip.id))


@blueprint.get("/staff/photocopies/<int:trip_id>/slip")
def slip(trip_id: int) -> Response:
    """The same slip, for the printer of the desk."""
    trip = services().photocopy.get(trip_id)
    visit = services().visits.by_id(trip.visit_id)
    return page("photocopy/slip_at_desk.html", trip=trip, visit=visit, **on_slip(trip))


@blueprint.post("/staff/photocopies/<int:trip_id>/out")
def out(trip_id: int) -> Response:
    carrier = rules.carrier(text("carrier") or rules.Carrier.VISITOR)
    field = f"book-{trip_id}"
    if carrier is None:
        return with_errors(
            "photocopy/inbox.html", {f"carrier-{trip_id}": rules.CHOOSE_CARRIER}, **_inbox()
        )
    try:
        services().photocopy.hand_out(trip_id, text(field), carrier=carrier, by=actor())
    except (NotFound, Refused) as refused:
        if not text(field):
            raise
        said = gettext(refused.message, **refused.values)
        return with_errors("photocopy/inbox.html", {field: said}, **_inbox())
    flash(gettext("Dicatat: publikasi dibawa ke koperasi."), "success")
    return see_other(url_for("staff_photocopies.inbox"))


@blueprint.post("/staff/photocopies/<int:trip_id>/back")
def back(trip_id: int) -> Response:
    """The publication is back; a visitor who only waited for that has now left."""
    trip = services().photocopy.move(trip_id, TripState.BACK, by=actor())
    return _is_back((trip,))


@blueprint.post("/staff/photocopies/scan")
def scan() -> Response:
    """The same by the barcode of the book."""
    try:
        trips = services().photocopy.bring_back(text("book"), by=actor())
    except (NotFound, Refused) as refused:
        said = gettext(refused.message, **refused.values)
        return with_errors("photocopy/inbox.html", {"book": said}, **_inbox())
    return _is_back(trips)


@blueprint.post("/staff/photocopies/<int:trip_id>/lose")
def lose(trip_id: int) -> Response:
    """It will not come back; nobody has to wait for it any longer."""
    field = f"reason-{trip_id}"
    try:
        trip = services().photocopy.lose(trip_id, text(field), by=actor())
    except Invalid as invalid:
        problems = {field: invalid.problems["reason"]}
        return with_errors("photocopy/inbox.html", problems, **_inbox())
    services().checkout.settle(trip.visit_id, by=actor())
    flash(gettext("Dicatat hilang. Eksemplarnya kini bertanda hilang di katalog."), "warning")
    return see_other(url_for("staff_photocopies.inbox"))


@blueprint.post("/staff/photocopies/<int:trip_id>/cancel")
def cancel(trip_id: int) -> Response:
    services().photocopy.move(trip_id, TripState.CANCELLED, by=actor())
    flash(gettext("Formulir fotokopi dibatalkan."), "success")
    return see_other(url_for("staff_photocopies.inbox"))


def _is_back(trips: tuple[PhotocopyTrip, ...]) -> Response:
    for visit_id in {trip.visit_id for trip in trips}:
        services().checkout.settle(visit_id, by=actor())
    flash(gettext("Publikasi sudah kembali ke ruang baca."), "success")
    return see_other(url_for("staff_photocopies.inbox"))


def _inbox() -> dict[str, Any]:
    rows = _rows(services().photocopy.open_trips())
    out = [row for row in rows if row.trip.state is TripState.OUT]
    return {
        "out": sorted(out, key=lambda row: not row.is_late),
        "asked": [row for row in rows if row.trip.state is TripState.ASKED],
        "lost": _rows(services().photocopy.lost()),
        "carriers": [(code, gettext(label)) for code, label in rules.CARRIERS],
    }


def _rows(trips: tuple[PhotocopyTrip, ...]) -> list[Row]:
    visits = services().visits.by_ids(trip.visit_id for trip in trips)
    barcodes = services().photocopy.barcodes(trips)
    now = services().clock.now()
    return [
        Row(trip, visits[trip.visit_id], barcodes.get(trip.id, ""), trip.is_overdue(now))
        for trip in trips
    ]
