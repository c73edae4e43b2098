"""A finished file at the station: printed, or copied to the visitor's stick."""

from flask import Blueprint, Response, url_for

from appliance.errors import Refused, Unavailable
from web.context import services
from web.forms import text
from web.render import is_fragment, page, see_other, tell_refused, unchanged
from web.station_job import IDLE_S, bound_job, bound_visit
from web.station_visit import station_actor

blueprint = Blueprint("station_hand_outs", __name__, url_prefix="/station/hand-out")


@blueprint.get("")
def show() -> Response:
    """How far it is, for the panel; with its end the whole screen again, which soon wipes."""
    newest = services().hand_outs.of(bound_job().uuid)
    if not is_fragment() or newest is None or not newest.is_pending:
        return see_other(url_for("station.scan"))
    return unchanged(newest.version) or page(
        "station/_hand_out.html", hand_out=newest, hand_outs=services().hand_outs
    )


@blueprint.get("/print")
def confirm() -> Response:
    """How many sheets will come, before any does."""
    here, job = bound_visit(), bound_job()
    if not (job.is_ready and services().hand_outs.can_print):
        return see_other(url_for("station.scan"))
    return page("station/print.html", visit=here.visit, job=job, idle_s=IDLE_S)


@blueprint.post("")
def ask() -> Response:
    here, job = bound_visit(), bound_job()
    try:
        services().hand_outs.ask(job.uuid, text("kind"), by=station_actor(), visit_id=here.visit.id)
    except Refused as refused:
        tell_refused(refused)
    except Unavailable:
        pass  # it is marked failed, and its sentence stands on the screen
    return see_other(url_for("station.scan"))
