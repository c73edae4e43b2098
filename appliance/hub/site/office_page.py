"""The devices of one office: how each is doing, and what may be done about it."""

import datetime as dt
import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from appliance.codes import readable
from appliance.errors import N_, NotFound
from appliance.hub import device_commands, device_history, journal
from appliance.hub.database import Database
from appliance.hub.device_history import HealthDay, HealthWord, StreamLine
from appliance.hub.fleet import lines, zone_name
from appliance.hub.offices import UNKNOWN_DEVICE, Offices
from appliance.hub.site import fleet_view, guard
from appliance.hub.site.charts import Chart, Point, columns
from appliance.hub.site.fleet_view import Watched
from appliance.hub.site.language import number
from appliance.hub.site.pickers import Place, places
from appliance.hub.site.qr_code import drawn

DEEDS = {"suspend": "suspended", "resume": "active", "revoke": "revoked"}
DEED_WORDS = {
    "suspend": N_("Tangguhkan"),
    "resume": N_("Aktifkan lagi"),
    "revoke": N_("Cabut untuk selamanya"),
}
COMMAND_WORDS = {
    "send-health": N_("Kirim keadaan"),
    "check-config": N_("Periksa setelan"),
    "rotate-key": N_("Ganti kunci"),
}
REASONS = {
    "first start": N_("Awal"),
    "first": N_("Awal"),
    "held": N_("Satu catatan disisihkan"),
    "dropped-telemetry": N_("Catatan teknis dibuang karena penyimpanan penuh"),
    "restored": N_("Dipulihkan dari cadangan"),
    "portal_lost": N_("Pusat kehilangan catatan"),
    "unknown_head": N_("Pusat punya catatan yang tidak dikenal peranti"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A device with all that its page tells."""

    one: Watched
    streams: list[StreamLine]
    days: list[HealthDay]
    words: list[HealthWord]
    asked: list[device_commands.Asked]
    chart: Chart


def blueprint(database: Database) -> Blueprint:
    """Looking is for whoever sees the office; what changes something is for the national team."""
    routes = Blueprint("office", __name__)
    offices = Offices(database)

    @routes.get("/offices/<code>/devices")
    def devices(code: str) -> str:
        place = places(database).office(code)
        now = dt.datetime.now(dt.UTC)
        found = [fleet_view.watched(line, now) for line in lines(database, office=code)]
        return render_template(
            "office/devices.html",
            place=place,
            now=now,
            devices=[_shown(database, one, now) for one in found],
            view=fleet_view,
            deeds=DEED_WORDS,
            commands=COMMAND_WORDS,
            reasons=REASONS,
            done=request.args.get("done", ""),
        )

    @routes.get("/offices/<code>/devices/<uuid:device>/<any(suspend, resume, revoke):deed>")
    @guard.national_only
    def ask(code: str, device: uuid.UUID, deed: str) -> str:
        place, one = _found(database, code, device)
        return render_template(
            "office/confirm.html",
            place=place,
            one=one,
            deed=deed,
            words=DEED_WORDS[deed],
            view=fleet_view,
            now=dt.datetime.now(dt.UTC),
        )

    @routes.post("/offices/<code>/devices/<uuid:device>/<any(suspend, resume, revoke):deed>")
    @guard.national_only
    def change(code: str, device: uuid.UUID, deed: str) -> AnyResponse:
        _found(database, code, device)
        with database.transaction() as connection:
            offices.set_state(device, DEEDS[deed])
            journal.write(connection, guard.person().username, deed, code, str(device))
        return _back(code, deed)

    @routes.post("/offices/<code>/devices/<uuid:device>/commands")
    @guard.national_only
    def command(code: str, device: uuid.UUID) -> AnyResponse:
        _found(database, code, device)
        kind = request.form.get("kind", "")
        with database.transaction() as connection:
            device_commands.ask(database, device, kind)
            username = guard.person().username
            journal.write(connection, username, "command", code, f"{kind} {device}")
        return _back(code, "command")

    @routes.get("/offices/<code>/claim")
    @guard.national_only
    def ask_claim(code: str) -> str:
        place, device = places(database).office(code), _device_of_request()
        one = _found(database, code, device)[1] if device else None
        return render_template("office/ask_claim.html", place=place, one=one)

    @routes.post("/offices/<code>/claim")
    @guard.national_only
    def claim(code: str) -> Response:
        """Shown in the answer itself, for it is kept nowhere and cannot be shown again."""
        place, device = places(database).office(code), _device_of_request()
        with database.transaction() as connection:
            made = offices.issue(code, device=device)
            journal.write(connection, guard.person().username, "claim", code, str(device or ""))
        half = len(made.code) // 2
        text = f"{readable(made.code[:half])}-{readable(made.code[half:])}"
        return make_response(
            render_template("office/claim.html", place=place, text=text, made=made, qr=drawn(text))
        )

    return routes


def _shown(database: Database, one: Watched, now: dt.datetime) -> Shown:
    device = uuid.UUID(one.line.device)
    days = device_history.health_days(database, device, now, zone_name(one.line.timezone))
    points = [Point(f"{day.day:%d}", number(day.waiting), day.waiting) for day in days]
    return Shown(
        one,
        device_history.streams(database, device),
        days,
        device_history.health_words(database, device),
        device_commands.asked(database, device),
        columns(points),
    )


def _found(database: Database, code: str, device: uuid.UUID) -> tuple[Place, Watched]:
    """The device, if it is of this office. Raises NotFound."""
    place = places(database).office(code)
    now = dt.datetime.now(dt.UTC)
    for line in lines(database, office=code):
        if line.device == str(device):
            return place, fleet_view.watched(line, now)
    raise NotFound(UNKNOWN_DEVICE, device=device)


def _device_of_request() -> uuid.UUID | None:
    """The device of `?device=` or of the form's field, which gets new keys; None for a new one."""
    text = request.values.get("device", "")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise NotFound(UNKNOWN_DEVICE, device=text[:40]) from None


def _back(code: str, done: str) -> AnyResponse:
    return redirect(url_for("site.office.devices", code=code, done=done), 303)
