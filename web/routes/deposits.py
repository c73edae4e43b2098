"""Identity cards and what stands in their place: the tray, cards left behind, cards swapped."""

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.deposits.rules import Deposit, DepositState
from appliance.errors import Invalid
from web.context import services
from web.forms import Form, text, whole
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("deposits", __name__)
NOT_FOUND = 404


@blueprint.before_request
def only_where_cards_are_asked() -> None:
    if not services().deposits.is_asked:
        abort(NOT_FOUND)


# The tray


@blueprint.get("/staff/deposits")
def show() -> Response:
    deposits = services().deposits
    owed = deposits.owed()
    return page(
        "deposits/page.html",
        "deposits/_tray.html",
        by_slot={one.tray_slot: one for one in owed if one.is_in_tray},
        elsewhere=[one for one in owed if not one.is_in_tray],
        slot_count=deposits.slot_count,
        visits=services().visits.by_ids(one.visit_id for one in owed),
        uncollected=services().uncollected.all(),
        returned=deposits.just_returned(),
        swaps=services().swaps.open(),
    )


@blueprint.get("/staff/deposits/labels")
def labels() -> Response:
    """The numbers of the slots, to cut out and glue on the tray."""
    return page("deposits/labels.html", slots=range(1, services().deposits.slot_count + 1))


# At the desk


@blueprint.post("/staff/visits/<int:visit_id>/card")
def receive(visit_id: int) -> Response:
    slot = request.form.get("tray_slot", type=int)
    card = services().deposits.receive(visit_id, text("card_type"), by=actor(), tray_slot=slot)
    flash(gettext("Kartu disimpan di slot %(slot)s.", slot=card.tray_slot), "success")
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/guarantee")
def receive_guarantee(visit_id: int) -> Response:
    """Something else for a visitor who has no card that the office takes."""
    taken = services().deposits.receive_guarantee(
        visit_id, text("guarantee"), by=actor(), note=text("note")
    )
    slot = taken.tray_slot
    flash(
        gettext("Jaminan dicatat di slot %(slot)s.", slot=slot)
        if slot
        else gettext("Jaminan dicatat."),
        "success",
    )
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/card/return")
def give_back(visit_id: int) -> Response:
    services().checkout.card_returned(visit_id, by=actor())
    flash(gettext("Kartu sudah kembali ke pemiliknya."), "success")
    visit = services().visits.by_id(visit_id)
    if text("next") == "tray":
        return see_other(url_for("deposits.show"))
    return see_other(url_for("desk.show", visit=visit_id if visit.is_open else None))


@blueprint.post("/staff/visits/<int:visit_id>/card/not-returned")
def undo_return(visit_id: int) -> Response:
    """It was noted as returned by mistake."""
    kept = services().deposits.undo_return(visit_id, by=actor())
    flash(gettext("Dicatat: kartu masih di sini."), "success")
    return _card_page(kept.id)


@blueprint.post("/staff/visits/<int:visit_id>/card/left")
def left_behind(visit_id: int) -> Response:
    """The visitor leaves without the card: only by an officer, and for a reason."""
    try:
        services().checkout.card_stays(visit_id, by=actor(), reason=text("left_note"))
    except Invalid as invalid:
        flash(gettext(next(iter(invalid.problems.values()))), "warning")
        return see_other(url_for("desk.show", visit=visit_id))
    flash(gettext("Dicatat: kartu tertinggal."), "success")
    if services().visits.by_id(visit_id).is_open:
        return see_other(url_for("desk.show", visit=visit_id))
    return see_other(url_for("deposits.show"))


# One card


@blueprint.get("/staff/deposits/<int:deposit_id>")
def card(deposit_id: int) -> Response:
    return page("deposits/card.html", form=Form.blank(), **_about(deposit_id))


@blueprint.post("/staff/deposits/<int:deposit_id>/contact")
def contact(deposit_id: int) -> Response:
    try:
        services().uncollected.note_contact(
            deposit_id, text("way"), text("outcome"), text("note"), by=actor()
        )
    except Invalid as invalid:
        return _again(deposit_id, invalid)
    flash(gettext("Usaha menghubungi pemilik dicatat."), "success")
    return _card_page(deposit_id)


@blueprint.post("/staff/deposits/<int:deposit_id>/seal")
def seal(deposit_id: int) -> Response:
    sealed = services().uncollected.seal(deposit_id, by=actor())
    flash(
        gettext("Tulis %(label)s pada amplopnya, lalu segel.", label=sealed.envelope_label),
        "success",
    )
    return _card_page(deposit_id)


@blueprint.post("/staff/deposits/<int:deposit_id>/hand-over")
def hand_over(deposit_id: int) -> Response:
    try:
        services().uncollected.hand_over(
            deposit_id, text("receiver"), by=actor(), note=text("handed_note")
        )
    except Invalid as invalid:
        renamed = {"note": "handed_note"}
        problems = {renamed.get(key, key): said for key, said in invalid.problems.items()}
        return _again(deposit_id, Invalid(problems))
    flash(gettext("Dicatat: kartu diserahkan."), "success")
    return see_other(url_for("deposits.receipt", deposit_id=deposit_id))


@blueprint.get("/staff/deposits/<int:deposit_id>/receipt")
def receipt(deposit_id: int) -> Response:
    """The paper that both sides sign."""
    handed = services().deposits.get(deposit_id)
    if handed.receipt is None:
        abort(NOT_FOUND)
    visit = services().visits.by_id(handed.visit_id)
    return page("deposits/receipt.html", deposit=handed, visit=visit)


# Swapped


@blueprint.post("/staff/deposits/<int:deposit_id>/swap")
def swap(deposit_id: int) -> Response:
    """Two cards went to the wrong owners."""
    try:
        services().swaps.note(
            deposit_id,
            whole("other"),
            (text("mine_is"), text("other_is")),
            by=actor(),
            note=text("swap_note"),
        )
    except Invalid as invalid:
        renamed = {"note": "swap_note", "places": "mine_is"}
        problems = {renamed.get(key, key): said for key, said in invalid.problems.items()}
        return _again(deposit_id, Invalid(problems))
    flash(gettext("Kartu tertukar dicatat. Selesaikan saat pemiliknya kembali."), "success")
    return _card_page(deposit_id)


@blueprint.post("/staff/deposits/swaps/<int:swap_id>/cards/<int:deposit_id>")
def put_right(swap_id: int, deposit_id: int) -> Response:
    settled = services().swaps.put_right(swap_id, deposit_id, text("place"), by=actor())
    if settled.settled_at is not None:
        flash(gettext("Kedua kartu sudah beres."), "success")
    return _card_page(deposit_id)


def _about(deposit_id: int) -> dict[str, Any]:
    deposit = services().deposits.get(deposit_id)
    return {
        "deposit": deposit,
        "visit": services().visits.by_id(deposit.visit_id),
        "contacts": services().uncollected.contacts(deposit_id),
        "swaps": services().swaps.of_deposit(deposit_id),
        "may_undo": services().deposits.may_undo(deposit),
        "candidates": services().swaps.candidates(deposit_id) if _may_be_swapped(deposit) else (),
        "locker": services().lockers.of_visit(deposit.visit_id),
    }


def _may_be_swapped(deposit: Deposit) -> bool:
    return deposit.is_card and deposit.state in (
        DepositState.HELD,
        DepositState.LEFT_BEHIND,
        DepositState.RETURNED,
    )


def _again(deposit_id: int, invalid: Invalid) -> Response:
    return with_errors("deposits/card.html", dict(invalid.problems), **_about(deposit_id))


def _card_page(deposit_id: int) -> Response:
    return see_other(url_for("deposits.card", deposit_id=deposit_id))
