"""Emergency: every door at once, and the list of everybody who must be outside."""

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext, lazy_gettext

from appliance.errors import Invalid
from appliance.lockers.emergency_rules import EmergencyView, RollCallLine, Source
from web.context import services
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor, current_staff

blueprint = Blueprint("emergency", __name__)
OTHER = "other"
# Nobody types while it burns: one tap says why.
CAUSES = (
    ("fire", lazy_gettext("Kebakaran atau asap")),
    ("quake", lazy_gettext("Gempa bumi")),
    ("drill", lazy_gettext("Latihan")),
    (OTHER, lazy_gettext("Lainnya")),
)
WORDS = {"fire": "kebakaran atau asap", "quake": "gempa bumi", "drill": "latihan"}


@blueprint.app_template_global("open_emergency")
def open_emergency() -> EmergencyView | None:
    """The emergency that nobody has ended, for the banner of whoever works here."""
    return None if current_staff() is None else services().emergency.open()


# Starting


@blueprint.get("/staff/lockers/emergency")
def show() -> Response:
    """What it does while there is none; doors and people while there is one."""
    return page("emergency/page.html", form=Form.blank(), **_context())


@blueprint.post("/staff/lockers/emergency")
def start() -> Response:
    """Asked twice: first why, then whether every door shall really open."""
    cause = text("cause")
    reason = text("reason") if cause == OTHER else WORDS.get(cause, "")
    if not reason:
        field, problem = (
            ("reason", gettext("Tulis alasannya, paling banyak 200 huruf."))
            if cause == OTHER
            else ("cause", gettext("Pilih apa yang terjadi."))
        )
        return with_errors("emergency/page.html", {field: problem}, **_context())
    if text("confirmed") != "yes":
        doors = len(services().lockers.wall())
        return page("emergency/confirm.html", cause=cause, reason=reason, doors=doors)
    try:
        services().emergency.start(source=Source.SCREEN, by=actor(), reason=reason)
    except Invalid as invalid:
        return with_errors("emergency/page.html", dict(invalid.problems), **_context())
    return see_other(url_for("emergency.show"))


@blueprint.post("/staff/lockers/emergency/end")
def end() -> Response:
    """Asked twice as well: whoever is still missing is named first."""
    running = services().emergency.open()
    if running is None:
        return see_other(url_for("emergency.show"))  # a second tap
    if text("confirmed") == "yes" and not _is_this(running):
        return _other_emergency("emergency.show")
    if text("confirmed") != "yes":
        missing = [line for line in running.roll_call if not line.is_seen]
        return page("emergency/end.html", emergency=running, missing=missing, names=_names(missing))
    services().emergency.end(by=actor())
    flash(gettext("Keadaan darurat diakhiri. Periksa dan tutup semua pintu."), "success")
    return see_other(url_for("emergency.show"))


# While it runs


@blueprint.get("/staff/lockers/emergency/doors")
def doors() -> Response:
    """How far every door has come, for its poll."""
    context = _doors_context(services().emergency.open())
    if not is_fragment() or context["emergency"] is None:
        return see_other(url_for("emergency.show"))
    return unchanged(context["doors_version"]) or page("emergency/_doors.html", **context)


@blueprint.get("/staff/lockers/emergency/people")
def people() -> Response:
    """Who was inside: the list for its poll, and as a page of its own to print."""
    context = _people_context(services().emergency.latest())
    if is_fragment():
        return unchanged(context["people_version"]) or page("emergency/_people.html", **context)
    return page("emergency/people.html", **context)


@blueprint.post("/staff/lockers/emergency/people/<int:visit_id>")
def mark(visit_id: int) -> Response:
    """Somebody is outside, or was ticked by mistake."""
    back = "emergency.people" if request.form.get("from") == "people" else "emergency.show"
    if not _is_this(services().emergency.latest()):
        return _other_emergency(back)  # seen at the drill is not seen at the fire
    emergency = services().emergency.mark_seen(visit_id, by=actor(), seen=text("seen") != "no")
    if is_fragment():
        return page("emergency/_people.html", **_people_context(emergency))
    return see_other(f"{url_for(back)}#person-{visit_id}")


@blueprint.get("/staff/lockers/emergency/banner")
def banner() -> Response:
    """Whether one runs, for every staff page."""
    if not is_fragment():
        return see_other(url_for("emergency.show"))
    version = banner_version()
    return unchanged(version) or page("emergency/_banner.html")


@blueprint.app_template_global("emergency_version")
def banner_version() -> str:
    """Changes when an emergency begins, ends, or somebody more is seen outside."""
    running = open_emergency()
    return "0" if running is None else f"{running.id}.{running.missing}"


# Inside


def _is_this(emergency: EmergencyView | None) -> bool:
    """Whether the submitted page spoke of this emergency and not of an earlier one."""
    return emergency is not None and text("emergency") == str(emergency.id)


def _other_emergency(back: str) -> Response:
    message = gettext("Ini keadaan darurat yang baru. Yang tadi sudah diakhiri.")
    flash(message, "warning")
    return see_other(url_for(back))


def _context() -> dict[str, Any]:
    running = services().emergency.open()
    context: dict[str, Any] = {"causes": CAUSES, "latest": services().emergency.latest()}
    return context | _doors_context(running) | _people_context(running)


def _doors_context(emergency: EmergencyView | None) -> dict[str, Any]:
    told = None if emergency is None else (emergency.doors, emergency.is_cut_off)
    return {"emergency": emergency, "doors_version": crc32(repr(told).encode())}


def _people_context(emergency: EmergencyView | None) -> dict[str, Any]:
    lines = () if emergency is None else emergency.roll_call
    version = crc32(repr((emergency and emergency.id, lines)).encode())
    return {"emergency": emergency, "names": _names(lines), "people_version": version}


def _names(lines: Sequence[RollCallLine]) -> dict[int, str]:
    """Names as the desk shows them, by the visit's id."""
    cards = services().visits.by_ids(line.visit_id for line in lines)
    return {visit_id: card.name or "" for visit_id, card in cards.items()}
