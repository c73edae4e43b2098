"""The guest book: one short page, on a phone or on the tablet at the door."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from appliance.errors import Invalid
from appliance.guestbook import choices
from appliance.privacy.rules import notice
from web.context import services
from web.forms import Form, idempotency_key
from web.language import language
from web.render import page, see_other, with_errors
from web.routes.home import is_kiosk, remember

blueprint = Blueprint("guestbook", __name__)


@blueprint.get("/guestbook")
def show() -> Response:
    form = Form.blank(services=[choices.LIBRARY], channels=[choices.IN_PERSON])
    return page("guestbook/page.html", form=form, **_context())


@blueprint.post("/guestbook")
def register() -> Response:
    kiosk = is_kiosk()
    try:
        visit = services().guestbook.register(
            request.form.to_dict(flat=False),
            channel="kiosk" if kiosk else "phone",
            language=language(),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors("guestbook/page.html", invalid.problems, **_context())
    if kiosk:  # nobody's visit may be found on a shared screen
        return see_other(url_for("visits.show", token=visit.token, kiosk=1))
    remember(visit)
    return see_other(url_for("visits.show", token=visit.token))


def _context() -> dict[str, Any]:
    return {
        "kiosk": is_kiosk(),
        "choices": choices,
        "privacy": notice(services().office, language()),
        "policy": services().office.policy,
    }
