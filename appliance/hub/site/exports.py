"""Figures and the fleet as files; each is noted in the journal, so it is a POST."""

import datetime as dt

from flask import Blueprint, Response, abort, request

from appliance.errors import N_
from appliance.free_text import file_name
from appliance.hub import journal
from appliance.hub.database import Database
from appliance.hub.fleet import lines
from appliance.hub.periods import Period
from appliance.hub.site import fleet_view, guard
from appliance.hub.site.figures_page import scope_of
from appliance.hub.site.figures_view import board, long_sheet, visitors
from appliance.hub.site.fleet_view import Watched
from appliance.hub.site.pickers import places
from appliance.hub.site.sheets import CSV_TYPE, XLSX_TYPE, Sheet, csv_of, xlsx_of
from appliance.hub.site.words import period_name, said
from appliance.reports.periods import parse

FORMATS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
NATION = N_("Indonesia")
FLEET_HEADS = (
    *(N_("Kantor"), N_("Provinsi"), N_("ID peranti"), N_("Keadaan"), N_("Terdengar (UTC)")),
    *(N_("Menunggu"), N_("Selisih jam (detik)"), N_("Cabang tidak disengaja"), N_("Versi")),
)


def blueprint(database: Database) -> Blueprint:
    """What is in a file is what its page shows, of the places that this person may see."""
    routes = Blueprint("exports", __name__)

    @routes.post("/exports/figures")
    def figures() -> Response:
        kind, period = _kind(), parse(request.form.get("period", ""))
        if period is None or not period.is_of_whole_months:
            abort(404)
        here = places(database)
        code = request.form.get("office", "")
        place = here.office(code) if code else None
        province = here.province(place.province if place else request.form.get("province", ""))
        asked = (database, scope_of(province, place), Period.parse(period.text))
        tables = [*board(*asked).tables, *visitors(*asked)]
        name = place.name if place else province or said(NATION)
        title = f"{name}, {period_name(period)}"
        if kind == "xlsx":
            content = xlsx_of([shown.sheet for shown in tables], title)
        else:
            content = csv_of(long_sheet(tables, name, period.text))
        return _sent(database, content, file_name(name, period.text, kind), kind)

    @routes.post("/exports/fleet")
    def fleet() -> Response:
        kind, now = _kind(), dt.datetime.now(dt.UTC)
        province = places(database).province(request.form.get("province", ""))
        found = [
            fleet_view.watched(line, now) for line in lines(database, province=province or None)
        ]
        rows = tuple(_row(one) for one in found)
        title = said(N_("Peranti kantor"))
        sheet = Sheet(title, title, tuple(map(said, FLEET_HEADS)), rows)
        content = csv_of(sheet) if kind == "csv" else xlsx_of([sheet], title)
        return _sent(
            database, content, file_name(f"{title} {province}", f"{now:%Y-%m-%d}", kind), kind
        )

    return routes


def _kind() -> str:
    kind = request.form.get("format", "")
    if kind not in FORMATS:
        abort(404)
    return kind


def _row(one: Watched) -> tuple[str | int | float | None, ...]:
    line = one.line
    words = [said(fleet_view.WORDS[signal], **one.says) for signal in one.signals]
    return (
        line.office_name,
        line.province,
        line.device,
        "; ".join(words) or said(fleet_view.STATES[line.state]),
        f"{line.heard_at:%Y-%m-%d %H:%M}" if line.heard_at else "",
        line.waiting,
        line.clock_offset_s,
        line.odd_forks,
        line.software,
    )


def _sent(database: Database, content: bytes, name: str, kind: str) -> Response:
    journal.note(database, guard.person().username, "export", name, f"{len(content)} B")
    response = Response(content, content_type=FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
