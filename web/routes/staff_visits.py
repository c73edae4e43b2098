"""Visits as staff looks them up, of today and of the past, and closes them."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, Refused
from appliance.guestbook import choices
from appliance.guestbook.group_rules import Heads
from web.context import services
from web.forms import Form, text
from web.language import language
from web.looked_for import keep, words_of
from web.render import page, see_other, tell_refused, with_errors
from web.sessions import actor

blueprint = Blueprint("staff_visits", __name__)
CONFLICT = 409


@blueprint.get("/staff/visits")
def show() -> Response:
    today = services().office.business_date(services().clock.now()).isoformat()
    day, wanted = request.args.get("date") or today, words_of(request.args.get("found", ""))
    form = Form.blank(q=wanted, date=day)
    try:
        visits = services().archive.of_day(day, wanted, by=actor())
    except Invalid as invalid:
        form = Form(form.values, dict(invalid.problems))
        visits = ()
    return page(
        "staff_visits/page.html",
        "staff_visits/_list.html",
        200 if not form.problems else 422,
        form=form,
        visits=visits,
        stale=[
            card
            for card in services().visits.still_open()
            if card.business_date.isoformat() != today
        ],
        is_today=day == today,
    )


@blueprint.post("/staff/visits")
def find() -> Response:
    """Led on to the visits that fit; what was typed may be a name, so no address has it."""
    found = keep(text("q"))
    return see_other(url_for("staff_visits.show", date=text("date") or None, found=found))


@blueprint.get("/staff/visits/<int:visit_id>")
def visit(visit_id: int) -> Response:
    card = services().archive.read(visit_id, by=actor())
    return page("staff_visits/visit.html", form=Form.blank(), **_about(card.id))


@blueprint.post("/staff/visits/<int:visit_id>/close")
def close(visit_id: int) -> Response:
    """End a visit whose visitor is gone; the reason goes into the journal."""
    try:
        services().checkout.close(visit_id, by=actor(), reason=text("reason"))
    except Invalid as invalid:
        return with_errors("staff_visits/visit.html", dict(invalid.problems), **_about(visit_id))
    except Refused as refused:
        tell_refused(refused)
        return page(
            "staff_visits/visit.html", status=CONFLICT, form=Form.blank(), **_about(visit_id)
        )
    flash(gettext("Kunjungan ditutup."), "success")
    return see_other(url_for("staff_visits.show"))


def _head_words(head: Heads) -> str:
    """Some of a group: ``18 Perempuan, Di bawah 17 tahun``."""
    sex = choices.labels("sex", (head.sex,), language())
    band = choices.labels("age_band", (head.age_band,), language())
    return f"{head.count} {', '.join((*sex, *band))}"


def _about(visit_id: int) -> dict[str, Any]:
    return {
        "visit": services().visits.by_id(visit_id),
        "heads": services().guestbook_desk.heads(visit_id),
        "head_words": _head_words,
        "has_visitor": services().visitors.of_visit(visit_id) is not None,
        "locker": services().lockers.of_visit(visit_id),
        "deposit": services().deposits.of_visit(visit_id),
        "readings": services().reading.of_visit(visit_id),
        "scans": services().documents.of_visit(visit_id),
        "portal_account": services().portal_account,
        "portal_state": services().portal_account.of_visit(visit_id),
        "mail": services().mail,
        "mails": services().mail.of_visit(visit_id),
    }
