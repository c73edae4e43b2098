"""The privacy notice in full."""

from flask import Blueprint, Response

from appliance.privacy.rules import notice
from web.context import services
from web.language import language
from web.render import page

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
def show() -> Response:
    return page("privacy/page.html", privacy=notice(services().office, language()))
