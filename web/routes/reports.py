"""The month in figures, on the screen, on paper, and as a file."""

import datetime as dt

from flask import Blueprint, Response, abort, request, send_file

from appliance.ratings.questions import QUESTIONS
from appliance.reports.rules import month_text, neighbour, parse_month
from appliance.reports.service import Format
from web.context import services
from web.forms import text
from web.render import page
from web.sessions import actor

blueprint = Blueprint("reports", __name__)


@blueprint.get("/staff/reports")
def show() -> Response:
    this_month = services().reports.this_month()
    month = _month(request.args.get("month", ""), this_month)
    return page(
        "reports/page.html",
        report=services().reports.month(month),
        month=month_text(month),
        before=month_text(neighbour(month, -1)),
        after=month_text(neighbour(month, 1)) if month < this_month else "",
        questions=QUESTIONS,
        formats=Format,
    )


@blueprint.post("/staff/reports/export")
def export() -> Response:
    """A POST, because taking figures out is written into the journal."""
    if text("format") not in list(Format):
        abort(404)
    month = parse_month(text("month"))
    if month is None:
        abort(404)
    made = services().reports.export(month, Format(text("format")), by=actor())
    return send_file(
        made.file,
        mimetype=made.content_type,
        as_attachment=True,
        download_name=made.download_name,
    )


def _month(asked: str, this_month: dt.date) -> dt.date:
    """The month asked for; the present one for anything else and for the future."""
    month = parse_month(asked)
    return min(month, this_month) if month else this_month
