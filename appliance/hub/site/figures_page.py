"""The figures of the country, of a province and of an office, and the way from one to the next."""

import datetime as dt

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.hub import projector
from appliance.hub.database import Database
from appliance.hub.fleet import lines
from appliance.hub.periods import Period, Scope
from appliance.hub.site import fleet_view, guard
from appliance.hub.site.figures_view import HIDDEN_NOTE, board, headlines, text_of, visitors
from appliance.hub.site.pickers import Place, choices, period, places, today
from appliance.hub.site.words import period_name

OVERVIEW, VISITORS = "figures", "visitors"


def blueprint(database: Database) -> Blueprint:
    """Who sees one province only begins there."""
    routes = Blueprint("figures", __name__)

    @routes.get("/")
    def show() -> AnyResponse | str:
        person = guard.person()
        if not person.is_national:
            return redirect(url_for("site.figures.province", province=person.province), 303)
        return _page(database, "", None)

    @routes.get("/provinces/<province>")
    def province(province: str) -> str:
        return _page(database, places(database).province(province), None)

    @routes.get("/offices/<code>")
    def office(code: str) -> str:
        place = places(database).office(code)
        return _page(database, place.province, place)

    return routes


def scope_of(province: str, place: Place | None) -> Scope:
    """The place whose figures are asked for."""
    return Scope(office=place.code) if place else Scope(province=province)


def _page(database: Database, province: str, place: Place | None) -> str:
    chosen, day = period(), today()
    asked = (database, scope_of(province, place), Period.parse(chosen.text))
    part = VISITORS if request.args.get("part") == VISITORS else OVERVIEW
    found = board(*asked) if part == OVERVIEW else None
    offered = dict.fromkeys((*choices(), chosen))
    return render_template(
        "figures/page.html",
        province=province,
        place=place,
        places=places(database),
        period=chosen,
        choices=[(one.text, period_name(one)) for one in offered],
        before=chosen.neighbour(-1),
        after=chosen.neighbour(1) if chosen.after <= day else None,
        is_running=chosen.after > day,
        part=part,
        board=found,
        visitors=() if found else visitors(*asked),
        headlines=headlines(found) if found else (),
        respondents=text_of(found.ikm.respondents) if found else "",
        hidden_note=HIDDEN_NOTE,
        lag=projector.lag(database),
        urgent=_urgent(database, province, place),
    )


def _urgent(database: Database, province: str, place: Place | None) -> int:
    """How many of the place's devices need somebody."""
    now = dt.datetime.now(dt.UTC)
    found = lines(database, province=province or None, office=place.code if place else None)
    return len(fleet_view.worst_first(fleet_view.watched(line, now) for line in found))
