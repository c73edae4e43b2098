"""People over several visits, for staff: found again, given a card, put together, taken apart."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, NotFound, Refused
from appliance.guestbook.visitors import NOT_KNOWN, UNKNOWN, WHY_MERGED, KnownVisitor
from web.context import services
from web.forms import Form, text, whole
from web.limits import PEOPLE, counting_misses
from web.render import page, see_other, tell_refused, with_errors
from web.sessions import actor
from web.typed_ticket import visit_of

blueprint = Blueprint("visitors", __name__)
NOT_FOUND = 404
LOOKED_FOR = "staff/visitors"  # what an officer's misses are counted under


@blueprint.get("/staff/visitors")
def index() -> Response:
    return page("visitors/find.html", form=Form.blank())


@blueprint.post("/staff/visitors")
def find() -> Response:
    """By card, or by name and number; sent, since neither belongs into an address."""
    try:
        with counting_misses(LOOKED_FOR, PEOPLE):
            known = looked_for(text("name"), text("phone"))
    except NotFound:
        form = Form.submitted(request.form, {"name": NOT_KNOWN})
        return page("visitors/find.html", status=NOT_FOUND, form=form)
    return see_other(url_for("visitors.show", visitor_id=known.id))


def looked_for(name: str, phone: str) -> KnownVisitor:
    """Whose the card is that was read, else who left this number. Raises NotFound."""
    if text("card"):
        return services().visitors.by_card(text("card"))
    return services().visitors.by_contact(name, phone)


@blueprint.get("/staff/visits/<int:visit_id>/visitor")
def of_visit(visit_id: int) -> Response:
    """From one visit to the person who made it."""
    known = services().visitors.of_visit(visit_id)
    if known is None:
        raise NotFound(UNKNOWN)
    return see_other(url_for("visitors.show", visitor_id=known.id))


@blueprint.get("/staff/visitors/<int:visitor_id>")
def show(visitor_id: int) -> Response:
    return page("visitors/page.html", form=Form.blank(), **_about(visitor_id))


@blueprint.post("/staff/visitors/<int:visitor_id>/card")
def issue_card(visitor_id: int) -> Response:
    """A card to be printed now: its code is never shown again."""
    code = services().visitors.issue_card(visitor_id, by=actor())
    return page("visitors/card.html", visitor=services().visitors.get(visitor_id), code=code)


@blueprint.post("/staff/visitors/<int:visitor_id>/card/revoke")
def revoke_card(visitor_id: int) -> Response:
    try:
        services().visitors.revoke_card(visitor_id, by=actor())
        flash(gettext("Kartunya tidak berlaku lagi."), "success")
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("visitors.show", visitor_id=visitor_id))


@blueprint.post("/staff/visitors/<int:visitor_id>/twin")
def twin(visitor_id: int) -> Response:
    """From a ticket to the person who may be the same."""
    visit = visit_of(text("code"))
    other = services().visitors.of_visit(visit.id) if visit is not None else None
    if other is None:
        problems = {"code": gettext("Tidak ada kunjungan hari ini dengan kode atau nomor itu.")}
        return with_errors("visitors/page.html", problems, **_about(visitor_id))
    return see_other(url_for("visitors.preview", visitor_id=visitor_id, other=other.id))


@blueprint.get("/staff/visitors/<int:visitor_id>/merge")
def preview(visitor_id: int) -> Response:
    """Both side by side, before anything is done."""
    return page("visitors/merge.html", form=Form.blank(), **_both(visitor_id))


@blueprint.post("/staff/visitors/<int:visitor_id>/merge")
def merge(visitor_id: int) -> Response:
    try:
        services().visitors.merge(
            visitor_id, whole("other") or 0, by=actor(), reason=text("reason")
        )
    except Invalid as invalid:
        return with_errors("visitors/merge.html", invalid.problems, **_both(visitor_id))
    except Refused as refused:
        tell_refused(refused)
        return see_other(url_for("visitors.show", visitor_id=visitor_id))
    flash(gettext("Kedua catatan sekarang satu pengunjung."), "success")
    return see_other(url_for("visitors.show", visitor_id=visitor_id))


@blueprint.post("/staff/visits/<int:visit_id>/part")
def part(visit_id: int) -> Response:
    """This visit was somebody else's."""
    known = services().visitors.part(visit_id, by=actor())
    flash(gettext("Kunjungan itu sekarang milik pengunjung lain."), "success")
    return see_other(url_for("visitors.show", visitor_id=known.id))


def _about(visitor_id: int) -> dict[str, Any]:
    visits = services().visitors.read(visitor_id, by=actor())
    return {
        "visitor": services().visitors.get(visitor_id),
        "visits": visits,
        "twins": services().visitors.twins(visitor_id),
    }


def _both(visitor_id: int) -> dict[str, Any]:
    visitors, other_id = services().visitors, whole("other") or 0
    return {
        "kept": visitors.get(visitor_id),
        "other": visitors.get(other_id),
        "kept_visits": visitors.read(visitor_id, by=actor()),
        "other_visits": visitors.read(other_id, by=actor()),
        "reasons": WHY_MERGED,
    }
