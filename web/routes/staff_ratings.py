"""Ratings at the desk: how the index stands, forms handed out, forms from paper."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, Refused
from appliance.ratings.months import first_day, neighbour
from appliance.ratings.questions import QUESTIONS
from appliance.ratings.rules import CHANNELS, REFUSALS, UNSAID, sample_size
from appliance.ratings.skd_items import STATEMENTS
from web.addresses import phone_url
from web.context import services
from web.forms import Form, idempotency_key, text, whole
from web.render import page, see_other, tell_refused, with_errors
from web.sessions import actor

blueprint = Blueprint("staff_ratings", __name__)


@blueprint.get("/staff/ratings")
def show() -> Response:
    ratings = services().ratings
    this_month, month = ratings.this_month(), _month()
    text_of = month.isoformat()[:7]
    january = f"{month.year}-01"
    users = ratings.users(text_of)
    return page(
        "ratings/staff.html",
        month=month,
        text_of=text_of,
        before=neighbour(month, -1).isoformat()[:7],
        after=neighbour(month, 1).isoformat()[:7] if text_of < this_month else "",
        index=ratings.index(text_of),
        year=ratings.index(january, text_of),
        users=users,
        sample=sample_size(users),
        year_users=(year_users := ratings.users(january, text_of)),
        year_sample=sample_size(year_users),
        skd=services().skd.figures(text_of) if services().skd.is_offered else None,
        questions=QUESTIONS,
        statements=STATEMENTS,
        channels=[(one, ratings.channels(text_of).get(one.code, 0)) for one in CHANNELS],
        refusals=_refusals(text_of),
        comments=ratings.comments_to_read(text_of),
        tablets=services().rating_tablets.all(),
    )


@blueprint.post("/staff/ratings/comments/<int:comment_id>/remove")
def remove_comment(comment_id: int) -> Response:
    """Taken away for good: it told of a person."""
    services().ratings.remove_comment(comment_id, by=actor())
    flash(gettext("Komentar itu dihapus; penilaiannya tetap dihitung."), "success")
    return see_other(url_for("staff_ratings.show", month=text("month")))


@blueprint.post("/staff/ratings/tablets/<int:tablet_id>/revoke")
def revoke_tablet(tablet_id: int) -> Response:
    services().rating_tablets.revoke(tablet_id, by=actor())
    flash(gettext("Tablet itu tidak lagi dipakai untuk penilaian."), "success")
    return see_other(url_for("staff_ratings.show"))


# Handing out


@blueprint.get("/staff/visits/<int:visit_id>/rating")
def hand_out(visit_id: int) -> Response:
    return page("ratings/hand_out.html", form=Form.blank(), **_handed(visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/rating/tablet")
def to_tablet(visit_id: int) -> Response:
    chosen = next((t for t in services().rating_tablets.all() if t.id == whole("tablet")), None)
    if chosen is None:
        flash(gettext("Tablet itu tidak terdaftar."), "warning")
        return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id))
    try:
        services().rating_invitations.invite(visit_id, by=actor(), tablet=chosen)
        said = gettext(
            "Lembar penilaian ada di %(tablet)s. Serahkan tabletnya.", tablet=chosen.name
        )
        flash(said, "success")
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/rating/code")
def to_phone(visit_id: int) -> Response:
    try:
        services().rating_invitations.invite(visit_id, by=actor())
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/rating/members")
def to_members(visit_id: int) -> Response:
    """Codes for the willing ones of a group."""
    try:
        services().rating_invitations.invite_members(visit_id, text("count"), by=actor())
    except Invalid as invalid:
        return with_errors("ratings/hand_out.html", invalid.problems, **_handed(visit_id))
    return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id) + "#members")


@blueprint.post("/staff/visits/<int:visit_id>/rating/withdraw")
def withdraw(visit_id: int) -> Response:
    services().rating_invitations.withdraw(visit_id, by=actor())
    return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id))


@blueprint.post("/staff/visits/<int:visit_id>/rating/decline")
def decline(visit_id: int) -> Response:
    """The visitor says no, to the officer."""
    try:
        services().ratings.decline(visit_id, by=actor(), reason=text("reason"))
        flash(gettext("Dicatat: tidak bersedia menilai."), "success")
    except Refused as refused:
        tell_refused(refused)
    return see_other(url_for("staff_ratings.hand_out", visit_id=visit_id))


# Paper


@blueprint.get("/staff/ratings/paper")
def paper() -> Response:
    """The questionnaires to print and fill in by hand."""
    return page("ratings/paper.html", questions=QUESTIONS, statements=_statements())


@blueprint.get("/staff/ratings/paper/entry")
def enter() -> Response:
    return page("ratings/paper_entry.html", form=Form.blank(), **_paper())


@blueprint.post("/staff/ratings/paper/entry")
def take() -> Response:
    month = text("month")
    try:
        services().paper_ratings.take(
            request.form, by=actor(), month=month, idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("ratings/paper_entry.html", invalid.problems, **_paper())
    flash(gettext("Lembar kertas tersimpan. Isi lembar berikutnya, atau selesai."), "success")
    return see_other(url_for("staff_ratings.enter", month=month))


def _handed(visit_id: int) -> dict[str, Any]:
    forms = services().rating_invitations
    invitation = forms.of_visit(visit_id)
    tablets = services().rating_tablets.all()
    return {
        "visit": services().visits.by_id(visit_id),
        "invitation": invitation,
        "on_tablet": next(
            (t for t in tablets if invitation and t.id == invitation.tablet_id), None
        ),
        "members": forms.of_members(visit_id),
        "members_left": forms.members_left(visit_id),
        "tablets": tablets,
        "refusals": REFUSALS,
        "form_url": phone_url("handed_ratings.show", token=invitation.token) if invitation else "",
        "enter_url": phone_url("handed_ratings.enter"),
        "tablet_url": phone_url("handed_ratings.rest"),
    }


def _paper() -> dict[str, Any]:
    months = services().paper_ratings.months()
    chosen = text("month") if request.method == "POST" else request.args.get("month", "")
    return {
        "questions": QUESTIONS,
        "statements": _statements(),
        "months": [(one, first_day(one)) for one in months],
        "chosen_month": chosen if chosen in months else months[0],
    }


def _statements() -> tuple[Any, ...]:
    return STATEMENTS if services().skd.is_offered else ()


def _refusals(month: str) -> list[tuple[Any, int]]:
    found = services().ratings.refusals(month)
    return [(one, found[one.code]) for one in (*REFUSALS, UNSAID) if one.code in found]


def _month() -> dt.date:
    """The month asked for; the present one for anything else and for the future."""
    this_month = first_day(services().ratings.this_month()) or dt.date.min
    asked = first_day(request.args.get("month", ""))
    return min(asked, this_month) if asked else this_month
