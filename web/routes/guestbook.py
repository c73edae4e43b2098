"""The guest book: one short page, on a phone or on the tablet at the door."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from appliance.actor import ANYONE
from appliance.errors import Invalid
from appliance.guestbook import choices
from appliance.privacy.rules import notice
from web.context import services
from web.forms import Form, idempotency_key
from web.language import language
from web.limits import Allowance, TooManyMisses, count_miss, refuse_guessers
from web.render import page, see_other, with_errors
from web.roles import may_open
from web.routes.home import is_kiosk, remember
from web.sessions import actor, current_staff

blueprint = Blueprint("guestbook", __name__)
PHONE, KIOSK, DESK = "phone", "kiosk", "desk"  # channels; the latter two also ?kiosk=1, ?desk=1
SENT = "guestbook"
# A class may come in through one tablet, a school through one address; a script may not.
CROWD = Allowance(per_browser=40, per_address=300)
TOO_MANY = 429


@blueprint.get("/guestbook")
def show() -> Response:
    form = Form.blank(services=[choices.LIBRARY], channels=[choices.IN_PERSON])
    return page("guestbook/page.html", form=form, **_context())


@blueprint.post("/guestbook")
def register() -> Response:
    channel = _channel()
    is_counted = current_staff() is None  # staff answer for what they enter
    try:
        if is_counted:
            refuse_guessers(SENT, CROWD)
        visit = services().guestbook.register(
            request.form.to_dict(flat=False),
            channel=channel,
            language=language(),
            idempotency_key=idempotency_key(),
            by=actor() if channel == DESK else ANYONE,
        )
    except Invalid as invalid:
        return with_errors("guestbook/page.html", invalid.problems, **_context())
    except TooManyMisses as flood:
        return _asked_to_wait(flood)
    if is_counted:
        count_miss(SENT, CROWD)
    if channel == DESK:
        return see_other(url_for("desk.show", visit=visit.id))
    if channel == KIOSK:  # nobody's visit may be found on a shared screen
        return see_other(url_for("visits.show", token=visit.token, kiosk=1))
    remember(visit)
    return see_other(url_for("visits.show", token=visit.token))


def _asked_to_wait(flood: TooManyMisses) -> Response:
    """The form as it was filled in, to be sent again later."""
    form = Form.submitted(request.form, {})
    context = _context() | {"wait_minutes": flood.minutes}
    response = page("guestbook/page.html", status=TOO_MANY, form=form, **context)
    response.headers["Retry-After"] = str(flood.retry_after_s)
    return response


def _channel() -> str:
    """Where the form is filled in: on the tablet at the door, at the desk, or on a phone."""
    if is_kiosk():
        return KIOSK
    return DESK if request.args.get(DESK) == "1" and may_open("desk.panel") else PHONE


def _context() -> dict[str, Any]:
    channel = _channel()
    mark: dict[str, Any] = {} if channel == PHONE else {channel: 1}
    return {
        "kiosk": channel == KIOSK,
        "is_own_screen": channel == PHONE,
        "action": url_for("guestbook.register", **mark),
        "back": {KIOSK: "/?kiosk=1", DESK: url_for("staff_visits.show"), PHONE: "/"}[channel],
        "choices": choices,
        "privacy": notice(services().office, language()),
        "policy": services().office.policy,
    }
