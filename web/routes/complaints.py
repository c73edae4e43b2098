"""The suggestion box: put in without a name, followed by ticket, answered by staff."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import ANYONE
from appliance.complaints import rules
from appliance.complaints.rules import Complaint, ComplaintState
from appliance.errors import Invalid, NotFound
from web.context import services
from web.forms import Form, idempotency_key, text
from web.limits import count_miss, counting_misses, refuse_guessers
from web.render import HAS_PROBLEMS, page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("complaints", __name__)
GUESSES = "complaint_code"
SENT = "complaint"  # nobody has so much to say: counted like misses, so that no one fills the box
ICONS = {
    "service": "people",
    "facility": "desk",
    "collection": "book",
    "integrity": "alert",
    "suggestion": "star",
    "other": "chat",
}


@blueprint.get("/complaints")
def show() -> Response:
    """The box; with `?ticket=` the way to the page of that ticket."""
    if "ticket" not in request.args:
        return page("complaints/page.html", form=Form.blank(), **_choices())
    try:
        found = _by_code(request.args["ticket"])
    except NotFound as missing:
        form = Form.submitted(request.args, {"ticket": missing.message})
        return page("complaints/page.html", status=HAS_PROBLEMS, form=form, **_choices())
    return see_other(url_for("complaints.status", code=found.code))


@blueprint.post("/complaints")
def make() -> Response:
    refuse_guessers(SENT)
    try:
        made = services().complaints.make(
            request.form, by=ANYONE, idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("complaints/page.html", dict(invalid.problems), **_choices())
    count_miss(SENT)
    flash(gettext("Terkirim. Catat nomor tiket ini."), "success")
    return see_other(url_for("complaints.status", code=made.code))


@blueprint.get("/complaints/<code>")
def status(code: str) -> Response:
    """How far it is. What was written stays between its writer and the office."""
    complaint = _by_code(code)
    return page("complaints/status.html", complaint=complaint, **_about(complaint))


@blueprint.get("/staff/complaints")
def inbox() -> Response:
    return page("complaints/inbox.html", form=Form.blank(), **_inbox())


@blueprint.post("/staff/complaints/<int:complaint_id>/take")
def take(complaint_id: int) -> Response:
    services().complaints.take(complaint_id, by=actor())
    flash(gettext("Pengaduan ini sekarang ditangani."), "success")
    return see_other(url_for("complaints.inbox"))


@blueprint.post("/staff/complaints/<int:complaint_id>/answer")
def answer(complaint_id: int) -> Response:
    field = f"answer-{complaint_id}"  # every complaint of the list has a field of its own
    try:
        services().complaints.answer(complaint_id, text(field), by=actor())
    except Invalid as invalid:
        problems = {field: invalid.problems["answer"]}
        return with_errors("complaints/inbox.html", problems, **_inbox())
    flash(gettext("Jawaban tampil di halaman tiketnya."), "success")
    return see_other(url_for("complaints.inbox"))


def _by_code(typed: str) -> Complaint:
    """The complaint of a ticket; every miss counts. Raises NotFound, TooManyMisses."""
    with counting_misses(GUESSES):
        return services().complaints.by_code(typed)


def _choices() -> dict[str, Any]:
    topics = [(code, gettext(label)) for code, label in rules.TOPICS]
    return {"topics": topics, "icons": ICONS, "answer_days": rules.ANSWER_DAYS}


def _about(complaint: Complaint) -> dict[str, Any]:
    return {
        "topic": gettext(rules.topic_label(complaint.topic)),
        "is_overdue": complaint.is_overdue(services().clock.now()),
    }


def _inbox() -> dict[str, Any]:
    listed = services().complaints.inbox(by=actor())
    rows = [{"complaint": one, **_about(one)} for one in listed]
    answered = ComplaintState.ANSWERED
    return {
        "waiting": [row for row in rows if row["complaint"].state is not answered],
        "done": [row for row in rows if row["complaint"].state is answered],
        "waiting_count": services().complaints.waiting(by=actor()),
    }
