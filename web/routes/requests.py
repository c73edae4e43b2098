"""Softcopy requests: asked for from the visitor's own page, handled at the desk."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.catalogue.service import PublicationCard
from appliance.errors import Invalid
from appliance.requests.rules import RequestState, SoftcopyRequest
from appliance.visits.rules import VisitCard
from web.context import open_visit_or_404, services, visit_or_404
from web.forms import Form, idempotency_key, text
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("requests", __name__)
LARGEST_ID = 2**63 - 1
NOT_FOUND = 404


@blueprint.get("/visits/<token>/requests")
def show(token: str) -> Response:
    """The form; `?publication=` comes from the catalogue and names what is wanted."""
    visit = open_visit_or_404(token)
    publication = _publication(request.args.get("publication", ""))
    form = Form.blank(email=visit.email or "")
    return page("requests/page.html", form=form, visit=visit, publication=publication)


@blueprint.post("/visits/<token>/requests")
def make(token: str) -> Response:
    visit = open_visit_or_404(token)
    publication = _publication(text("publication_id"))
    try:
        services().requests.make(
            visit.id,
            request.form,
            publication_id=publication.id if publication else None,
            by=Actor.visitor(visit.uuid),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors(
            "requests/page.html", dict(invalid.problems), visit=visit, publication=publication
        )
    flash(gettext("Permintaan softcopy terkirim ke petugas."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.post("/visits/<token>/requests/<int:request_id>/cancel")
def cancel(token: str, request_id: int) -> Response:
    """The visitor takes a request back."""
    visit = visit_or_404(token)
    mine = _own(visit, request_id)
    services().requests.handle(mine.id, RequestState.CANCELLED, by=Actor.visitor(visit.uuid))
    flash(gettext("Permintaan itu dibatalkan."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/staff/requests")
def inbox() -> Response:
    return page("requests/inbox.html", form=Form.blank(), **_inbox())


@blueprint.post("/staff/requests/<int:request_id>/sent")
def sent(request_id: int) -> Response:
    services().requests.handle(request_id, RequestState.SENT, by=actor())
    flash(gettext("Ditandai terkirim."), "success")
    return see_other(url_for("requests.inbox"))


@blueprint.post("/staff/requests/<int:request_id>/refuse")
def refuse(request_id: int) -> Response:
    """Refused with a reason, which the visitor reads."""
    field = f"note-{request_id}"  # every request of the list has a field of its own
    try:
        services().requests.handle(request_id, RequestState.REFUSED, by=actor(), note=text(field))
    except Invalid as invalid:
        return with_errors("requests/inbox.html", {field: invalid.problems["note"]}, **_inbox())
    flash(gettext("Permintaan ditolak; alasannya tampil di halaman pengunjung."), "success")
    return see_other(url_for("requests.inbox"))


def _publication(number: str) -> PublicationCard | None:
    """The publication asked for by its id; None when none is named. Raises NotFound."""
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and int(number[:20]) <= LARGEST_ID):
        abort(NOT_FOUND)
    return services().catalogue.get(int(number[:20]))


def _own(visit: VisitCard, request_id: int) -> SoftcopyRequest:
    """This visit's request; somebody else's is as unknown as none."""
    found = [made for made in services().requests.of_visit(visit.id) if made.id == request_id]
    if not found:
        abort(NOT_FOUND)
    return found[0]


def _inbox() -> dict[str, Any]:
    made = services().requests.inbox(by=actor())
    visits = services().visits.by_ids(one.visit_id for one in made)
    rows = [(one, visits[one.visit_id]) for one in made]
    return {
        "waiting": [row for row in rows if row[0].state is RequestState.NEW],
        "done": [row for row in rows if row[0].state is not RequestState.NEW],
        "waiting_count": services().requests.waiting(),
    }
