"""The service standard as published, and where to complain."""

from flask import Blueprint, Response

from appliance.offices import PANELS
from web.context import services
from web.language import language
from web.render import page

blueprint = Blueprint("standard", __name__)


@blueprint.get("/standard")
def show() -> Response:
    standard, spoken = services().office.standard, language()
    panels = []
    for name in PANELS:
        panel = getattr(standard, name)
        panels.append((name, panel.items_en if spoken == "en" else panel.items))
    return page("standard/page.html", decree=standard.decree, panels=panels)
