"""The scanner station: who scans, how, page by page, and the way to the own phone."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.documents.new_pages import Queued
from appliance.documents.views import JobView
from appliance.errors import NotFound, Refused, Unavailable
from appliance.guestbook.choices import LIBRARY
from appliance.visits.rules import VisitCard
from web import sessions, station_visit
from web.addresses import phone_url
from web.context import services
from web.forms import Form, idempotency_key, text
from web.limits import counting_misses
from web.render import is_fragment, page, see_other, tell_refused, unchanged, with_errors
from web.routes.home import NO_SUCH_CODE, VISIT_CODE
from web.routes.readers import station_notice
from web.station_job import IDLE_S, bound_job, bound_visit, job_of, to_page
from web.station_visit import Bound, station_actor

blueprint = Blueprint("station", __name__, url_prefix="/station")
IDLE_WHILE_BUSY_S = 600  # nobody touches the screen while a page is read
IDLE_IN_QUEUE_S = 180


blueprint.context_processor(station_notice)


@blueprint.get("")
def home() -> Response:
    """Who is served? Coming back here forgets the visitor before; no data of theirs changes."""
    station_visit.forget()
    return page("station/home.html", form=Form.blank(), **_waiting())


@blueprint.post("/visit")
def bind() -> Response:
    """Bind the station to a visit: by its ticket, or by staff with its tile."""
    try:
        with counting_misses(VISIT_CODE):
            visit = _asked_visit()
    except NotFound:
        return with_errors("station/home.html", {"code": NO_SUCH_CODE}, **_waiting())
    return _with_pages_left(visit.id)


@blueprint.get("/scan")
def scan() -> Response:
    """The bound visitor's screen: presets, then pages, then the way to the phone."""
    here = station_visit.bound()
    if here is None:
        return see_other(url_for("station.home"))
    job = job_of(here)
    if job is None:
        return _without_job(here)
    services().scan_pages.seen(job.uuid)
    if is_fragment():
        if nothing_new := unchanged(job.version):
            return nothing_new
        if not (job.is_busy or job.is_drawing):  # a whole page again, with its short patience
            return to_page(request.args.get("page", ""))
    else:
        station_visit.bind(here.visit.id, job.uuid)
    return _job_page(here.visit, job)


@blueprint.post("/job")
def start() -> Response:
    """A preset was tapped: open the job and scan the first page at once."""
    here = bound_visit()
    scanner = services().scanners.named(text("scanner")) if text("scanner") else None
    job = services().documents.open_job(here.visit.id, text("preset"), by=station_actor())
    station_visit.bind(here.visit.id, job.uuid)
    if scanner is not None:
        services().scan_pages.choose_scanner(job.uuid, scanner.name, by=station_actor())
    return _ask(job.uuid)


@blueprint.post("/scanner")
def choose_scanner() -> Response:
    """Another scanner for this file, because the one it has is taken or broken."""
    services().scan_pages.choose_scanner(bound_job().uuid, text("scanner"), by=station_actor())
    return see_other(url_for("station.scan"))


@blueprint.post("/another")
def another() -> Response:
    """The same visitor, another file."""
    station_visit.bind(bound_visit().visit.id)
    return see_other(url_for("station.scan"))


@blueprint.post("/resume")
def resume() -> Response:
    """Back to the pages from the settings, without scanning another one."""
    return _with_pages_left(bound_visit().visit.id)


@blueprint.post("/pages")
def add() -> Response:
    return _ask(bound_job().uuid)


@blueprint.post("/pages/again")
def again() -> Response:
    """Scan the chosen page once more; it gives way when the new one is on disk."""
    return _ask(bound_job().uuid, replaces=text("page"))


@blueprint.post("/pages/cancel")
def cancel() -> Response:
    services().scan_pages.cancel_page(bound_job().uuid, by=station_actor())
    return see_other(url_for("station.scan"))


@blueprint.post("/step-back")
def step_back() -> Response:
    """Out of the queue for the scanner; the pages stay."""
    services().scan_pages.leave(bound_job().uuid, by=station_actor())
    return see_other(url_for("station.scan"))


@blueprint.post("/finish")
def finish() -> Response:
    job = bound_job()
    try:
        services().documents.finish(job.uuid, by=station_actor())
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("station.scan"))


@blueprint.post("/text")
def read_text() -> Response:
    """Have the words of the finished file made searchable; the visitor need not wait for it."""
    services().scan_texts.ask(bound_job().uuid, by=station_actor())
    return see_other(url_for("station.scan"))


@blueprint.post("/discard")
def discard() -> Response:
    """Throw the file away and begin anew for the same visitor."""
    here, job = bound_visit(), bound_job()
    services().documents.discard(job.uuid, by=station_actor())
    station_visit.bind(here.visit.id)
    flash(gettext("Semua halaman berkas itu sudah dihapus."), "success")
    return see_other(url_for("station.scan"))


@blueprint.post("/next")
def next_visitor() -> Response:
    station_visit.forget()
    return see_other(url_for("station.home"))


@blueprint.post("/register")
def register() -> Response:
    """Make this browser the station; whoever did so is signed out of the shared screen."""
    token = services().staff.register_device("station", text("name") or "Stasiun pindai",
                                             by=sessions.actor())  # fmt: skip
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))
    flash(gettext("Layar ini sekarang stasiun pindai. Anda sudah dikeluarkan dari layar ini."),
          "success")  # fmt: skip
    response = see_other(url_for("station.home"))
    return sessions.register_station(sessions.end(response), token)


def _asked_visit() -> VisitCard:
    """The visit of the typed code, or of the tile when staff is at the screen. Raises NotFound."""
    tile = request.form.get("visit", type=int)
    if tile is None or sessions.current_staff() is None:
        return services().visits.by_code(text("code"))
    found = next((visit for visit in services().visits.inside() if visit.id == tile), None)
    if found is None:
        raise NotFound(NO_SUCH_CODE)
    return found


def _with_pages_left(visit_id: int) -> Response:
    """This visit's screen, with the file that it left unfinished if there is one."""
    left = services().documents.open_job_of(visit_id)
    station_visit.bind(visit_id, left.uuid if left is not None else "")
    return see_other(url_for("station.scan"))


def _waiting() -> dict[str, Any]:
    """What the first screen needs; tiles are for staff: a visitor could tap somebody else's."""
    inside = services().visits.inside() if sessions.current_staff() is not None else ()
    return {
        "visitors": [visit for visit in inside if LIBRARY in visit.services],
        "is_station": sessions.is_station(),
        "idle_s": IDLE_S,
    }


def _without_job(here: Bound) -> Response:
    """The buttons for a new file; who still sees the pages of one that is gone is told so."""
    if is_fragment():
        return to_page("")
    if here.job_uuid:
        station_visit.bind(here.visit.id)
        flash(gettext("Berkas tadi sudah dihapus dari HP atau meja petugas."), "warning")
    return _presets_page(here.visit)


def _presets_page(visit: VisitCard) -> Response:
    scanners = services().scanners
    return page(
        "station/presets.html",
        visit=visit,
        left=services().documents.open_job_of(visit.id),
        presets=services().scan_presets.usable(scanners.all()),
        scanners=[(view.name, view.label) for view in scanners.to_choose_from()],
        form=Form.blank(scanner=scanners.first),
        idle_s=IDLE_S,
    )


def _ask(job_uuid: str, replaces: str = "") -> Response:
    """Ask for a page and show how it goes; what the person must know waits on the next screen."""
    try:
        services().scan_pages.ask_page(
            job_uuid,
            by=station_actor(),
            replaces=replaces,
            idempotency_key=idempotency_key(),
        )
    except Queued:
        pass  # its place stands on the screen
    except Refused as refused:
        tell_refused(refused)
    except Unavailable:
        pass  # the page is marked failed, and its sentence stands on the screen
    return see_other(url_for("station.scan"))


def _job_page(visit: VisitCard, job: JobView) -> Response:
    chosen = next((one for one in job.pages if one.uuid == request.args.get("page")), None)
    name = "pages" if job.is_open else "done"
    hand_out = services().hand_outs.of(job.uuid)
    return page(
        f"station/{name}.html",
        f"station/_{name}.html",
        visit=visit,
        job=job,
        chosen=chosen or (job.pages[-1] if job.pages else None),
        asked_page=chosen is not None,
        other_scanners=services().scan_pages.other_scanners(job.uuid) if job.is_open else (),
        form=Form.blank(),
        phone_url=phone_url("visits.show", token=visit.token),
        scans=services().documents.of_visit(visit.id),
        scan_texts=services().scan_texts,
        hand_outs=services().hand_outs,
        hand_out=hand_out,
        idle_s=_patience_s(job, is_handed_out=hand_out is not None and hand_out.is_pending),
    )


def _patience_s(job: JobView, *, is_handed_out: bool) -> int:
    """How long the screen stays as it is when nobody touches it."""
    if job.is_working or is_handed_out:
        return IDLE_WHILE_BUSY_S
    return IDLE_IN_QUEUE_S if job.is_waiting else IDLE_S
