"""Complaints at the desk: what waits, who handles it, the answer, and the poster of all ways."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.complaints import rules
from appliance.complaints.rules import Complaint
from appliance.errors import Invalid
from web.context import services
from web.forms import Form, idempotency_key, text
from web.render import page, see_other, with_errors
from web.routes.complaints import about, complaints_address, form_choices
from web.sessions import actor

blueprint = Blueprint("staff_complaints", __name__)
PAGE = "complaints/handle.html"
ENTER = "complaints/enter.html"


@blueprint.get("/staff/complaints")
def inbox() -> Response:
    """What waits, by due date, without what was written."""
    listed = services().complaints.inbox(by=actor())
    return page(
        "complaints/inbox.html",
        waiting=[_row(one) for one in listed if one.state.is_waiting],
        done=[_row(one) for one in listed if not one.state.is_waiting],
        waiting_count=services().complaints.waiting(by=actor()),
    )


@blueprint.get("/staff/complaints/poster")
def poster() -> Response:
    """Every way to complain on one sheet, each with its QR code."""
    return page("complaints/poster.html", address=complaints_address())


@blueprint.get("/staff/complaints/new")
def new() -> Response:
    """The form for what came on paper, by telephone or another way."""
    return page(ENTER, form=Form.blank(kind="complaint", received_on=_today()), **_ways())


@blueprint.post("/staff/complaints/new")
def enter() -> Response:
    """Into the box for somebody else, and the ticket to hand on: shown this once."""
    try:
        made = services().complaints.enter(
            request.form, by=actor(), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors(ENTER, dict(invalid.problems), **_ways())
    return page("complaints/entered.html", **about(made))


@blueprint.get("/staff/complaints/<int:complaint_id>")
def show(complaint_id: int) -> Response:
    return page(PAGE, form=Form.blank(), **_opened(complaint_id))


@blueprint.post("/staff/complaints/<int:complaint_id>/take")
def take(complaint_id: int) -> Response:
    services().complaints.take(complaint_id, by=actor())
    flash(gettext("Pengaduan ini sekarang ditangani."), "success")
    return _back_to(complaint_id)


@blueprint.post("/staff/complaints/<int:complaint_id>/assign")
def assign(complaint_id: int) -> Response:
    try:
        services().complaints.assign(complaint_id, text("handler"), by=actor())
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **_opened(complaint_id))
    flash(gettext("Penangan dicatat."), "success")
    return _back_to(complaint_id)


@blueprint.post("/staff/complaints/<int:complaint_id>/check")
def check(complaint_id: int) -> Response:
    needed = text("needs_check") == "1"
    services().complaints.set_check(complaint_id, needs_check=needed, by=actor())
    flash(gettext("Batas waktunya disesuaikan."), "success")
    return _back_to(complaint_id)


@blueprint.post("/staff/complaints/<int:complaint_id>/notes")
def note(complaint_id: int) -> Response:
    try:
        services().complaints.note(complaint_id, text("note"), by=actor())
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **_opened(complaint_id))
    flash(gettext("Catatan internal disimpan."), "success")
    return _back_to(complaint_id)


@blueprint.post("/staff/complaints/<int:complaint_id>/answer")
def answer(complaint_id: int) -> Response:
    try:
        services().complaints.answer(complaint_id, text("answer"), by=actor())
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **_opened(complaint_id))
    flash(gettext("Jawaban tampil di halaman tiketnya."), "success")
    return see_other(url_for("staff_complaints.inbox"))


@blueprint.post("/staff/complaints/<int:complaint_id>/close")
def close(complaint_id: int) -> Response:
    services().complaints.close(complaint_id, by=actor())
    flash(gettext("Pengaduan ini ditutup."), "success")
    return see_other(url_for("staff_complaints.inbox"))


def _back_to(complaint_id: int) -> Response:
    return see_other(url_for("staff_complaints.show", complaint_id=complaint_id))


def _opened(complaint_id: int) -> dict[str, Any]:
    found, notes = services().complaints.open(complaint_id, by=actor())
    people = services().complaints.handlers(complaint_id, by=actor())
    return _row(found) | {"notes": notes, "handlers": people, "names": dict(people)}


def _ways() -> dict[str, Any]:
    ways = [(code, gettext(label)) for code, label in rules.ENTERED]
    return form_choices() | {"ways": ways, "today": _today()}


def _today() -> str:
    return services().office.business_date(services().clock.now()).isoformat()


def _row(complaint: Complaint) -> dict[str, Any]:
    """With its age in days of the office."""
    office = services().office
    came, now = (
        office.business_date(moment)
        for moment in (complaint.created_at, complaint.answered_at or services().clock.now())
    )
    return about(complaint) | {"age_days": (now - came).days}
