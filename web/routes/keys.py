"""The mechanical keys: who has one, which are lost, and what happened to each."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.lockers.key_rules import NEXT, KeyWord
from appliance.lockers.rules import LockerTile
from web.context import services
from web.forms import Form, idempotency_key, text, whole
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("keys", __name__)


@blueprint.get("/staff/keys")
def index() -> Response:
    keys = services().keys
    return page(
        "keys/page.html",
        out=keys.out(),
        lost=keys.lost(),
        events=keys.latest(),
        tiles=services().lockers.wall(),
    )


@blueprint.get("/staff/keys/find")
def find() -> Response:
    """From the chosen number to its key."""
    number = whole("number")
    if number is None:
        return see_other(url_for("keys.index"))
    return see_other(url_for("keys.show", number=number))


@blueprint.get("/staff/keys/<int:number>")
def show(number: int) -> Response:
    tile = services().lockers.tile(number)
    return page("keys/key.html", form=Form.blank(), **_about(tile))


@blueprint.post("/staff/keys/<int:number>")
def note(number: int) -> Response:
    """Write down what happened to this key."""
    tile = services().lockers.tile(number)
    try:
        services().keys.note(
            number,
            text("event"),
            request.form,
            by=actor(),
            is_usable=text("is_usable") == "1",
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors("keys/key.html", dict(invalid.problems), **_about(tile))
    flash(gettext("Kunci loker %(number)s: dicatat.", number=number), "success")
    return see_other(url_for("keys.show", number=number))


def _about(tile: LockerTile) -> dict[str, Any]:
    place = services().keys.place(tile.number)
    return {
        "tile": tile,
        "place": place,
        "events": services().keys.of_locker(tile.number),
        "offered": [word for word in KeyWord if word in NEXT[place]],
    }
