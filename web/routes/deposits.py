"""Identity cards: taken and given back at the desk, and the tray as a list."""

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from web.context import services
from web.forms import text
from web.render import page, see_other
from web.sessions import actor

blueprint = Blueprint("deposits", __name__)
NOT_FOUND = 404


@blueprint.before_request
def only_where_cards_are_asked() -> None:
    if not services().deposits.is_asked:
        abort(NOT_FOUND)


@blueprint.get("/staff/deposits")
def show() -> Response:
    deposits = services().deposits
    held = deposits.held()
    visits = services().visits.by_ids(card.visit_id for card in held)
    return page(
        "deposits/page.html",
        "deposits/_tray.html",
        held=[(card, visits[card.visit_id]) for card in held],
        slot_count=deposits.slot_count,
    )


@blueprint.post("/staff/visits/<int:visit_id>/card")
def receive(visit_id: int) -> Response:
    slot = request.form.get("tray_slot", type=int)
    card = services().deposits.receive(visit_id, text("card_type"), by=actor(), tray_slot=slot)
    flash(gettext("Kartu disimpan di slot %(slot)s.", slot=card.tray_slot), "success")
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/card/return")
def give_back(visit_id: int) -> Response:
    services().checkout.card_returned(visit_id, by=actor())
    flash(gettext("Kartu sudah kembali ke pemiliknya."), "success")
    visit = services().visits.by_id(visit_id)
    return see_other(url_for("desk.show", visit=visit_id if visit.is_open else None))


@blueprint.post("/staff/visits/<int:visit_id>/card/left")
def left_behind(visit_id: int) -> Response:
    services().deposits.leave_behind(visit_id, by=actor(), note=text("note"))
    flash(gettext("Dicatat: kartu tertinggal."), "success")
    return see_other(url_for("deposits.show"))


@blueprint.post("/staff/visits/<int:visit_id>/card/handed-over")
def handed_over(visit_id: int) -> Response:
    services().deposits.hand_over(visit_id, by=actor(), note=text("note"))
    flash(gettext("Dicatat: kartu diserahkan."), "success")
    return see_other(url_for("deposits.show"))
