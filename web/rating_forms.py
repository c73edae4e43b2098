"""The two questionnaires on a screen, whether on a visitor's own page or handed out.

The nine questions stand on one page, under faces: who is seventy scrolls more easily than going
from page to page. The sixteen items, twice ten numbers each, come four at a time; what was
answered before is carried along in the form, so nothing is kept until it is sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from appliance.errors import Invalid
from appliance.ratings.questions import QUESTIONS
from appliance.ratings.rules import REFUSALS
from appliance.ratings.skd_items import HIGHEST, LOWEST, STATEMENTS
from appliance.ratings.skd_rules import FIELDS, OVERALL, SCALES, checked_reply, field
from appliance.ratings.tablets import Tablet
from web.context import services
from web.forms import Form, whole
from web.limits import Allowance, count_miss, refuse_guessers
from web.render import page, with_errors
from web.sessions import MAX_TOKEN_CHARS, STATION_AGE_S

TABLET_COOKIE = "rb_rating"
PURPOSE = "rating"
# One device in ten minutes: a family's phone may pass round, a zealous hand may not. All phones of
# the room may share one address.
BURST = Allowance(per_browser=3, per_address=200)
ITEMS_AT_ONCE = 4
STEPS = -(-len(STATEMENTS) // ITEMS_AT_ONCE)
SCALE = [(number, "") for number in range(LOWEST, HIGHEST + 1)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a questionnaire is asked: the addresses of its forms, and what frames it.

    `back` is empty on a screen that others use.
    """

    frame: str
    give: str
    decline: str
    items: str
    skip_items: str
    back: str = ""


def tablet() -> Tablet | None:
    """The rating tablet that this browser is; None for any other."""
    token = request.cookies.get(TABLET_COOKIE, "")
    return services().rating_tablets.of(token) if len(token) <= MAX_TOKEN_CHARS else None


def register_tablet(response: Response, token: str) -> Response:
    """Mark this browser as a rating tablet."""
    response.set_cookie(
        TABLET_COOKIE, token, max_age=STATION_AGE_S, httponly=True, samesite="Strict"
    )
    return response


def questions_page(place: Place, **more: Any) -> Response:
    """The nine questions, not answered yet. Raises TooManyMisses before anybody answers in vain."""
    refuse_burst()
    return page("ratings/page.html", form=Form.blank(), **_questions(place), **more)


def take_answers(place: Place, give: Callable[[bool], None], **more: Any) -> Response | None:
    """Give the answers that were sent; the same form again when something is wrong with them.

    `give` is told whether blanks are meant. Raises TooManyMisses and what `give` raises, but
    Invalid.
    """
    refuse_burst()
    try:
        give(request.form.get("partly") == "1")
    except Invalid as invalid:
        return with_errors(
            "ratings/page.html", invalid.problems, **_questions(place), may_send_part=True, **more
        )
    count_one()
    return None


def items_page(place: Place) -> Response:
    """The first of the sixteen items."""
    return page("ratings/items.html", form=Form.blank(), **_items(place, 1))


def take_items(place: Place, give: Callable[[], None]) -> Response | None:
    """One step on, or back, or everything that was answered given; None when it was."""
    step = min(max(whole("step") or 1, 1), STEPS)
    wanted = request.form.get("go", "")
    problems = checked_reply(request.form)[1]
    if wanted == "next" and step < STEPS:
        problems.pop(OVERALL, None)  # nothing said so far is fine on the way
        if not problems:
            return _step(place, step + 1)
    elif wanted == "back" and step > 1:
        return _step(place, step - 1)
    else:
        try:
            give()
        except Invalid as invalid:
            problems = invalid.problems
        else:
            return None
    return with_errors("ratings/items.html", problems, **_items(place, step))


def refuse_burst() -> None:
    """Return while this device may rate; raises TooManyMisses. A registered tablet always may."""
    if tablet() is None:
        refuse_guessers(PURPOSE, BURST)


def count_one() -> None:
    """This device has sent a rating; remembered for ten minutes, and nowhere but in memory."""
    if tablet() is None:
        count_miss(PURPOSE, BURST)


def _step(place: Place, step: int) -> Response:
    form = Form.submitted(request.form, {})
    return page("ratings/items.html", form=form, **_items(place, step))


def _questions(place: Place) -> dict[str, Any]:
    return {"place": place, "questions": QUESTIONS, "refusals": REFUSALS}


def _items(place: Place, step: int) -> Mapping[str, Any]:
    first = (step - 1) * ITEMS_AT_ONCE
    shown = STATEMENTS[first : first + ITEMS_AT_ONCE]
    here = {field(scale, one.item) for scale in SCALES for one in shown}
    if step == STEPS:
        here.add(OVERALL)
    carried = [(n, v) for n, v in request.form.items() if n in FIELDS and n not in here]
    return {
        "place": place,
        "step": step,
        "steps": STEPS,
        "first_number": first + 1,
        "statements": shown,
        "carried": carried,
        "scale": SCALE,
    }
