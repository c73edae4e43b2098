"""How the house is doing without anybody in it: what a head looks at."""

from flask import Blueprint, Response

from web.context import services
from web.render import page, unchanged
from web.version import house_version

blueprint = Blueprint("overview", __name__)
MINUTE_MS = 60_000


@blueprint.get("/staff/overview")
def show() -> Response:
    return _overview("overview/page.html")


@blueprint.get("/staff/overview/figures")
def figures() -> Response:
    """The figures and doors alone, for their poll."""
    return unchanged(_version()) or _overview("overview/page.html")


def _overview(template: str) -> Response:
    return page(
        template,
        "overview/_figures.html",
        today=services().reports.today(),
        wall=services().lockers.wall(),
        version=_version(),
    )


def _version() -> str:
    return house_version(clock_ms=MINUTE_MS)
