"""The privacy notice in full, and what visitors ask about their own data."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid, Refused
from appliance.privacy.rules import notice
from web.context import services, visit_or_404
from web.forms import text
from web.language import language
from web.privacy_words import rights_of
from web.render import page, see_other, tell_refused, with_errors

blueprint = Blueprint("privacy", __name__)
JSON = "application/json"


@blueprint.get("/privacy")
def show() -> Response:
    return page("privacy/page.html", privacy=notice(services().office, language()))


@blueprint.get("/privacy/texts/<text_hash>")
def shown(text_hash: str) -> Response:
    """A notice as it was shown, by the hash that a consent holds."""
    return page("privacy/shown.html", shown=services().consents.text(text_hash))


@blueprint.post("/visits/<token>/privacy")
def ask(token: str) -> Response:
    """Ask to see, correct, restrict or erase one's data; the answer shows on the data page."""
    visit = visit_or_404(token)
    form = {name: text(name) for name in ("kind", "words")}
    try:
        services().data_rights.ask(visit.id, form, by=Actor.visitor(visit.uuid))
    except Invalid as invalid:
        return with_errors(
            "privacy/ask.html", dict(invalid.problems), visit=visit, **rights_of(visit.id)
        )
    except Refused as refused:
        tell_refused(refused)
        return see_other(url_for("visits.data", token=token))
    flash(gettext("Permintaan diterima. Jawabannya tampil di halaman ini."), "success")
    return see_other(url_for("visits.data", token=token))


@blueprint.post("/visits/<token>/data")
def take(token: str) -> Response:
    """Everything kept about the visit as a file; a POST, because it is journalled."""
    visit = visit_or_404(token)
    made = services().my_data.export(visit.id, by=Actor.visitor(visit.uuid))
    return as_file(made)


def as_file(made: bytes) -> Response:
    """A file of somebody's data whose name names nobody."""
    answer = Response(made, mimetype=JSON)
    answer.headers["Content-Disposition"] = 'attachment; filename="data-saya.json"'
    return answer
