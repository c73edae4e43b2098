"""Closing time: who and what is still here, and the walk from door to door."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request, url_for

from appliance.errors import Invalid, Refused
from appliance.lockers.closing_rules import OPENING_REASON, Scope, next_stop
from appliance.lockers.rules import LockerTile
from appliance.visits.opening import Closing
from web.context import services
from web.forms import Form, text, whole
from web.render import is_fragment, page, see_other, tell_refused, unchanged
from web.sessions import actor
from web.version import house_version

blueprint = Blueprint("closing", __name__)
CONFLICT = 409
HAS_PROBLEMS = 422
MINUTE_MS = 60_000
SEEN = "visit"  # whose locker the card on the screen said it was; nothing for nobody's


@blueprint.app_template_global()
def closing_time() -> Closing | None:
    """Today's closing time, for templates; None when nobody can tell."""
    return services().closing.time()


@blueprint.app_template_global()
def lockers_in_use() -> int:
    """How many lockers visits use now, for templates."""
    return services().lockers.group.in_use()


@blueprint.get("/staff/closing")
def show() -> Response:
    version = house_version(clock_ms=MINUTE_MS)
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    closing = services().closing
    return page(
        "closing/page.html",
        "closing/_overview.html",
        version=version,
        walk=closing.current(),
        last=closing.last(),
        stops=closing.stops(),
        taken_home=closing.taken_home(),
        lockers=services().lockers.numbers_by_visit(),
        **_day(),
        **_still_here(),
    )


@blueprint.get("/staff/closing/notice")
def notice() -> Response:
    """The line on every staff page, for its poll."""
    if not is_fragment():
        return see_other(url_for("closing.show"))
    version = house_version(clock_ms=MINUTE_MS)
    return unchanged(version) or page("closing/_notice.html", version=version)


@blueprint.post("/staff/closing/start")
def start() -> Response:
    every = text("scope") == Scope.EVERY
    services().closing.start(Scope.EVERY if every else Scope.USED, by=actor())
    return see_other(url_for("closing.walk"))


@blueprint.get("/staff/closing/walk")
def walk() -> Response:
    """The next door, or with `locker` that one, when there is something left to say of it."""
    if services().closing.current() is None:
        return see_other(url_for("closing.show"))
    if request.args.get("locker", type=int) is None:
        return _stop_page(next_stop(services().closing.stops(), whole("after") or 0))
    tile = services().lockers.tile(whole("locker") or 0)
    if is_fragment() and (nothing_new := unchanged(house_version())):
        return nothing_new
    return _stop_page(tile)


@blueprint.post("/staff/closing/lockers/<int:number>/open")
def open_door(number: int) -> Response:
    services().closing.open(number, by=actor())
    return see_other(url_for("closing.walk", locker=number))


@blueprint.post("/staff/closing/lockers/<int:number>/empty")
def is_empty(number: int) -> Response:
    closing, visit_id = services().closing, whole(SEEN)
    return _said(number, lambda: closing.is_empty(number, by=actor(), visit_id=visit_id))


@blueprint.post("/staff/closing/lockers/<int:number>/property")
def has_property(number: int) -> Response:
    closing, visit_id, seen = services().closing, whole(SEEN), text("description")
    return _said(
        number,
        lambda: closing.has_property(number, by=actor(), visit_id=visit_id, description=seen),
    )


@blueprint.post("/staff/closing/lockers/<int:number>/not-opened")
def not_opened(number: int) -> Response:
    closing, visit_id, why = services().closing, whole(SEEN), text("note")
    return _said(
        number, lambda: closing.not_opened(number, by=actor(), visit_id=visit_id, note=why)
    )


@blueprint.post("/staff/closing/finish")
def finish() -> Response:
    ended = services().closing.finish(by=actor())
    return see_other(url_for("closing.summary", walk_id=ended.id))


@blueprint.get("/staff/closing/<int:walk_id>")
def summary(walk_id: int) -> Response:
    """What the walk found, and what stays open: on the screen and on paper."""
    return page("closing/summary.html", walk=services().closing.get(walk_id), **_still_here())


def _said(number: int, say: Callable[[], None]) -> Response:
    """Keep the officer's word and go to the next door; or the same card with what is wrong."""
    try:
        say()
    except Invalid as invalid:
        form = Form.submitted(request.form, dict(invalid.problems))
        return _stop_page(services().lockers.tile(number), HAS_PROBLEMS, form)
    except Refused as refused:
        if services().closing.current() is None:
            raise
        tell_refused(refused)
        return _stop_page(services().lockers.tile(number), CONFLICT)
    return see_other(url_for("closing.walk", after=number))


def _stop_page(tile: LockerTile | None, status: int = 200, form: Form | None = None) -> Response:
    current, stops = services().closing.current(), services().closing.stops()
    look = None if current is None or tile is None else current.look_at(tile)
    return page(
        "closing/walk.html",
        "closing/_door.html",
        status,
        walk=current,
        tile=tile,
        look=look,
        stops=stops,
        form=form or Form.blank(),
        opening_reason=OPENING_REASON,
        version=house_version(),
    )


def _day() -> dict[str, Any]:
    """How far this day is from being closed."""
    days = services().days
    today = days.today()
    report = days.report(today)
    return {
        "today": today,
        "report": report,
        "changes": days.changes(report) if report else (),
        "open_things": days.open_things(today),
    }


def _still_here() -> dict[str, Any]:
    """What a person has to see to before the lights go out."""
    deposits = services().deposits
    return {
        "in_use": services().closing.in_use(),
        "visits": services().visits.still_open(),
        "cards": deposits.owed() if deposits.is_asked else (),
        "keys": services().keys.out(),
        "kept": services().found_property.kept(),
    }
