"""What a desk does with the queue beside calling and serving one visitor."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.errors import Invalid, Refused
from web.context import services
from web.forms import text, texts
from web.own_desk import own_desk, remember
from web.render import see_other, tell_refused
from web.routes.desk import desk_page
from web.sessions import actor

blueprint = Blueprint("queue", __name__)


@blueprint.post("/staff/queue/next")
def call_next() -> Response:
    """One tap: whoever is to come next is called to this desk, and opened."""
    desk = own_desk()
    called = services().queue.call_next(by=actor(), desk=desk.name, lanes=desk.lanes)
    if called is None:
        flash(gettext("Tidak ada yang menunggu untuk meja ini."), "info")
        return see_other(url_for("desk.show"))
    return see_other(url_for("desk.show", visit=called.id))


@blueprint.post("/staff/queue/desk")
def choose_desk() -> Response:
    """Say at which desk this browser stands, and which series it calls."""
    return remember(see_other(url_for("desk.show")), text("desk"), texts("lane"))


@blueprint.post("/staff/visits/<int:visit_id>/skip")
def skip(visit_id: int) -> Response:
    try:
        visit = services().queue.skip(visit_id, by=actor())
    except Refused as refused:
        return desk_page(None, refused)
    if visit.standing.is_aside:
        flash(gettext("%(number)s disisihkan.", number=visit.label), "info")
    else:
        flash(gettext("%(number)s dilewati dahulu.", number=visit.label), "info")
    return see_other(url_for("desk.show"))


@blueprint.post("/staff/visits/<int:visit_id>/aside")
def put_aside(visit_id: int) -> Response:
    try:
        services().queue.put_aside(visit_id, by=actor())
    except Refused as refused:
        return desk_page(None, refused)
    return see_other(url_for("desk.show"))


@blueprint.post("/staff/visits/<int:visit_id>/back")
def come_back(visit_id: int) -> Response:
    try:
        services().queue.come_back(visit_id, by=actor())
    except Refused as refused:
        return desk_page(None, refused)
    return see_other(url_for("desk.show"))


@blueprint.post("/staff/visits/<int:visit_id>/pass-on")
def pass_on(visit_id: int) -> Response:
    """To another service or desk; the visitor keeps the number."""
    try:
        visit = services().queue.pass_on(visit_id, by=actor(), lane=text("lane"), desk=text("desk"))
    except Refused as refused:
        return desk_page(None, refused)
    except Invalid as invalid:
        return _told(visit_id, invalid)
    flash(gettext("%(number)s diteruskan dan menunggu lagi.", number=visit.label), "success")
    return see_other(url_for("desk.show"))


@blueprint.post("/staff/visits/<int:visit_id>/late")
def explain(visit_id: int) -> Response:
    """Why this visitor was served late."""
    try:
        services().promises.explain(visit_id, text("reason"), text("note"), by=actor())
    except Invalid as invalid:
        return _told(visit_id, invalid)
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/served-at")
def correct(visit_id: int) -> Response:
    """When service really began."""
    try:
        services().promises.correct(visit_id, text("clock"), text("reason"), by=actor())
    except Invalid as invalid:
        return _told(visit_id, invalid)
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("desk.show", visit=visit_id))


def _told(visit_id: int, invalid: Invalid) -> Response:
    """These forms are folded away, so that what is wrong is said on top of the desk."""
    for message in invalid.problems.values():
        flash(gettext(message), "warning")
    return see_other(url_for("desk.show", visit=visit_id))
