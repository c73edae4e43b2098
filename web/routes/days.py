"""Days that are closed: what is still to be decided, the sealed report, and whether it holds."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.day_closing import rules
from appliance.errors import Invalid
from web.context import services
from web.forms import Form
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("days", __name__)
NOT_FOUND = 404


@blueprint.app_template_global()
def unclosed_days() -> tuple[dt.date, ...]:
    """Earlier days that nobody has closed, for the line on every staff page."""
    return services().days.unclosed()


@blueprint.app_template_global()
def day_is_waiting() -> bool:
    """Whether this day is still to be closed, for the same line after closing time."""
    return services().days.is_waiting()


@blueprint.get("/staff/closing/days")
def index() -> Response:
    """The sealed days, and whether their chain holds."""
    days = services().days
    return page(
        "closing/days.html",
        reports=days.reports(),
        unclosed=days.unclosed(),
        verification=days.verify(),
    )


@blueprint.get("/staff/closing/days/<day>")
def show(day: str) -> Response:
    """The newest report of a day, on the screen and on paper."""
    date = _date(day)
    report = services().days.report(date)
    if report is None:
        return see_other(url_for("days.form", day=day))
    return page(
        "closing/day.html",
        report=report,
        changes=services().days.changes(report),
        open_things=services().days.open_things(date),
        parts=rules.PARTS,
        decision_word=rules.decision_word,
    )


@blueprint.get("/staff/closing/days/<day>/close")
def form(day: str) -> Response:
    """What is still to be decided before the day can be closed."""
    return page("closing/close_day.html", form=Form.blank(), **_about(_date(day)))


@blueprint.post("/staff/closing/days/<day>/close")
def close(day: str) -> Response:
    date = _date(day)
    try:
        report = services().days.close(date, request.form, by=actor())
    except Invalid as invalid:
        return with_errors("closing/close_day.html", dict(invalid.problems), **_about(date))
    flash(gettext("Hari ditutup dan disegel: %(seal)s.", seal=report.short_seal), "success")
    return see_other(url_for("days.show", day=day))


def _about(date: dt.date) -> dict[str, Any]:
    days = services().days
    return {
        "date": date,
        "is_today": date == days.today(),
        "report": days.report(date),
        "things": days.open_things(date),
        "kind_names": rules.NAMES,
    }


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        abort(NOT_FOUND)
