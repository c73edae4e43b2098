"""The figures of the country, of a province and of an office, and the way from one to the next."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.hub.database import Database
from appliance.hub.site import guard
from appliance.hub.site.pickers import Place, period, places


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


def _page(database: Database, province: str, place: Place | None) -> str:
    return render_template(
        "figures/page.html",
        province=province,
        place=place,
        places=places(database),
        period=period(),
    )
