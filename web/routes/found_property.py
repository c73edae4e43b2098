"""Found property: the register, one thing with its way back to the owner, and its papers."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, flash, request, send_file, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.lockers.property_rules import FoundProperty, PropertyState
from appliance.lockers.rules import Condition
from web.context import services
from web.forms import Form, idempotency_key, text
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("found_property", __name__)
NOT_FOUND = 404


@blueprint.app_template_global()
def property_in(locker: int) -> FoundProperty | None:
    """What the register knows to be in this locker, for templates."""
    return services().found_property.by_locker().get(locker)


@blueprint.get("/staff/found")
def index() -> Response:
    return page("found/page.html", form=Form.blank(), **_register())


@blueprint.post("/staff/found")
def register() -> Response:
    """Something that lay in the room, not in a locker."""
    try:
        thing = services().found_property.register(
            request.form, by=actor(), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("found/page.html", dict(invalid.problems), **_register())
    flash(gettext("Dicatat sebagai %(label)s. Tempelkan labelnya.", label=thing.label), "success")
    return see_other(url_for("found_property.show", number=thing.number))


@blueprint.get("/staff/found/<int:number>")
def show(number: int) -> Response:
    thing = services().found_property.read(number, by=actor())
    return page("found/thing.html", thing=thing, form=Form.blank())


@blueprint.post("/staff/found/<int:number>/hand-over")
def hand_over(number: int) -> Response:
    try:
        thing = services().found_property.hand_over(
            number, request.form, by=actor(), locker_is_empty=_is_empty("handed")
        )
    except Invalid as invalid:
        return _again(number, dict(invalid.problems))
    flash(gettext("%(label)s diserahkan kepada pemiliknya.", label=thing.label), "success")
    _tell_of_locker(thing)
    return see_other(url_for("found_property.show", number=number))


@blueprint.post("/staff/found/<int:number>/pass-on")
def pass_on(number: int) -> Response:
    form = {"handed_to": text("passed_to"), "note": text("note")}
    try:
        thing = services().found_property.pass_on(
            number, form, by=actor(), locker_is_empty=_is_empty("passed")
        )
    except Invalid as invalid:
        found = dict(invalid.problems)
        return _again(number, {{"handed_to": "passed_to"}.get(k, k): v for k, v in found.items()})
    flash(gettext("%(label)s diteruskan.", label=thing.label), "success")
    _tell_of_locker(thing)
    return see_other(url_for("found_property.show", number=number))


@blueprint.post("/staff/found/<int:number>/move")
def move(number: int) -> Response:
    before = services().found_property.get(number)
    try:
        thing = services().found_property.move(
            number, request.form, by=actor(), locker_is_empty=_is_empty("moved")
        )
    except Invalid as invalid:
        return _again(number, dict(invalid.problems))
    place = thing.kept_at
    flash(
        gettext("%(label)s sekarang disimpan di %(place)s.", label=thing.label, place=place),
        "success",
    )
    if before.is_in_locker:
        _tell_of_locker(thing)
    return see_other(url_for("found_property.show", number=number))


@blueprint.get("/staff/found/<int:number>/label")
def label(number: int) -> Response:
    """The paper that is tied to the thing."""
    return page("found/label.html", thing=services().found_property.get(number))


@blueprint.get("/staff/found/<int:number>/receipt")
def receipt(number: int) -> Response:
    """The record of the hand-over, to be signed by both."""
    thing = services().found_property.read(number, by=actor())
    if thing.state is PropertyState.KEPT:
        abort(NOT_FOUND)
    return page("found/receipt.html", thing=thing)


@blueprint.post("/staff/found/export")
def export() -> Response:
    """A POST, because taking the register out is written into the journal."""
    content = services().found_property.export(zone=services().office.zone, by=actor())
    day = services().office.business_date(services().clock.now()).isoformat()
    return send_file(
        BytesIO(content),
        mimetype="text/csv",
        as_attachment=True,
        download_name=f"barang-tertinggal-{services().office.key}-{day}.csv",
    )


def _register() -> dict[str, Any]:
    found_property = services().found_property
    return {"kept": found_property.kept(), "ended": found_property.ended()}


def _is_empty(form: str) -> bool:
    """Whether the officer ticked that the locker has nothing in it any more."""
    return text(f"{form}_locker_is_empty") == "1"


def _again(number: int, problems: dict[str, str]) -> Response:
    thing = services().found_property.get(number)
    return with_errors("found/thing.html", problems, thing=thing)


def _tell_of_locker(thing: FoundProperty) -> None:
    """Say how the locker stands that the thing came from."""
    if thing.locker is None:
        return
    tile = services().lockers.tile(thing.locker)
    if tile.condition is Condition.USABLE:
        flash(gettext("Loker %(number)s dapat dipakai lagi.", number=thing.locker), "success")
    else:
        flash(
            gettext(
                "Loker %(number)s masih diblokir sampai dinyatakan kosong.", number=thing.locker
            ),
            "warning",
        )
