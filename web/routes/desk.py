"""The desk: who waits, who is being served, and the room, on one screen."""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, g, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from appliance.actor import Role
from appliance.errors import N_, Refused
from appliance.lockers.desk_wall import DeskDoor, desk_wall, first_doors
from appliance.visits.desk_room import DeskRoom
from appliance.visits.promise_rules import LATE_REASONS
from appliance.visits.rules import VisitCard, VisitState
from web.context import services
from web.forms import text
from web.kept_panels import panel as kept_panel
from web.own_desk import own_desk
from web.queue_rows import QueueRows, inside_rows
from web.render import is_fragment, page, see_other, unchanged
from web.routes.lockers import door_news
from web.routes.readers import desk_notice
from web.sessions import actor, current_staff
from web.typed_ticket import visit_of
from web.version import QUARTER_MINUTE_MS, house_version, without_clock

blueprint = Blueprint("desk", __name__)
CONFLICT = 409
LONGEST_TICKET = 200


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the panels of one page are made from."""

    room: DeskRoom
    wall: tuple[DeskDoor, ...]


@blueprint.get("/staff")
def show() -> Response:
    session = current_staff()
    if session is not None and session.role is Role.OPERATOR:
        return see_other("/station")  # an operator's desk is the scanner station
    if session is not None and session.role is Role.HEAD:
        return see_other(url_for("overview.show"))  # the queue has names
    return desk_page(_chosen())


@blueprint.get("/staff/queue")
def queue() -> Response:
    """The queue alone, for its poll."""
    if not is_fragment():
        return see_other(url_for("desk.show"))
    return unchanged(_version()) or Response(_queue(_chosen()))


@blueprint.get("/staff/room")
def room() -> Response:
    """Figures and lockers alone, for their poll."""
    if not is_fragment():
        return see_other(url_for("desk.show"))
    return unchanged(_version()) or Response(_room())


@blueprint.get("/staff/visits/<int:visit_id>/panel")
def panel(visit_id: int) -> Response:
    """The served visitor alone, for its poll; its forms are left alone while nothing changes."""
    if not is_fragment():
        return see_other(url_for("desk.show", visit=visit_id))
    context = panel_context(services().visits.by_id(visit_id))
    return unchanged(context["panel_version"]) or page("desk/_panel.html", **context)


@blueprint.post("/staff/find")
def find() -> Response:
    """From a scanned or typed ticket to its visit; sent, for a code would stay in the browser."""
    visit = visit_of(text("code")[:LONGEST_TICKET])
    if visit is None:
        flash(gettext("Tidak ada kunjungan terbuka dengan kode atau nomor itu."), "warning")
        return see_other(url_for("desk.show"))
    return see_other(url_for("desk.show", visit=visit.id))


@blueprint.post("/staff/visits/<int:visit_id>/call")
def call(visit_id: int) -> Response:
    try:
        services().queue.call(visit_id, by=actor(), desk=own_desk().name)
    except Refused as refused:
        return desk_page(None, refused)
    return see_other(url_for("desk.show"))


@blueprint.post("/staff/visits/<int:visit_id>/serve")
def serve(visit_id: int) -> Response:
    try:
        services().visits.serve(visit_id, by=actor())
    except Refused as refused:
        return desk_page(None, refused)
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/absent")
def absent(visit_id: int) -> Response:
    """Called and not there: off the queue."""
    services().visits.close(
        visit_id, by=actor(), state=VisitState.CANCELLED, reason=N_("Tidak datang saat dipanggil")
    )
    flash(gettext("Nomor itu dikeluarkan dari antrean."), "success")
    return see_other(url_for("desk.show"))


def desk_page(chosen: VisitCard | None, refused: Refused | None = None) -> Response:
    """The whole desk with this visit opened; with a refusal it says 409 and how things are now."""
    return page(
        "desk/page.html",
        status=200 if refused is None else CONFLICT,
        refused=refused,
        queue_panel=_queue(chosen),
        room_panel=_room(),
        news_panel=_news(),
        read_panel=_read(chosen),
        **(panel_context(chosen) if chosen else {"visit": None}),
    )


def panel_context(visit: VisitCard) -> dict[str, Any]:
    """What the panel of one visit shows, and the version of exactly that."""
    deposits, lockers = services().deposits, services().lockers
    shown: dict[str, Any] = {
        "visit": visit,
        "locker": lockers.of_visit(visit.id),
        "more_lockers": lockers.group.numbers(visit.id)[1:],
        "may_have_more": lockers.group.may_have_more(visit),
        "deposit": deposits.of_visit(visit.id),
        "corrections": services().promises.corrections(visit.id),
        "checklist": services().checkout.checklist(visit.id),
        "readings": services().reading.open_of_visit(visit.id),
        "free_lockers": lockers.free(),
        "free_slots": deposits.free_slots() if deposits.is_asked else (),
    }
    served_at = visit.served_at and visit.served_at.astimezone(services().office.zone)
    shown["served_clock"] = f"{served_at:%H:%M}" if served_at else ""
    # The seconds of the promise tick on; the words on the panel do not.
    told = {name: value for name, value in shown.items() if name != "visit"}
    queued = (visit.state, visit.called_by, visit.standing, visit.late_reason, visit.served_at)
    version = crc32(repr((told, queued, visit.rated_at)).encode())
    return shown | {
        "panel_version": version,
        "next_step": _next_step(shown),
        "late_reasons": LATE_REASONS,
    }


def _next_step(shown: dict[str, Any]) -> str:
    """The one thing to do now: it gets the primary button."""
    visit, outstanding = shown["visit"], shown["checklist"].outstanding
    if visit.state is VisitState.REGISTERED:
        return "call"
    if visit.state is VisitState.CALLED:
        return "serve"
    if visit.state is VisitState.LEAVING:
        return str(outstanding[0].item) if outstanding else "settle"
    if not visit.is_open or shown["locker"] is not None:
        return ""
    deposit = shown["deposit"]
    has_card = deposit is not None and deposit.stands_for_locker
    return "card" if services().deposits.is_asked and not has_card else "locker"


def _chosen() -> VisitCard | None:
    visit_id = request.args.get("visit", type=int)
    if visit_id is None or not 0 < visit_id < 2**62:
        return None
    return services().visits.by_id(visit_id)


def _queue(chosen: VisitCard | None) -> Markup:
    version, chosen_id = _version(), chosen.id if chosen else None

    def make() -> dict[str, Any]:
        return {
            "room": _seen().room,
            "inside": inside_rows(_seen().room.inside, first_doors(_seen().wall), chosen_id),
            "waiting": QueueRows(_seen().room.queue, is_desk_free=chosen_id is None),
            "own_desk": own_desk(),
            "questions": services().catalogue_questions.waiting(),
            "chosen_id": chosen_id,
            "version": version,
        }

    return kept_panel("desk/_queue.html", version, chosen_id, own_desk(), make=make)


def _room() -> Markup:
    version = _version()

    def make() -> dict[str, Any]:
        return {
            "today": services().reports.today(_seen().room.figures),
            "wall": _seen().wall,
            "overdue_photocopies": services().photocopy.overdue(),
            "version": version,
        }

    return kept_panel("desk/_room.html", version, make=make)


def _news() -> Markup:
    version = without_clock(_version())
    return kept_panel("lockers/_news.html", version, make=lambda: door_news(version))


def _read(chosen: VisitCard | None) -> Markup:
    shown = desk_notice(chosen)
    chosen_id = chosen.id if chosen else None
    return kept_panel("readers/_desk.html", shown["read_version"], chosen_id, make=lambda: shown)


def _version() -> str:
    """Looked up once for a request, before anything that it stands for is read."""
    if "desk_version" not in g:
        g.desk_version = house_version(clock_ms=QUARTER_MINUTE_MS)
    return str(g.desk_version)


def _seen() -> _Seen:
    """Looked up once for a request, after its version: both panels show the same room."""
    if "desk_seen" not in g:
        g.desk_seen = _Seen(services().visits.desk_room(), desk_wall())
    found: _Seen = g.desk_seen
    return found
