"""One officer takes over from another at a registered desk: who comes, and what is still open."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.staff.hand_overs import Left, OpenThings
from appliance.staff.sessions import StaffSession
from appliance.staff.throttle import TooManyTries
from web import sessions
from web.context import services
from web.forms import Form, text
from web.render import page, see_other, with_errors
from web.routes.staff_login import must_wait
from web.staff_screen import screen

blueprint = Blueprint("hand_over", __name__)
TEMPLATE = "hand_over/page.html"


@blueprint.get("/staff/hand-over")
def show() -> Response:
    colleagues = _shown()["colleagues"]
    only_one = colleagues[0].username if len(colleagues) == 1 else ""
    return page(TEMPLATE, form=Form.blank(username=only_one), **_shown())


@blueprint.post("/staff/hand-over/pin")
def by_pin() -> Response:
    def take_over(leaving: StaffSession, left: Left) -> str:
        pin = request.form.get("pin", "")
        return services().staff.take_over_by_pin(leaving, text("username"), pin, screen(), left)

    return _change(take_over, "pin")


@blueprint.post("/staff/hand-over/password")
def by_password() -> Response:
    def take_over(leaving: StaffSession, left: Left) -> str:
        password = request.form.get("password", "")
        return services().staff.take_over(leaving, text("username"), password, screen(), left)

    return _change(take_over, "password")


def _change(take_over: Callable[[StaffSession, Left], str], field: str) -> Response:
    leaving = _present()
    try:
        token = take_over(leaving, Left(_open_things(leaving.username), text("note")))
    except Invalid as invalid:
        return with_errors(TEMPLATE, dict(invalid.problems), **_shown())
    except TooManyTries as wait:
        return must_wait(TEMPLATE, wait, field, **_shown())
    flash(gettext("Petugas di meja ini sudah berganti."), "success")
    return sessions.begin(see_other("/staff/hand-over" if text("note") else "/staff"), token)


def _shown() -> dict[str, Any]:
    desk, here = sessions.desk(), _present()
    staff = services().staff
    found = staff.pins.opens_for(desk.id) if desk else ()
    return {
        "desk": desk,
        "colleagues": [one for one in found if one.username != here.username],
        "things": _open_things(here.username),
        "last": staff.hand_overs.last(desk.id) if desk else None,
    }


def _open_things(username: str) -> OpenThings:
    room = services().visits.room()
    visits = [entry.visit for entry in room.queue] + list(room.inside)
    mine = [v for v in visits if v.is_open and username in (v.called_by, v.served_by)]
    return OpenThings(
        visits=len(mine),
        cards=len(services().deposits.held()),
        walks=int(services().closing.current() is not None),
    )


def _present() -> StaffSession:
    session = sessions.current_staff()
    if session is None:
        raise RuntimeError("no staff session on an endpoint that asks for one")
    return session
