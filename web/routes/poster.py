"""The poster for the door: how to reach this appliance with a phone."""

from flask import Blueprint, Response, request

from web.addresses import room_hosts, room_name
from web.render import page

blueprint = Blueprint("poster", __name__)


@blueprint.get("/staff/poster")
def show() -> Response:
    # Without a network the poster is still a page: it shows how it was opened itself.
    return page("poster/page.html", addresses=room_hosts() or [request.host], own_name=room_name())
