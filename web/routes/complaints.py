"""The suggestion box: put in without a name, followed by ticket.

A ticket is a secret: it is only ever sent, and stands in no address.
"""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import ANYONE
from appliance.complaints import rules, topics
from appliance.complaints.rules import Complaint, ComplaintKind
from appliance.errors import Invalid, NotFound, Refused
from web.addresses import room_hosts
from web.context import services
from web.forms import Form, idempotency_key, text
from web.language import language
from web.limits import count_miss, counting_misses, refuse_guessers
from web.render import HAS_PROBLEMS, page, see_other, tell_refused, with_errors

blueprint = Blueprint("complaints", __name__)
GUESSES = "complaint_code"
SENT = "complaint"  # nobody has so much to say: counted like misses, so that no one fills the box
LONGEST_TICKET = 40
CONFLICT = 409
ICONS = {
    ComplaintKind.COMPLAINT: "alert",
    ComplaintKind.SUGGESTION: "chat",
    ComplaintKind.QUESTION: "info",
    ComplaintKind.APPRECIATION: "star",
}


@blueprint.get("/complaints")
def show() -> Response:
    return page("complaints/page.html", form=Form.blank(kind="complaint"), **form_choices())


@blueprint.post("/complaints")
def make() -> Response:
    """Into the box, and its ticket: shown this once, for whoever sent it."""
    refuse_guessers(SENT)
    try:
        made = services().complaints.make(
            request.form, by=ANYONE, idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("complaints/page.html", dict(invalid.problems), **form_choices())
    count_miss(SENT)
    return _status(made, is_new=True)


@blueprint.get("/complaints/ticket")
def enter() -> Response:
    """Where the page of a ticket leads when it is opened by its address."""
    return see_other(url_for("complaints.show"))


@blueprint.post("/complaints/ticket")
def status() -> Response:
    """How far it is. What was written stays between its writer and the office."""
    try:
        found = _by_ticket()
    except NotFound as missing:
        form = Form.submitted(request.form, {"ticket": missing.message})
        return page("complaints/page.html", status=HAS_PROBLEMS, form=form, **form_choices())
    return _status(found)


@blueprint.post("/complaints/ticket/reopen")
def reopen() -> Response:
    found = _by_ticket()
    try:
        services().complaints.reopen(found.code, text("words"))
    except Invalid as invalid:
        form = Form.submitted(request.form, invalid.problems)
        return page(
            "complaints/status.html", status=HAS_PROBLEMS, form=form, is_new=False, **about(found)
        )
    except Refused as refused:
        tell_refused(refused)
        return _status(_by_ticket(), status=CONFLICT)
    flash(gettext("Dibuka kembali. Kantor menjawab sekali lagi."), "success")
    return _status(_by_ticket())


@blueprint.post("/complaints/ticket/close")
def accept() -> Response:
    try:
        found = services().complaints.accept(_by_ticket().code)
    except Refused as refused:
        tell_refused(refused)
        return _status(_by_ticket(), status=CONFLICT)
    flash(gettext("Terima kasih. Pengaduan ini selesai."), "success")
    return _status(found)


@blueprint.post("/complaints/ticket/contact")
def withdraw_contact() -> Response:
    found = services().complaints.withdraw_contact(_by_ticket().code)
    flash(gettext("Kontak Anda sudah dihapus."), "success")
    return _status(found)


@blueprint.app_template_global()
def complaints_address() -> str:
    """Where the box is found from the room's own network, for templates."""
    return f"http://{(room_hosts() or [request.host])[0]}{url_for('complaints.show')}"


def about(complaint: Complaint) -> dict[str, Any]:
    """A complaint with the words for what it is, and whether it is late."""
    now = services().clock.now()
    return {
        "complaint": complaint,
        "kind": gettext(dict(rules.KINDS)[complaint.kind]),
        "topic": topics.topic(complaint.topic).label(language()),
        "is_overdue": complaint.is_overdue(now),
        "is_unseen": complaint.is_unseen(now),
        "closes_at": services().complaints.closes_at(complaint),
        "way": gettext(dict(rules.CHANNELS)[complaint.channel]),
    }


def form_choices() -> dict[str, Any]:
    """What there is to choose from, and the days of each answer."""
    groups = (
        (gettext("Pelayanan kepada Anda"), topics.SERVICE),
        (gettext("Kantor dan petugas"), topics.OFFICE),
        (gettext("Lainnya"), topics.OTHERS),
    )
    said = [
        (name, [(one.code, one.label(language())) for one in choices]) for name, choices in groups
    ]
    kinds = [(code, gettext(label)) for code, label in rules.KINDS]
    days = (rules.FIRST_DAYS, rules.INFORMATION_DAYS, rules.COMPLAINT_DAYS, rules.CHECK_DAYS)
    return {"kinds": kinds, "icons": ICONS, "topic_groups": said, "days": days}


def _status(complaint: Complaint, *, is_new: bool = False, status: int = 200) -> Response:
    return page(
        "complaints/status.html",
        status=status,
        form=Form.blank(),
        is_new=is_new,
        **about(complaint),
    )


def _by_ticket() -> Complaint:
    """The complaint of the ticket sent; every miss counts. Raises NotFound, TooManyMisses."""
    with counting_misses(GUESSES):
        return services().complaints.by_code(text("ticket")[:LONGEST_TICKET])
