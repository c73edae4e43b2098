"""What a start of the lockers found, settled door by door."""

from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from web.context import services
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor

blueprint = Blueprint("start_report", __name__)


@blueprint.get("/staff/lockers/start")
def show() -> Response:
    context = _context()
    if is_fragment():
        return unchanged(context["version"]) or page("start_report/_report.html", **context)
    return page("start_report/page.html", form=Form.blank(), **context)


@blueprint.post("/staff/lockers/start/lines/<int:line>")
def settle(line: int) -> Response:
    """This door is as it should be again."""
    try:
        services().start_report.settle(line, by=actor(), note=text("note"))
    except Invalid as invalid:
        return with_errors("start_report/page.html", dict(invalid.problems), **_context())
    return see_other(f"{url_for('start_report.show')}#line-{line}")


@blueprint.post("/staff/lockers/start/seen")
def seen() -> Response:
    """Somebody has read it: the notices go, the lines stay until each is settled."""
    report = services().start_report.latest()
    if report is None or text("report") != report.uuid:
        return see_other(url_for("start_report.show"))  # there is a newer one to read
    services().start_report.seen(by=actor())
    flash(gettext("Laporan awal sudah dibaca."), "success")
    return see_other(url_for("start_report.show"))


def _context() -> dict[str, Any]:
    report = services().start_report.latest()
    return {"report": report, "version": crc32(repr(report).encode())}
