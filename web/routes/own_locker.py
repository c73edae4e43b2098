"""What a visitor saw of the own locker's door, where no sensor sees it."""

from flask import Blueprint, Response, url_for

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.lockers.rules import Said
from web.context import open_visit_or_404, services
from web.forms import text, whole
from web.render import see_other

blueprint = Blueprint("own_locker", __name__)


@blueprint.post("/visits/<token>/locker/seen")
def seen(token: str) -> Response:
    visit, saw = open_visit_or_404(token), text("saw")
    if saw not in list(Said):
        raise Refused(N_("Pilih apakah pintunya terbuka."))
    number = whole("number")
    own = services().lockers.group.lockers(visit.id)
    locker = next((one for one in own if number in (None, one.number)), None)
    command = None if locker is None else locker.command
    if command is not None and command.uuid != text("command"):
        return see_other(url_for("visits.show", token=token))  # asked about an earlier opening
    by = Actor.visitor(visit.uuid)
    services().witness.say_of_visit(visit.id, saw, by=by, number=number)
    return see_other(url_for("visits.show", token=token))
