"""People's data at the desk: what they asked, what is kept of a visit, erasure and its receipt."""

import datetime as dt
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, Refused
from appliance.privacy.erasing import KIND_WORDS, OPEN_WORDS
from appliance.privacy.register import CATEGORIES
from appliance.privacy.rights import KIND_WORDS as REQUEST_WORDS
from appliance.privacy.rights import SOON
from web.context import services
from web.forms import Form, text
from web.gate import may_open
from web.privacy_words import guardian_forms, rights_of
from web.render import page, see_other, tell_refused, with_errors
from web.routes.privacy import as_file
from web.sessions import actor, current_staff

blueprint = Blueprint("staff_privacy", __name__)
PAGE = "privacy/visit.html"
CONFLICT = 409


@blueprint.app_template_global()
def pressing_request_at() -> dt.datetime | None:
    """By when a request about data must be answered, once that is less than a day away."""
    due_at = services().data_rights.next_due() if may_open("staff_privacy.inbox") else None
    is_soon = due_at is not None and due_at - services().clock.now() < SOON
    return due_at if is_soon else None


@blueprint.get("/staff/privacy")
def inbox() -> Response:
    """What waits, the most urgent first, and what was answered."""
    waiting, answered = services().data_rights.waiting(), services().data_rights.answered()
    labels = services().visits.by_ids(one.visit_id for one in (*waiting, *answered))
    return page(
        "privacy/inbox.html",
        waiting=waiting,
        answered=answered,
        labels={visit_id: card.label for visit_id, card in labels.items()},
        kind_words=REQUEST_WORDS,
    )


@blueprint.get("/staff/privacy/processing")
def processing() -> Response:
    """The record of processing, and what the next cleaning would erase."""
    return page(
        "privacy/processing.html", categories=CATEGORIES, due=services().privacy.would_erase()
    )


@blueprint.get("/staff/privacy/retention")
def retention() -> Response:
    """The next cleaning tried dry: every kind of data, how old, what would go and why."""
    held, now = services().retention.dry_run(), services().clock.now()
    ages = {one.kind: one.age_days(now) for one in held or ()}
    return page("privacy/retention.html", held=held, ages=ages, now=now)


@blueprint.get("/staff/privacy/visits/<int:visit_id>")
def visit(visit_id: int) -> Response:
    services().archive.read(visit_id, by=actor())
    told = about(visit_id)
    form = Form.blank(guardian_name=told["person"].guardian_name or "")
    return page(PAGE, form=form, **told)


@blueprint.post("/staff/privacy/visits/<int:visit_id>/data")
def take(visit_id: int) -> Response:
    """Everything kept about the visit, for the person who stands at the desk."""
    services().visits.by_id(visit_id)
    return as_file(services().my_data.export(visit_id, by=actor()))


@blueprint.post("/staff/privacy/visits/<int:visit_id>/answer")
def answer(visit_id: int) -> Response:
    is_refused = text("refused") == "1"
    try:
        services().data_rights.answer(
            text("uuid"), {"answer": text("answer")}, by=actor(), refused=is_refused
        )
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **about(visit_id))
    flash(gettext("Jawaban tampil di halaman pengunjung."), "success")
    return _back_to(visit_id)


@blueprint.post("/staff/privacy/visits/<int:visit_id>/restrict")
def restrict(visit_id: int) -> Response:
    try:
        services().data_rights.restrict(visit_id, by=actor())
    except Refused as refused:
        tell_refused(refused)
        return _back_to(visit_id)
    flash(gettext("Nama dan kontaknya tidak ditampilkan lagi."), "success")
    return _back_to(visit_id)


@blueprint.post("/staff/privacy/visits/<int:visit_id>/lift")
def lift(visit_id: int) -> Response:
    services().data_rights.lift(visit_id, by=actor())
    flash(gettext("Pembatasan dicabut."), "success")
    return _back_to(visit_id)


@blueprint.post("/staff/privacy/visits/<int:visit_id>/erase")
def erase(visit_id: int) -> Response:
    """Erase who the visit was of, and go to the receipt."""
    if request.form.get("sure") != "1":
        problems = {"sure": gettext("Centang bahwa pengunjung memintanya.")}
        return with_errors(PAGE, problems, **about(visit_id))
    try:
        made = services().erasures.erase(visit_id, by=actor())
    except Refused as refused:
        tell_refused(refused)
        return page(PAGE, status=CONFLICT, form=Form.blank(), **about(visit_id))
    return see_other(url_for("staff_privacy.receipt", number=made.number))


@blueprint.get("/staff/privacy/receipts/<number>")
def receipt(number: str) -> Response:
    found = services().erasures.receipt(number)
    return page("privacy/receipt.html", receipt=found, words=KIND_WORDS)


def about(visit_id: int) -> dict[str, Any]:
    """What the page of one visit's data shows."""
    return {
        "visit": services().visits.by_id(visit_id),
        "person": services().guestbook.person(visit_id),
        "withheld": _withheld(visit_id),
        "obstacles": [OPEN_WORDS[one] for one in services().erasures.obstacles(visit_id)],
        "erased": services().erasures.of_visit(visit_id),
        **rights_of(visit_id),
        **guardian_forms(visit_id),
    }


def _withheld(visit_id: int) -> dict[str, str | None]:
    """Who a restricted visit is of; not for a session that a PIN opened."""
    session = current_staff()
    if session is None or session.by_pin:
        return {}
    return services().data_rights.withheld(visit_id, by=actor())


def _back_to(visit_id: int) -> Response:
    return see_other(url_for("staff_privacy.visit", visit_id=visit_id))
