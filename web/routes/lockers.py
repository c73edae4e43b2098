"""Lockers: handed out at the desk, opened by their visitor, looked after on the wall."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid
from appliance.lockers.rules import Condition, EndReason, LockerTile, Released
from web.context import open_visit_or_404, services
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor
from web.version import house_version

blueprint = Blueprint("lockers", __name__)


# At the desk


@blueprint.post("/staff/visits/<int:visit_id>/locker")
def assign(visit_id: int) -> Response:
    wished = request.form.get("number", type=int)
    locker = services().lockers.assign(
        visit_id, by=actor(), number=wished, without_card=text("without_card")
    )
    if wished is not None and wished != locker.number:
        flash(
            gettext(
                "Loker %(wished)s baru saja terpakai; diberikan loker %(number)s.",
                wished=wished,
                number=locker.number,
            ),
            "warning",
        )
    return see_other(url_for("desk.show", visit=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/locker/open")
def open_at_desk(visit_id: int) -> Response:
    services().lockers.open_again(visit_id, by=actor())
    return see_other(url_for("desk.show", visit=visit_id))


# The visitor's own


@blueprint.post("/visits/<token>/locker/open")
def open_own(token: str) -> Response:
    visit = open_visit_or_404(token)
    services().lockers.open_again(visit.id, by=Actor.visitor(visit.uuid))
    return see_other(url_for("visits.show", token=token))


# The wall


@blueprint.get("/staff/lockers")
def wall() -> Response:
    version = house_version()
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    tiles = services().lockers.wall()
    return page("lockers/wall.html", "lockers/_wall.html", tiles=tiles, version=version)


@blueprint.get("/staff/lockers/<int:number>")
def show(number: int) -> Response:
    version = house_version()
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    tile = services().lockers.tile(number)
    return page(
        "lockers/page.html", "lockers/_tile.html", tile=tile, version=version, form=Form.blank()
    )


@blueprint.post("/staff/lockers/<int:number>/open")
def open_for(number: int) -> Response:
    """Asked twice: first for the reason, then whether it is really meant."""
    tile, reason = services().lockers.tile(number), text("reason")
    if not reason:
        return _again(tile, {"reason": gettext("Tulis alasannya, paling banyak 200 huruf.")})
    if text("confirmed") != "yes":
        return page("lockers/confirm.html", tile=tile, reason=reason)
    try:
        services().lockers.open_for(number, by=actor(), reason=reason)
    except Invalid as invalid:
        return _again(tile, dict(invalid.problems))
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/condition")
def condition(number: int) -> Response:
    wanted = text("condition")
    if wanted not in list(Condition):
        problems = {"condition": gettext("Pilih keadaan loker.")}
        return _again(services().lockers.tile(number), problems)
    try:
        services().lockers.set_condition(number, wanted, by=actor(), note=text("note"))
    except Invalid as invalid:
        return _again(services().lockers.tile(number), dict(invalid.problems))
    flash(gettext("Keadaan loker %(number)s disimpan.", number=number), "success")
    return see_other(url_for("lockers.show", number=number))


@blueprint.post("/staff/lockers/<int:number>/release")
def release(number: int) -> Response:
    """A person has looked into the locker: empty, or with something in it."""
    tile = services().lockers.tile(number)
    if tile.visit_id is not None:
        if text("found") == "yes":
            services().lockers.release(tile.visit_id, by=actor(), reason=EndReason.FOUND_PROPERTY)
            flash(
                gettext("Loker %(number)s diblokir: barang tertinggal.", number=number), "warning"
            )
        else:
            tell_released(services().checkout.locker_is_empty(tile.visit_id, by=actor()))
    return see_other(url_for("lockers.show", number=number))


def tell_released(released: Released | None) -> None:
    """Say that the locker is free, and ask to shut a door that still stands open."""
    if released is None:
        return  # a second tap: it has been said
    number = released.number
    if released.was_open:
        message = gettext(
            "Loker %(number)s bebas. Pintunya masih terbuka: tutuplah.", number=number
        )
        flash(message, "warning")
    else:
        flash(gettext("Loker %(number)s bebas.", number=number), "success")


def _again(tile: LockerTile, problems: dict[str, str]) -> Response:
    return with_errors("lockers/page.html", problems, tile=tile, version=house_version())
