"""The pages on the station's screen: their pictures, and what is done to one of them."""

from flask import Blueprint, Response, request, send_file, url_for
from werkzeug.exceptions import abort

from appliance.documents.looks import Trims
from appliance.errors import Refused
from web import station_visit
from web.context import services
from web.forms import Form, text, whole
from web.render import page, see_other, tell_refused
from web.station_job import IDLE_S, bound_job, bound_visit, to_page
from web.station_visit import station_actor

blueprint = Blueprint("station_pages", __name__, url_prefix="/station/pages")
EDGES = ("left", "top", "right", "bottom")


@blueprint.get("/<uuid>.jpg")
def small(uuid: str) -> Response:
    """A page in the strip of pages."""
    return _picture(services().scan_files.small_view(_own_job_uuid(), uuid))


@blueprint.get("/<uuid>/large.jpg")
def large(uuid: str) -> Response:
    """The page that is looked at, as the PDF will show it."""
    return _picture(services().scan_files.large_view(_own_job_uuid(), uuid))


@blueprint.post("/turn")
def turn() -> Response:
    turned = request.form.get("turned", type=int)
    services().scan_pages.turn_page(bound_job().uuid, text("page"), turned, by=station_actor())
    return to_page(text("page"))


@blueprint.get("/<uuid>/crop")
def crop(uuid: str) -> Response:
    """What to cut from the edges of a page, in millimetres as one sees it."""
    job = bound_job()
    number = job.number_of(uuid)
    if not number:
        return see_other(url_for("station.scan"))
    sheet, trims = services().scan_pages.cut_of(job.uuid, uuid)
    chosen = job.pages[number - 1]
    width_mm, height_mm = sheet.seen_mm(chosen.turned)
    return page(
        "station/crop.html",
        visit=bound_visit().visit,
        job=job,
        chosen=chosen,
        number=number,
        size_mm=(round(width_mm), round(height_mm)),
        trims=trims,
        form=Form.blank(**{edge: f"{getattr(trims, edge):.0f}" for edge in EDGES}),
        idle_s=IDLE_S,
    )


@blueprint.post("/crop")
def cut() -> Response:
    """One of the ready cuts, or the four edges."""
    job, uuid = bound_job(), text("page")
    trims = text("cut") or Trims(*(_millimetres(edge) for edge in EDGES))
    try:
        services().scan_pages.crop_page(job.uuid, uuid, trims, by=station_actor())
    except Refused as refused:
        tell_refused(refused)
        return see_other(url_for("station_pages.crop", uuid=uuid))
    return to_page(uuid)


@blueprint.post("/move")
def move() -> Response:
    services().scan_pages.move_page(
        bound_job().uuid, text("page"), whole("place") or 1, by=station_actor()
    )
    return to_page(text("page"))


@blueprint.post("/remove")
def remove() -> Response:
    """Take a page out; the one that takes its place is shown then."""
    job, uuid = bound_job(), text("page")
    place = job.number_of(uuid)
    services().scan_pages.remove_page(job.uuid, uuid, by=station_actor())
    left = [one.uuid for one in job.pages if one.uuid != uuid]
    return to_page(left[min(place, len(left)) - 1] if place and left else "")


@blueprint.post("/restore")
def restore() -> Response:
    try:
        services().scan_pages.restore_page(bound_job().uuid, text("page"), by=station_actor())
    except Refused as refused:
        tell_refused(refused)
        return to_page("")
    return to_page(text("page"))


@blueprint.post("/collate")
def collate() -> Response:
    """The last two stacks are fronts and backs of the same sheets."""
    try:
        services().scan_pages.collate(bound_job().uuid, by=station_actor())
    except Refused as refused:
        tell_refused(refused)
    return to_page("")


@blueprint.post("/keep")
def keep() -> Response:
    """The page that seemed blank is none, or is wanted all the same."""
    services().scan_pages.keep_blank(bound_job().uuid, text("page"), by=station_actor())
    return to_page(text("page"))


def _own_job_uuid() -> str:
    here = station_visit.bound()
    if here is None or not here.job_uuid:
        abort(404)
    return here.job_uuid


def _picture(path: object) -> Response:
    return send_file(str(path), mimetype="image/jpeg", etag=False, max_age=None)


def _millimetres(edge: str) -> float:
    """A length as people type it; what is none becomes one that no page has."""
    typed = text(edge).replace(",", ".")
    try:
        return float(typed) if typed else 0.0
    except ValueError:
        return -1.0
