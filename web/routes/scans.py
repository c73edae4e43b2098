"""Finished scans on the visitor's own phone, and today's scan jobs at the desk."""

from typing import IO, cast

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import format_decimal, gettext

from appliance.actor import Actor
from appliance.documents.drawing import KINDS
from appliance.visits.rules import VisitCard
from web.context import services, visit_or_404
from web.downloads import sent
from web.forms import text, whole
from web.limits import counting_misses
from web.render import is_fragment, page, see_other
from web.sessions import actor

blueprint = Blueprint("scans", __name__)
REASON_CHARS = 200
SCAN_LINK = "scan link"


@blueprint.app_template_filter("megabytes")
def megabytes(size_bytes: int) -> str:
    """A file's size as people know it from their phone: `2,1 MB`."""
    return f"{format_decimal(max(size_bytes / 1e6, 0.1), '0.0')} MB"


@blueprint.get("/visits/<token>/scans/<uuid>.pdf")
def pdf(token: str, uuid: str) -> Response:
    """One PDF as a download; the further pieces of one are not a second fetching."""
    visit = _visit(token)
    files = services().scan_files
    part = whole("part") if "part" in request.args else 1
    if part is None:
        abort(404)
    if _is_further_piece():
        found = files.pdf_file(visit.id, uuid, part)
    else:
        found = files.pdf(visit.id, uuid, part, by=Actor.visitor(visit.uuid))
    try:
        file = found.path.open("rb")
    except FileNotFoundError:  # deleted, or replaced, this moment
        abort(404)
    # A file with words takes the place of the one without: a broken download begins anew.
    return sent(file, found.size_bytes, "application/pdf", found.download_name, etag=found.sha256)


@blueprint.get("/visits/<token>/scans.zip")
def archive(token: str) -> Response:
    """Every PDF of the visit in one file."""
    visit = _visit(token)
    name = services().scan_files.archive_name(visit.id)
    found = services().scan_files.archive(visit.id, by=Actor.visitor(visit.uuid))
    return sent(cast("IO[bytes]", found), found.size_bytes, "application/zip", name)


@blueprint.get("/visits/<token>/scans/<uuid>/picture")
def picture(token: str, uuid: str) -> Response:
    """One page as a picture, turned and cut as in the PDF."""
    visit = _visit(token)
    number, kind = request.args.get("page", 0, int), request.args.get("kind", "")
    found = services().scan_files.picture(
        visit.id, uuid, number, kind, by=Actor.visitor(visit.uuid)
    )
    return sent(found.file, found.size_bytes, f"image/{KINDS[kind]}", found.download_name)


@blueprint.get("/visits/<token>/scans/<uuid>/text")
def text_progress(token: str, uuid: str) -> Response:
    """How far the words are, for the visitor's page; by itself that whole page."""
    visit = _visit(token)
    job = services().documents.job(uuid, visit_id=visit.id)
    if not is_fragment():
        return see_other(url_for("visits.show", token=token))
    return page("documents/_text.html", visit=visit, job=job, scan_texts=services().scan_texts)


@blueprint.post("/visits/<token>/scans/<uuid>/text")
def read_text(token: str, uuid: str) -> Response:
    """Have the words of a file made searchable."""
    visit = _visit(token)
    services().scan_texts.ask(uuid, by=Actor.visitor(visit.uuid), visit_id=visit.id)
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/visits/<token>/scans/<uuid>/delete")
def delete(token: str, uuid: str) -> Response:
    """Scanned by mistake: the visitor wipes it at once."""
    visit = _visit(token)
    job = services().documents.job(uuid, visit_id=visit.id)
    services().documents.discard(job.uuid, by=Actor.visitor(visit.uuid))
    flash(gettext("Hasil pindai itu sudah dihapus."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/staff/scans")
def today() -> Response:
    return page("documents/today.html", jobs=services().documents.today())


@blueprint.post("/staff/scans/<uuid>/cancel")
def cancel(uuid: str) -> Response:
    """Free the scanner: stop the page that is on it."""
    services().scan_pages.cancel_page(uuid, by=actor())
    flash(gettext("Halaman itu dibatalkan."), "success")
    return see_other(url_for("scans.today"))


@blueprint.post("/staff/scans/<uuid>/discard")
def discard(uuid: str) -> Response:
    services().documents.discard(uuid, by=actor(), reason=text("reason")[:REASON_CHARS])
    flash(gettext("Hasil pindai itu sudah dihapus."), "success")
    return see_other(url_for("scans.today"))


def _visit(token: str) -> VisitCard:
    """The visit behind the link of a scan; who tries links that are none is slowed down."""
    with counting_misses(SCAN_LINK):
        return visit_or_404(token)


def _is_further_piece() -> bool:
    wanted = request.headers.get("Range", "")
    return request.method == "HEAD" or (bool(wanted) and not wanted.startswith("bytes=0-"))
