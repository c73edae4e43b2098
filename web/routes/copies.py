"""Softcopies: a marked copy for the visitor, and whether a copy is genuine."""

from typing import IO, Any, cast

from flask import Blueprint, Response, request, url_for

from appliance.actor import Actor
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.guestbook.choices import PURPOSES
from appliance.watermarks.service import CopyFile
from web.context import open_visit_or_404, services
from web.downloads import sent
from web.forms import Form, idempotency_key, text
from web.limits import Allowance, count_miss, counting_misses, refuse_guessers
from web.render import page, see_other, unchanged, with_errors
from web.routes.home import own_visit
from web.uploads import MOST_BYTES, PATH, uploaded

blueprint = Blueprint("copies", __name__)
NUMBER_GUESSES = "copy_number"
UPLOADS = "copy_file"
UPLOAD_ALLOWANCE = Allowance(per_browser=20, per_address=100)
LONGEST_NUMBER = 40


@blueprint.get("/catalogue/<int:publication_id>/download")
def show(publication_id: int) -> Response:
    """The form for a copy, or how far the file is; `?purpose=` is what was chosen before."""
    visit, offer = own_visit(), services().copies.offer(publication_id)
    if (nothing_new := unchanged(offer.version)) is not None:
        return nothing_new
    chosen = request.args.get("purpose") or (visit.statistics.purpose if visit else "")
    return page(
        "copies/page.html",
        "copies/_state.html",
        visit=visit,
        offer=offer,
        form=Form.blank(purpose=chosen),
        purposes=PURPOSES,
    )


@blueprint.post("/catalogue/<int:publication_id>/download")
def make(publication_id: int) -> Response:
    """Make the copy; a file that is not prepared yet is waited for on the page."""
    visit, purpose = own_visit(), text("purpose")
    here = url_for("copies.show", publication_id=publication_id, purpose=purpose)
    if visit is None:
        return see_other(here)
    copies, me = services().copies, Actor.visitor(visit.uuid)
    offer = copies.offer(publication_id)
    if not offer.is_marked:
        copies.note_unmarked(visit.id, publication_id, by=me)
        path = url_for("copies.unmarked", token=visit.token, publication_id=publication_id)
        return see_other(path)
    if not offer.is_ready:
        copies.ask(publication_id)
        return see_other(here)
    key = idempotency_key()
    try:
        made = copies.make(visit.id, publication_id, purpose, by=me, idempotency_key=key)
    except Invalid as invalid:
        shown: dict[str, Any] = {"visit": visit, "offer": offer, "purposes": PURPOSES}
        return with_errors("copies/page.html", invalid.problems, **shown)
    except Refused:
        if not copies.offer(publication_id).is_pending:
            raise
        return see_other(here)  # the card had lost the file, which is being made again
    return see_other(url_for("copies.file", token=visit.token, number=made.number))


@blueprint.get("/visits/<token>/copies/<number>.pdf")
def file(token: str, number: str) -> Response:
    """The copy as a download; parts of it, too."""
    visit = open_visit_or_404(token)
    return _sent(services().copies.file(visit.id, number))


@blueprint.get("/visits/<token>/softcopies/<int:publication_id>.pdf")
def unmarked(token: str, publication_id: int) -> Response:
    """The softcopy as it is, where the office does not mark."""
    open_visit_or_404(token)
    return _sent(services().copies.unmarked_file(publication_id))


@blueprint.get("/verify")
def verify() -> Response:
    number = request.args.get("number", "")[:LONGEST_NUMBER]
    return page("copies/verify.html", **_verifying(form=Form.blank(number=number)))


@blueprint.post("/verify")
def verify_number() -> Response:
    try:
        with counting_misses(NUMBER_GUESSES):
            found = _known(text("number"))
    except NotFound as unknown:
        form = Form.submitted(request.form, {"number": unknown.message})
        return page("copies/verify.html", status=404, **_verifying(form=form))
    return page("copies/verify.html", **_verifying(form=Form.blank(), **found))


@blueprint.post(PATH)
def verify_file() -> Response:
    refuse_guessers(UPLOADS, UPLOAD_ALLOWANCE)
    count_miss(UPLOADS, UPLOAD_ALLOWANCE)
    seen = uploaded(request, "file")
    if seen is None:
        problems = {"file": N_("Pilih berkas PDF yang ingin diperiksa.")}
        return with_errors("copies/verify.html", problems, **_verifying())
    report = services().report_ledger.verify_file(seen)
    found = {"report": report} if report else {"finding": services().copies.verify_file(seen)}
    return page("copies/verify.html", **_verifying(form=Form.blank(), **found))


def _known(typed: str) -> dict[str, Any]:
    """The copy or the report of this number; raises NotFound."""
    try:
        return {"report": services().report_ledger.verify_number(typed)}
    except NotFound:
        return {"finding": services().copies.verify_number(typed)}


def _verifying(**more: Any) -> dict[str, Any]:
    purposes = {choice.code: choice for choice in PURPOSES}
    return {"purposes": purposes, "most_bytes": MOST_BYTES} | more


def _sent(found: CopyFile) -> Response:
    file, etag = cast("IO[bytes]", found.file), found.version
    return sent(file, found.file.size_bytes, "application/pdf", found.download_name, etag=etag)
