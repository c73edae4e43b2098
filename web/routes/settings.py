"""The settings in force and where each comes from; changed in their file, never here."""

from flask import Blueprint, Response

from appliance.config import explain
from web.context import services, settings
from web.render import page

blueprint = Blueprint("settings", __name__)


@blueprint.get("/staff/settings")
def show() -> Response:
    return page("settings/page.html", lines=explain(settings()), mail=services().mail)
