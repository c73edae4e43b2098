"""Rating forms that officers handed out: behind a QR, a typed code, or on a tablet.

Nothing here shows whose visit it was.
"""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import NotFound
from appliance.ratings.invitations import Invitation
from appliance.ratings.rules import Channel, How
from web import sessions
from web.context import services
from web.forms import Form, idempotency_key, text
from web.limits import counting_misses
from web.rating_forms import (
    Place,
    items_page,
    questions_page,
    register_tablet,
    tablet,
    take_answers,
    take_items,
)
from web.render import is_fragment, page, see_other, unchanged

blueprint = Blueprint("handed_ratings", __name__)
CODE = "rating_code"  # what guesses of these codes are counted under
NOT_FOUND = 404


@blueprint.get("/rate")
def enter() -> Response:
    return page("ratings/enter.html", form=Form.blank())


@blueprint.post("/rate")
def find() -> Response:
    """From the code on a slip to its form."""
    try:
        with counting_misses(CODE):
            form = services().rating_invitations.by_code(text("code"))
    except NotFound as unknown:
        form_again = Form.submitted(request.form, {"code": unknown.message})
        return page("ratings/enter.html", status=NOT_FOUND, form=form_again)
    return see_other(url_for("handed_ratings.show", token=form.token))


@blueprint.get("/rate/thanks")
def thanks() -> Response:
    return page("ratings/thanks.html", frame=_frame())


@blueprint.get("/rate/<token>")
def show(token: str) -> Response:
    form = services().rating_invitations.by_token(token)
    if form.wants_skd:
        return page("ratings/more.html", place=_place(form), frame=_frame())
    return questions_page(_place(form))


@blueprint.post("/rate/<token>")
def give(token: str) -> Response:
    form = services().rating_invitations.by_token(token)
    channel = Channel.TABLET if tablet() else Channel.PHONE

    def keep(partly: bool) -> None:
        services().rating_invitations.give(
            token,
            request.form,
            text("comment"),
            how=How(channel, partly),
            idempotency_key=idempotency_key(),
        )

    problems = take_answers(_place(form), keep)
    if problems is not None:
        return problems
    if services().skd.is_offered:
        return see_other(url_for("handed_ratings.show", token=token))
    return see_other(url_for("handed_ratings.thanks"))


@blueprint.post("/rate/<token>/decline")
def decline(token: str) -> Response:
    services().rating_invitations.decline(token, reason=text("reason"))
    return see_other(url_for("handed_ratings.thanks"))


@blueprint.get("/rate/<token>/items")
def items(token: str) -> Response:
    form = services().rating_invitations.by_token(token)
    if not form.wants_skd:
        return see_other(url_for("handed_ratings.show", token=token))
    return items_page(_place(form))


@blueprint.post("/rate/<token>/items")
def give_items(token: str) -> Response:
    forms = services().rating_invitations
    key = idempotency_key()
    step = take_items(
        _place(forms.by_token(token)),
        lambda: forms.give_skd(token, request.form, idempotency_key=key),
    )
    return step if step is not None else see_other(url_for("handed_ratings.thanks"))


@blueprint.post("/rate/<token>/items/skip")
def skip_items(token: str) -> Response:
    services().rating_invitations.skip_skd(token)
    return see_other(url_for("handed_ratings.thanks"))


# The tablet


@blueprint.get("/kiosk/rating")
def rest() -> Response:
    """What a tablet shows until an officer sends it a form: then it goes there by itself.

    A form that was left alone (`?left=1`) is not opened again by itself, only by a hand.
    """
    here = tablet()
    form = services().rating_invitations.on_tablet(here) if here else None
    is_left = request.args.get("left") == "1"
    if form is not None and not is_left:
        return see_other(url_for("handed_ratings.show", token=form.token))
    version = "none" if form is None else form.code
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    return page(
        "ratings/tablet.html",
        "ratings/_tablet.html",
        tablet=here,
        waiting=form,
        version=version,
        is_left=is_left,
    )


@blueprint.post("/kiosk/rating/register")
def register() -> Response:
    """Make this browser a rating tablet; whoever did so is signed out of the shared screen."""
    name = text("name") or gettext("Tablet penilaian")
    token = services().rating_tablets.register(name, by=sessions.actor())
    services().staff.logout(request.cookies.get(sessions.STAFF_COOKIE, ""))
    flash(gettext("Tablet ini siap. Bukalah hanya untuk penilaian."), "success")
    response = see_other(url_for("handed_ratings.rest"))
    return register_tablet(sessions.end(response), token)


def _place(form: Invitation) -> Place:
    def url(endpoint: str) -> str:
        return url_for(f"handed_ratings.{endpoint}", token=form.token)

    return Place(
        frame=_frame(),
        give=url("give"),
        decline=url("decline"),
        items=url("give_items"),
        skip_items=url("skip_items"),
    )


def _frame() -> str:
    """A tablet of ours wipes itself; a visitor's own phone does not."""
    return "base_kiosk.html" if tablet() else "base.html"
