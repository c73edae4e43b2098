"""The way out: started by the visitor or at the desk, settled step by step."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid, Refused
from appliance.photocopy.rules import TripState
from web.context import open_visit_or_404, services, visit_or_404
from web.forms import text, whole
from web.render import see_other
from web.routes.desk import desk_page
from web.routes.lockers import tell_released
from web.sessions import actor

blueprint = Blueprint("checkout", __name__)


@blueprint.post("/visits/<token>/finish")
def finish(token: str) -> Response:
    visit = visit_or_404(token)
    try:
        services().checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    except Refused:
        if services().visits.by_id(visit.id).is_open:
            raise
        # The first of two taps ended the visit, as its page says.
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/visits/<token>/locker/empty")
def own_locker_is_empty(token: str) -> Response:
    visit = visit_or_404(token)
    if visit.is_open:  # else the first of two taps ended the visit, as its page says
        by = Actor.visitor(visit.uuid)
        services().checkout.locker_is_empty(visit.id, by=by, number=_asked_about())
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/visits/<token>/stay")
def stay(token: str) -> Response:
    """Not leaving after all."""
    visit = open_visit_or_404(token)
    services().visits.stay(visit.id, by=Actor.visitor(visit.uuid))
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/staff/visits/<int:visit_id>/leave")
def leave(visit_id: int) -> Response:
    services().checkout.start(visit_id, by=actor())
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/locker/empty")
def locker_is_empty(visit_id: int) -> Response:
    number = _asked_about()
    tell_released(services().checkout.locker_is_empty(visit_id, by=actor(), number=number))
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/reading/<int:reading_id>/back")
def publication_is_back(visit_id: int, reading_id: int) -> Response:
    services().reading.give_back(reading_id, by=actor())
    services().checkout.settle(visit_id, by=actor())
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/readings/back")
def publications_are_back(visit_id: int) -> Response:
    """Everything this visitor had in hand, with one tap."""
    services().reading.give_back_all(visit_id, by=actor())
    services().checkout.settle(visit_id, by=actor())
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/reading/<int:reading_id>/missing")
def publication_is_missing(visit_id: int, reading_id: int) -> Response:
    """The visitor leaves and the book is not there; only with a reason."""
    try:
        services().reading.not_returned(reading_id, reason=text("reason"), by=actor())
    except Invalid as invalid:
        flash(gettext(next(iter(invalid.problems.values()))), "warning")
        return _at_desk(visit_id)
    services().checkout.settle(visit_id, by=actor())
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/photocopies/back")
def photocopies_are_back(visit_id: int) -> Response:
    """Everything that went to the copier for this visitor, with one tap."""
    for trip in services().photocopy.of_visit(visit_id):
        if trip.state is TripState.OUT:
            services().photocopy.move(trip.id, TripState.BACK, by=actor())
    services().checkout.settle(visit_id, by=actor())
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/settle")
def settle(visit_id: int) -> Response:
    """The officer ends the visit; or the desk again, with what is still in the way."""
    visit = services().visits.by_id(visit_id)
    if visit.is_open:
        try:
            services().checkout.finish(visit_id, by=actor())
        except Refused as refused:
            return desk_page(visit, refused)
    return _at_desk(visit_id)


@blueprint.post("/staff/visits/<int:visit_id>/stay")
def stay_at_desk(visit_id: int) -> Response:
    services().visits.stay(visit_id, by=actor())
    return _at_desk(visit_id)


def _asked_about() -> int | None:
    """The locker that stood on the page, 0 for one that nobody has; things may have been moved."""
    return (whole("locker") or 0) if text("locker") else None


def _at_desk(visit_id: int) -> Response:
    visit = services().visits.by_id(visit_id)
    if visit.is_open:
        return see_other(url_for("desk.show", visit=visit_id))
    flash(gettext("Kunjungan %(number)s selesai.", number=visit.label), "success")
    return see_other(url_for("desk.show"))
