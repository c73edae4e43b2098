"""The service standard as published, and where to complain."""

from flask import Blueprint, Response

from appliance.offices import PANELS, PROMISE
from web.context import services
from web.language import language
from web.render import page

blueprint = Blueprint("standard", __name__)


@blueprint.get("/standard")
def show() -> Response:
    standard, spoken = services().office.standard, language()
    minutes = str(services().office.policy.promise_minutes)
    panels = []
    for name in PANELS:
        panel = getattr(standard, name)
        items = panel.items_en if spoken == "en" else panel.items
        panels.append((name, [item.replace(PROMISE, minutes) for item in items]))
    return page("standard/page.html", decree=standard.decree, panels=panels)
