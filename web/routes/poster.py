"""The poster for the door: how to reach this appliance with a phone."""

from flask import Blueprint, Response, current_app, request

from web.announce import announced_name, room_addresses
from web.render import page

blueprint = Blueprint("poster", __name__)
HTTP_PORT = 80


@blueprint.get("/staff/poster")
def show() -> Response:
    return page("poster/page.html", addresses=_addresses(), own_name=_with_port(_name()))


def _name() -> str:
    return announced_name(current_app) or ""


def _addresses() -> list[str]:
    """Where this appliance can be reached, IPv4 only: nobody types the other kind."""
    found = sorted(one for one in room_addresses() if one.version == 4)
    # Without a network the poster is still a page: it shows how it was opened itself.
    return [_with_port(str(one)) for one in found] or [request.host]


def _with_port(host: str) -> str:
    port = request.environ.get("SERVER_PORT", str(HTTP_PORT))
    return host if not host or port == str(HTTP_PORT) else f"{host}:{port}"
