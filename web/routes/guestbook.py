"""The guest book: one short page, on a phone or on the tablet at the door."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from appliance.actor import ANYONE
from appliance.errors import Invalid, NotFound, Unavailable
from appliance.guestbook import choices, rules
from appliance.guestbook.visitors import NOT_KNOWN, KnownVisitor
from appliance.privacy.rules import notice
from appliance.visits.rules import VisitCard
from web import returning, station_visit
from web.brief_pass import BriefPass
from web.context import services
from web.errors import RETRY_S
from web.forms import Form, idempotency_key, text
from web.gate import may_open
from web.kiosk import HOME, is_kiosk
from web.language import language
from web.limits import (
    PEOPLE,
    Allowance,
    TooManyMisses,
    count_miss,
    counting_misses,
    refuse_guessers,
)
from web.render import HAS_PROBLEMS, is_fragment, page, see_other, with_errors
from web.routes.home import remember
from web.routes.visits import ticket_of
from web.sessions import actor, current_staff

blueprint = Blueprint("guestbook", __name__)
PHONE, KIOSK, DESK = "phone", "kiosk", "desk"  # channels; the latter two also ?kiosk=1, ?desk=1
STATION = "station"  # ?station=1: staff write down who stands there to scan, as they do at the desk
SENT = "guestbook"
# A school may come in through one tablet, a district through one address; a script that fills
# the day's queue may not.
CROWD = Allowance(per_browser=300, per_address=3000)
NUMBER = BriefPass("number", lasts_s=60)  # thrice as long as the screen shows it
TOO_MANY, NOT_WRITTEN, NOT_FOUND = 429, 503, 404
BEFORE = "guestbook/again"  # what guesses of other people's names and numbers are counted under


@blueprint.get("/guestbook")
def show() -> Response:
    return page("guestbook/page.html", form=blank(), **_context(), known=None)


@blueprint.get("/guestbook/again")
def again() -> Response:
    """Where somebody says to have been here before."""
    return page("guestbook/again.html", form=Form.blank(), **_again())


@blueprint.post("/guestbook/again")
def find() -> Response:
    """The guest book with less to fill in, for whom name and number, or a card, fit."""
    try:
        with counting_misses(BEFORE, PEOPLE):
            known = _who_came_before()
    except NotFound:
        form = Form.submitted(request.form, {"name": NOT_KNOWN})
        return page("guestbook/again.html", status=_swapped(NOT_FOUND), form=form, **_again())
    return page("guestbook/page.html", form=blank(), **_context(), known=known)


@blueprint.post("/guestbook")
def register() -> Response:
    channel, known = _channel(), returning.known_again()
    is_counted = current_staff() is None  # staff answer for what they enter
    try:
        if is_counted:
            refuse_guessers(SENT, CROWD)
        visit = services().guestbook.register(
            request.form.to_dict(flat=False),
            channel=DESK if channel == STATION else channel,
            language=language(),
            idempotency_key=idempotency_key(),
            by=actor() if channel in (DESK, STATION) else ANYONE,
            returning=known.uuid if known is not None else "",
        )
    except Invalid as invalid:
        return with_errors("guestbook/page.html", invalid.problems, **_context(), known=known)
    except TooManyMisses as flood:
        return _kept(TOO_MANY, flood.retry_after_s, wait_minutes=flood.minutes)
    except Unavailable as unavailable:
        return _kept(NOT_WRITTEN, RETRY_S, not_written=unavailable.message)
    if is_counted:
        count_miss(SENT, CROWD)
    return _on_to(channel, visit)


@blueprint.get("/guestbook/number/<shown>")
def number(shown: str) -> Response:
    """The number on a shared screen: the link of the visit is in no address that stays there."""
    visit_id = NUMBER.read(shown)
    if visit_id is None:
        return see_other(HOME)
    return page("visits/kiosk.html", **ticket_of(services().visits.by_id(visit_id)))


def blank() -> Form:
    """A fresh form: somebody who came in person to the room."""
    return Form.blank(services=[choices.LIBRARY], channels=[choices.IN_PERSON])


def _who_came_before() -> KnownVisitor:
    """Whom the submitted card, or name and number, belong to. Raises NotFound."""
    if text("card"):
        return services().visitors.by_card(text("card"), digits=text("last_digits"))
    return services().visitors.by_contact(text("name"), text("phone"))


def _on_to(channel: str, visit: VisitCard) -> Response:
    """To the new visit, as the screen that it was written on shows it."""
    if channel == DESK:
        return see_other(url_for("desk.show", visit=visit.id))
    if channel == STATION:
        station_visit.bind(visit.id)
        return see_other(url_for("station.scan"))
    if channel == KIOSK:  # nobody's visit may be found on a shared screen
        return see_other(url_for("guestbook.number", shown=NUMBER.to(visit.id), kiosk=1))
    remember(visit)
    return see_other(url_for("visits.show", token=visit.token))


def _kept(status: int, retry_after_s: int, **why: Any) -> Response:
    """The form as it was filled in, to be sent again later."""
    form = Form.submitted(request.form, {})
    context = _context() | {"known": returning.known_again()}
    response = page("guestbook/page.html", status=_swapped(status), form=form, **context, **why)
    response.headers["Retry-After"] = str(retry_after_s)
    return response


def _swapped(status: int) -> int:
    """The same, or what puts the answer in the place of the form that a tablet sent by script."""
    return HAS_PROBLEMS if is_fragment() else status


def _channel() -> str:
    """Where the form is filled in: on the tablet at the door, at the desk, or on a phone."""
    if is_kiosk():
        return KIOSK
    if request.args.get(STATION) == "1" and current_staff() is not None:
        return STATION
    return DESK if request.args.get(DESK) == "1" and may_open("desk.panel") else PHONE


def _back(channel: str) -> str:
    ways = {KIOSK: "/?kiosk=1", DESK: url_for("staff_visits.show"), STATION: "/station"}
    return ways.get(channel, "/")


def _again() -> dict[str, Any]:
    channel = _channel()
    mark: dict[str, Any] = {} if channel == PHONE else {channel: 1}
    return {
        "kiosk": channel == KIOSK,
        "action": url_for("guestbook.find", **mark),
        "first_time": url_for("guestbook.show", **mark),
    }


def _context() -> dict[str, Any]:
    channel = _channel()
    mark: dict[str, Any] = {} if channel == PHONE else {channel: 1}
    return {
        "kiosk": channel == KIOSK,
        "is_own_screen": channel == PHONE,
        "action": url_for("guestbook.register", **mark),
        "again": url_for("guestbook.again", **mark),
        "back": _back(channel),
        "choices": choices,
        "privacy": notice(services().office, language()),
        "policy": services().office.policy,
        "first_time": url_for("guestbook.show", **mark),
        "lasting": rules.LASTING,
        "pass_of": returning.pass_of,
    }
