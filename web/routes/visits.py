"""The visitor's own page: ticket, promise clock, everything of this visit, and the way out."""

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.codes import CodeKind, barcode
from appliance.errors import Refused
from appliance.guestbook import choices
from appliance.visits.rules import VisitCard, VisitState
from web.addresses import phone_url
from web.context import services, visit_or_404
from web.forms import Form
from web.kiosk import is_kiosk
from web.language import language
from web.privacy_words import rights_of
from web.render import is_fragment, page, see_other, unchanged
from web.version import house_version

blueprint = Blueprint("visits", __name__)
MINUTE_MS = 60_000


@blueprint.get("/visits/<token>")
def show(token: str) -> Response:
    visit = visit_or_404(token)
    # Every minute, because of the promise clock.
    version = house_version(clock_ms=MINUTE_MS)
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    return page(
        "visits/kiosk.html" if is_kiosk() else "visits/page.html",
        "visits/_visit.html",
        version=version,
        **ticket_of(visit),
        **_mine(visit),
    )


@blueprint.post("/visits/<token>/cancel")
def cancel(token: str) -> Response:
    """Give up the place in the queue."""
    visit = visit_or_404(token)
    try:
        services().visits.close(visit.id, by=Actor.visitor(visit.uuid), state=VisitState.CANCELLED)
    except Refused:
        if services().visits.by_id(visit.id).state is not VisitState.CANCELLED:
            raise  # else a second tap
    flash(gettext("Antrean Anda dibatalkan."), "success")
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/visits/<token>/data")
def data(token: str) -> Response:
    """What is stored about the visitor, in words."""
    visit = visit_or_404(token)
    person = services().guestbook.person(visit.id)
    return page(
        "visits/data.html",
        visit=visit,
        person=person,
        counted=_counted(visit),
        scans=services().documents.of_visit(visit.id),
        mails=services().mail.of_visit(visit.id),
        copies=services().copies.of_visit(visit.id),
        requests=services().requests.of_visit(visit.id),
        portal_state=services().portal_account.of_visit(visit.id),
        rated=services().publication_ratings.of_visit(visit.id),
        form=Form.blank(),
        printed_at=services().clock.now(),
        **rights_of(visit.id),
    )


def ticket_of(visit: VisitCard) -> dict[str, Any]:
    """What a ticket shows."""
    queue = services().visits.queue() if visit.state.is_waiting else ()
    ahead = next((entry.ahead for entry in queue if entry.visit.id == visit.id), 0)
    return {
        "visit": visit,
        "ahead": ahead,
        "barcode": barcode(CodeKind.TICKET, visit.code),
        "promise_s": visit.promise_minutes * 60,
        "phone_url": phone_url("visits.show", token=visit.token),
        "is_under_17": "age_band" not in visit.taken_over
        and visit.statistics.age_band == choices.UNDER_17,
    }


def _mine(visit: VisitCard) -> dict[str, Any]:
    """What the other features know of this visit: one line each, for their `_mine.html`."""
    is_leaving = visit.state is VisitState.LEAVING
    lockers = services().lockers.group.lockers(visit.id)
    return {
        "locker": lockers[0] if lockers else None,
        "lockers": lockers,
        "deposit": services().deposits.of_visit(visit.id),
        "checklist": services().checkout.checklist(visit.id) if is_leaving else None,
        "scans": services().documents.of_visit(visit.id),
        "scan_texts": services().scan_texts,
        "mail": services().mail,
        "mails": services().mail.of_visit(visit.id),
        "readings": services().reading.of_visit(visit.id),
        "rated": services().publication_ratings.of_visit(visit.id),
        "skd_is_open": services().skd.is_open_to(visit),
        "portal_account": services().portal_account,
        "portal_state": services().portal_account.of_visit(visit.id),
        "requests": services().requests.of_visit(visit.id),
        "copies": services().copies.of_visit(visit.id),
        "photocopies": services().photocopy.of_visit(visit.id),
    }


def _counted(visit: VisitCard) -> list[tuple[str, str]]:
    """What the visit is counted by: field and words of each answer."""
    counted, spoken = visit.statistics, language()
    found = []
    for name in choices.LISTS:
        if name in visit.taken_over:
            continue
        value = getattr(counted, name)
        words = choices.labels(name, (value,) if isinstance(value, str) else value, spoken)
        other = getattr(counted, f"{name.removesuffix('_category')}_other", "")
        if words:
            found.append((name, ", ".join([*words, other] if other else words)))
    if counted.data_wanted:
        found.append(("data_wanted", counted.data_wanted))
    return found
