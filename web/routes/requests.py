"""Softcopy requests of a visitor: asked for, followed and picked up with their code."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import ANYONE, Actor
from appliance.catalogue.service import PublicationCard
from appliance.errors import N_, Invalid, NotFound
from appliance.requests import choices
from appliance.requests.files import FoundFile
from appliance.requests.views import SoftcopyRequest
from appliance.visits.rules import VisitCard
from web.addresses import phone_url
from web.brief_pass import BriefPass
from web.context import open_visit_or_404, services, visit_or_404
from web.downloads import sent
from web.forms import LARGEST_ROW, Form, idempotency_key, text
from web.limits import counting_misses
from web.render import page, see_other, with_errors
from web.routes.home import own_visit

blueprint = Blueprint("requests", __name__)
GUESSES = "request_code"
NOT_FOUND = 404
UNKNOWN_CODE_CHARS = 40
PAGE = BriefPass("request", lasts_s=15 * 60)
OVER = N_("Halaman itu sudah ditutup. Ketik kodenya sekali lagi.")


@blueprint.get("/visits/<token>/requests")
def show(token: str) -> Response:
    """The form; `?publication=` comes from the catalogue and names what is wanted."""
    visit = open_visit_or_404(token)
    publication = _publication(request.args.get("publication", ""))
    form = Form.blank(email=visit.said_email)
    return page("requests/page.html", form=form, **_asking(visit, publication))


@blueprint.post("/visits/<token>/requests")
def make(token: str) -> Response:
    visit = open_visit_or_404(token)
    publication = _publication(text("publication_id"))
    before = {mine.id for mine in services().requests.of_visit(visit.id)}
    try:
        made = services().requests.make(
            visit.id,
            request.form,
            publication_id=publication.id if publication else None,
            by=Actor.visitor(visit.uuid),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors(
            "requests/page.html", dict(invalid.problems), **_asking(visit, publication)
        )
    if made.id in before:
        flash(gettext("Permintaan ini sudah terkirim tadi. Kodenya tetap sama."), "info")
    else:
        flash(gettext("Permintaan softcopy terkirim ke petugas."), "success")
    return see_other(url_for("requests.follow", shown=PAGE.to(made.id)))


@blueprint.get("/visits/<token>/requests/<int:request_id>")
def mine(token: str, request_id: int) -> Response:
    """From the page of the visit to that of its request."""
    found = _own(visit_or_404(token), request_id)
    return see_other(url_for("requests.follow", shown=PAGE.to(found.id)))


@blueprint.post("/visits/<token>/requests/<int:request_id>/cancel")
def cancel(token: str, request_id: int) -> Response:
    """The visitor takes a request back."""
    visit = visit_or_404(token)
    mine = _own(visit, request_id)
    services().requests.cancel(mine.id, by=Actor.visitor(visit.uuid))
    flash(gettext("Permintaan itu dibatalkan."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/requests")
def find() -> Response:
    """Where a code is typed."""
    return page("requests/find.html", form=Form.blank())


@blueprint.post("/requests")
def look_up() -> Response:
    """From a typed code to its page; what was mistyped is in no address."""
    try:
        found = _by_code(text("code")[:UNKNOWN_CODE_CHARS])
    except NotFound as missing:
        form = Form.submitted(request.form, {"code": missing.message})
        return page("requests/find.html", status=NOT_FOUND, form=form)
    return see_other(url_for("requests.follow", shown=PAGE.to(found.id)))


@blueprint.get("/requests/<shown>")
def follow(shown: str) -> Response:
    """How far a request is, for who showed its code; never who asked, or what for."""
    found = _shown(shown)
    if found is None:
        return _ask_again()
    return page("requests/follow.html", form=Form.blank(), **_following(found))


@blueprint.post("/requests/<shown>/file")
def fetch(shown: str) -> Response:
    """Take the file: from here on it counts as received."""
    found = _shown(shown)
    if found is None:
        return _ask_again()
    services().answer_files.fetch(found.code, by=ANYONE)
    return see_other(url_for("requests.file", shown=PAGE.to(found.id)))


@blueprint.get("/requests/<shown>/file")
def file(shown: str) -> Response:
    """The file as a download; parts of it, too."""
    found = _shown(shown)
    if found is None:
        return _ask_again()
    return answered_with(services().answer_files.file(found.code))


@blueprint.post("/requests/<shown>/verdict")
def judge(shown: str) -> Response:
    """Whether the answer was what was needed."""
    found = _shown(shown)
    if found is None:
        return _ask_again()
    try:
        services().requests.judge(found.code, request.form, by=ANYONE)
    except Invalid as invalid:
        return with_errors("requests/follow.html", invalid.problems, **_following(found))
    flash(gettext("Terima kasih atas penilaiannya."), "success")
    return see_other(url_for("requests.follow", shown=PAGE.to(found.id)))


def answered_with(found: FoundFile) -> Response:
    """A file that answers a request, as a download."""
    try:
        opened = found.path.open("rb")
    except FileNotFoundError:  # thrown away this moment
        abort(NOT_FOUND)
    return sent(opened, found.size_bytes, found.mimetype, found.download_name, etag=found.sha256)


def _by_code(code: str) -> SoftcopyRequest:
    with counting_misses(GUESSES):
        return services().requests.by_code(code)


def _shown(shown: str) -> SoftcopyRequest | None:
    """The request of this address; None when its time is over, or it is another browser's."""
    request_id = PAGE.read(shown)
    found = services().requests.get(request_id) if request_id is not None else None
    return found if found is not None and found.code else None


def _ask_again() -> Response:
    """The code is asked for once more: as for a wrong one, with no word of what was behind it."""
    form = Form(Form.blank().values, {"code": OVER})
    return page("requests/find.html", status=NOT_FOUND, form=form)


def _asking(visit: VisitCard, publication: PublicationCard | None) -> dict[str, Any]:
    # Asked of everybody whose category is from an earlier visit: the form must not tell it.
    is_asked = (
        "agency_category" in visit.taken_over
        or visit.statistics.agency_category in choices.ASKED_FOR_NATIONAL
    )
    return {
        "visit": visit,
        "publication": publication,
        "levels": choices.LEVELS,
        "periods": choices.PERIODS,
        "sources": choices.SOURCES,
        "national": choices.NATIONAL if is_asked else (),
    }


def _following(found: SoftcopyRequest) -> dict[str, Any]:
    return {
        "made": found,
        "shown": PAGE.to(found.id),
        "file": services().answer_files.of(found.id),
        "mailed": services().answer_mail.of(found),
        "visit": own_visit(),
        "outcomes": choices.OUTCOMES,
        "qualities": [(mark, str(mark)) for mark in range(choices.WORST, choices.BEST + 1)],
        "phone_url": phone_url("requests.find"),
    }


def _publication(number: str) -> PublicationCard | None:
    """The publication asked for by its id; None when none is named. Raises NotFound."""
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and int(number[:20]) <= LARGEST_ROW):
        abort(NOT_FOUND)
    return services().catalogue.get(int(number[:20]))


def _own(visit: VisitCard, request_id: int) -> SoftcopyRequest:
    """This visit's request; somebody else's is as unknown as none."""
    found = [made for made in services().requests.of_visit(visit.id) if made.id == request_id]
    if not found:
        abort(NOT_FOUND)
    return found[0]
