"""How all devices are doing: what needs somebody first, then every one of them."""

import datetime as dt

from flask import Blueprint, render_template, request

from appliance.errors import N_
from appliance.hub import partitions
from appliance.hub.database import Database
from appliance.hub.fleet import lines
from appliance.hub.site import fleet_view, guard
from appliance.hub.site.fleet_view import FILTERS, PAGE, Filter
from appliance.hub.site.pickers import places, word
from appliance.hub.site.words import said

ALL = N_("Semua provinsi")
REFRESH_S = 60
MOST_URGENT = 30


def blueprint(database: Database) -> Blueprint:
    """The page; for a screen on the wall the browser asks for it again, without any script.

    Only where somebody chose so: who reads slowly must not lose the place (WCAG 2.2.1).
    """
    routes = Blueprint("fleet", __name__)

    @routes.get("/fleet")
    def show() -> str:
        now = dt.datetime.now(dt.UTC)
        here = places(database)
        province = here.province_of_request()
        devices = [
            fleet_view.watched(line, now) for line in lines(database, province=province or None)
        ]
        which, words = _filter(), word("q")
        found = fleet_view.chosen(devices, which, words)
        first = _page(len(found)) * PAGE
        urgent = fleet_view.worst_first(devices)
        return render_template(
            "fleet/page.html",
            now=now,
            devices=devices,
            urgent=urgent[:MOST_URGENT],
            more_urgent=max(len(urgent) - MOST_URGENT, 0),
            provinces=fleet_view.by_province(devices),
            found=found[first : first + PAGE],
            found_count=len(found),
            first=first,
            page=first // PAGE,
            is_last=first + PAGE >= len(found),
            which=which,
            words=words,
            province=province,
            places=here,
            province_choices=[("", said(ALL)), *((name, name) for name in here.provinces)],
            filter_choices=[(one.value, said(FILTERS[one])) for one in Filter],
            strays=partitions.strays(database) if guard.person().is_national else 0,
            is_live="live" in request.args,
            refresh_s=REFRESH_S,
            view=fleet_view,
        )

    return routes


def _filter() -> Filter:
    try:
        return Filter(request.args.get("show", ""))
    except ValueError:
        return Filter.ALL


def _page(count: int) -> int:
    """The page asked for; the last one for one that is not there."""
    text = request.args.get("page", "0")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return min(asked, max(count - 1, 0) // PAGE)
