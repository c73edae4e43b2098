"""Where one is signed in, and where everybody is: listed, and ended from afar."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext, ngettext

from appliance.errors import Invalid
from appliance.staff.rules import ABSOLUTE_LIMIT_S, IDLE_LIMIT_S
from web import sessions
from web.context import services
from web.forms import Form, text
from web.render import page, see_other, with_errors
from web.sessions import STAFF_COOKIE, actor

blueprint = Blueprint("staff_sessions", __name__)


@blueprint.get("/staff/sessions")
def show() -> Response:
    return page("staff_sessions/page.html", form=Form.blank(), **_own())


@blueprint.post("/staff/sessions/<uuid>/end")
def end(uuid: str) -> Response:
    by = actor()
    services().staff.sessions.end_one(uuid, by=by, of=by.name)
    if services().staff.session(request.cookies.get(STAFF_COOKIE, ""), active=False) is None:
        return sessions.end(see_other("/staff/login"))
    flash(gettext("Sesi itu diakhiri."), "success")
    return see_other(url_for("staff_sessions.show"))


@blueprint.post("/staff/sessions/others")
def end_others() -> Response:
    by = actor()
    ended = services().staff.sessions.end_all(by.name, by=by, but=_uuid())
    flash(_ended_in_words(ended), "success" if ended else "info")
    return see_other(url_for("staff_sessions.show"))


@blueprint.post("/staff/sessions/desk")
def register_desk() -> Response:
    """This browser becomes a desk, where officers may take turns by PIN."""
    try:
        token = services().staff.register_device("desk", text("name"), by=actor())
    except Invalid as invalid:
        return with_errors("staff_sessions/page.html", dict(invalid.problems), **_own())
    flash(
        gettext("Layar ini terdaftar sebagai meja. PIN berlaku sejak masuk berikutnya."), "success"
    )
    return sessions.register_desk(see_other(url_for("staff_sessions.show")), token)


@blueprint.get("/staff/sessions/all")
def everybody() -> Response:
    return page(
        "staff_sessions/everybody.html",
        sessions=services().staff.sessions.all(),
        here=_uuid(),
        **_limits(),
    )


@blueprint.post("/staff/users/<username>/sessions/<uuid>/end")
def end_of(username: str, uuid: str) -> Response:
    services().staff.sessions.end_one(uuid, by=actor(), of=username)
    flash(gettext("Sesi itu diakhiri."), "success")
    return see_other(url_for("users.edit", username=username))


@blueprint.post("/staff/users/<username>/sessions/end")
def end_all_of(username: str) -> Response:
    ended = services().staff.sessions.end_all(username, by=actor())
    flash(_ended_in_words(ended), "success" if ended else "info")
    return see_other(url_for("users.edit", username=username))


def _own() -> dict[str, Any]:
    username = actor().name
    return {
        "sessions": services().staff.sessions.of(username),
        "here": _uuid(),
        "desk": sessions.desk(),
        "has_pin": services().staff.pins.is_set(username),
        **_limits(),
    }


def _limits() -> dict[str, Any]:
    return {"idle_h": IDLE_LIMIT_S // 3600, "shift_h": ABSOLUTE_LIMIT_S // 3600}


def _uuid() -> str:
    session = sessions.current_staff()
    return session.uuid if session is not None else ""


def _ended_in_words(count: int) -> str:
    if not count:
        return gettext("Tidak ada sesi lain.")
    return ngettext("%(num)s sesi diakhiri.", "%(num)s sesi diakhiri.", count)
