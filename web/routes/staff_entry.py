"""The guest book as officers write it: whole, by name alone, from a paper slip; and corrected."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid, NotFound, Refused, Unavailable
from appliance.guestbook import choices, group_rules, paper_rules, rules
from appliance.guestbook.desk import WHY_CORRECTED
from appliance.guestbook.visitors import NOT_KNOWN
from appliance.privacy.rules import notice
from web import returning
from web.context import services
from web.forms import Form, idempotency_key, text
from web.language import language
from web.limits import PEOPLE, counting_misses
from web.render import page, see_other, tell_refused, with_errors
from web.routes.guestbook import blank
from web.routes.visitors import LOOKED_FOR, looked_for
from web.sessions import actor

blueprint = Blueprint("staff_entry", __name__)
NEW, QUICK, PAPER, EDIT = (f"staff_entry/{name}.html" for name in ("new", "quick", "paper", "edit"))
NOT_FOUND, CONFLICT, NOT_WRITTEN = 404, 409, 503
SLIPS = 4  # on one sheet of A4
SEEN = "seen"  # the version of the answers that a form of corrections was filled with


@blueprint.app_template_filter("help_word")
def help_word(code: str) -> str:
    """What help somebody asked for, in the page's language."""
    return ", ".join(choices.labels("disability", (code,), language()))


@blueprint.get("/staff/visits/new")
def new() -> Response:
    return page(NEW, form=blank(), **_context("staff_entry.register"), known=None)


@blueprint.post("/staff/visits/again")
def again() -> Response:
    """The form with less to fill in, for somebody who was here before."""
    try:
        with counting_misses(LOOKED_FOR, PEOPLE):
            known = looked_for(text("before_name"), text("before_phone"))
    except NotFound:
        form = Form.submitted(request.form, {"before_name": NOT_KNOWN})
        return page(NEW, status=NOT_FOUND, form=form, **_context("staff_entry.register"))
    return page(NEW, form=blank(), **_context("staff_entry.register"), known=known)


@blueprint.post("/staff/visits/new")
def register() -> Response:
    known = returning.known_again()
    context = _context("staff_entry.register") | {"known": known}
    try:
        visit = services().guestbook_desk.register(
            request.form.to_dict(flat=False),
            language=language(),
            key=idempotency_key(),
            by=actor(),
            returning=known.uuid if known is not None else "",
        )
    except Invalid as invalid:
        return with_errors(NEW, invalid.problems, **context)
    except Unavailable as unavailable:
        return _kept(NEW, unavailable, context)
    return see_other(url_for("desk.show", visit=visit.id))


@blueprint.get("/staff/visits/quick")
def quick() -> Response:
    return page(QUICK, form=Form.blank(), **_context("staff_entry.note"))


@blueprint.post("/staff/visits/quick")
def note() -> Response:
    """By name alone; the rest is asked for at the desk and at check-out."""
    try:
        visit = services().guestbook_desk.quick(
            request.form.to_dict(flat=False),
            language=language(),
            key=idempotency_key(),
            by=actor(),
        )
    except Invalid as invalid:
        return with_errors(QUICK, invalid.problems, **_context("staff_entry.note"))
    except Unavailable as unavailable:
        return _kept(QUICK, unavailable, _context("staff_entry.note"))
    return see_other(url_for("desk.show", visit=visit.id))


@blueprint.get("/staff/visits/paper")
def paper() -> Response:
    today = services().office.business_date(services().clock.now()).isoformat()
    form = blank()
    form.values.setlist("paper_date", [today])
    form.values.setlist("whereabouts", [paper_rules.GONE])
    return page(PAPER, form=form, **_context("staff_entry.late"))


@blueprint.post("/staff/visits/paper")
def late() -> Response:
    """A paper slip typed in, with the times that stand on it."""
    context = _context("staff_entry.late")
    try:
        visit = services().guestbook_desk.from_paper(
            request.form.to_dict(flat=False),
            language=language(),
            key=idempotency_key(),
            by=actor(),
        )
    except Invalid as invalid:
        return with_errors(PAPER, invalid.problems, **context)
    except Unavailable as unavailable:
        return _kept(PAPER, unavailable, context)
    except Refused as refused:
        return _refused(PAPER, refused, context)
    if visit.is_open:
        return see_other(url_for("desk.show", visit=visit.id))
    flash(gettext("Slip tercatat sebagai %(number)s.", number=visit.label), "success")
    return see_other(url_for("staff_entry.paper"))


@blueprint.get("/staff/visits/slips")
def slips() -> Response:
    """Paper for the hour when there is no power."""
    return page("staff_entry/slips.html", slips=SLIPS, choices=choices, privacy=_notice())


@blueprint.get("/staff/visits/<int:visit_id>/edit")
def edit(visit_id: int) -> Response:
    services().archive.read(visit_id, by=actor())
    form = Form.blank(**services().guestbook_desk.answers(visit_id))
    return page(EDIT, form=form, **_editing(visit_id, services().guestbook_desk.version(visit_id)))


@blueprint.post("/staff/visits/<int:visit_id>/edit")
def amend(visit_id: int) -> Response:
    """Correct what was answered, or complete what was left for later."""
    try:
        visit = services().guestbook_desk.amend(
            visit_id,
            request.form.to_dict(flat=False),
            by=actor(),
            reason=text("reason"),
            language=language(),
            seen=text(SEEN),
        )
    except Invalid as invalid:
        return with_errors(EDIT, invalid.problems, **_editing(visit_id, text(SEEN)))
    except Unavailable as unavailable:
        return _kept(EDIT, unavailable, _editing(visit_id, text(SEEN)))
    except Refused as refused:
        now = services().guestbook_desk.version(visit_id)  # told, so that saving again is meant
        return _refused(EDIT, refused, _editing(visit_id, now))
    flash(gettext("Isian kunjungan %(number)s diperbarui.", number=visit.label), "success")
    if visit.is_open:
        return see_other(url_for("desk.show", visit=visit.id))
    return see_other(url_for("staff_visits.visit", visit_id=visit.id))


def _refused(template: str, refused: Refused, context: dict[str, Any]) -> Response:
    tell_refused(refused)
    form = Form.submitted(request.form, {})
    return page(template, status=CONFLICT, form=form, **context)


def _kept(template: str, unavailable: Unavailable, context: dict[str, Any]) -> Response:
    """The form as it was filled in, to be sent again once it can be written."""
    flash(gettext(unavailable.message), "warning")
    form = Form.submitted(request.form, {})
    return page(template, status=NOT_WRITTEN, form=form, **context)


def _editing(visit_id: int, seen: str) -> dict[str, Any]:
    visit = services().visits.by_id(visit_id)
    return _context("staff_entry.amend", visit_id=visit_id) | {
        "visit": visit,
        "reasons": None if visit.is_incomplete else WHY_CORRECTED,
        "is_edit": True,
        "seen": seen,
    }


def _context(endpoint: str, **values: Any) -> dict[str, Any]:
    return {
        "action": url_for(endpoint, **values),
        "is_own_screen": False,
        "is_desk": True,
        "first_time": url_for("staff_entry.new"),
        "lasting": rules.LASTING,
        "pass_of": returning.pass_of,
        "choices": choices,
        "field_name": group_rules.field_name,
        "why_late": paper_rules.WHY_LATE,
        "privacy": _notice(),
        "policy": _NOTHING_DEMANDED,
    }


def _notice() -> Any:
    return notice(services().office, language())


class _NothingDemanded:
    """At the desk nobody must have an address or a number."""

    email_required = False
    phone_required = False


_NOTHING_DEMANDED = _NothingDemanded()
