"""Finished scans sent by e-mail: asked for by the visitor or at the desk, cancelled, hurried."""

from typing import Any

from flask import Blueprint, Response, abort, flash, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.documents.views import JobView
from appliance.errors import Invalid, Refused
from appliance.mail.views import MailKind, Parcel
from appliance.visits.rules import VisitCard
from web.context import services, visit_or_404
from web.forms import Form, idempotency_key, text
from web.language import language
from web.limits import Allowance, count_miss, counting_misses, refuse_guessers
from web.render import page, see_other, tell_refused, with_errors
from web.routes.scans import SCAN_LINK
from web.sessions import actor

blueprint = Blueprint("mail", __name__)
ASKED = "mail"
ALLOWED = Allowance(per_browser=10, per_address=60)


@blueprint.get("/visits/<token>/scans/<uuid>/mail")
def show(token: str, uuid: str) -> Response:
    """One field, and what is done with the address."""
    visit = _visit(token)
    return page("mail/page.html", form=Form.blank(email=visit.said_email), **_about(visit, uuid))


@blueprint.post("/visits/<token>/scans/<uuid>/mail")
def ask(token: str, uuid: str) -> Response:
    visit = _visit(token)
    refuse_guessers(ASKED, ALLOWED)
    count_miss(ASKED, ALLOWED)
    back = url_for("visits.show", token=token)
    return _ask("mail/page.html", visit, uuid, Actor.visitor(visit.uuid), back)


@blueprint.post("/visits/<token>/mail/<uuid>/cancel")
def cancel(token: str, uuid: str) -> Response:
    visit = _visit(token)
    _cancel(visit, uuid, Actor.visitor(visit.uuid))
    return see_other(url_for("visits.show", token=token))


@blueprint.get("/staff/visits/<int:visit_id>/scans/<uuid>/mail")
def show_at_desk(visit_id: int, uuid: str) -> Response:
    visit = services().archive.read(visit_id, by=actor())
    return page("mail/desk.html", form=Form.blank(email=visit.said_email), **_about(visit, uuid))


@blueprint.post("/staff/visits/<int:visit_id>/scans/<uuid>/mail")
def ask_at_desk(visit_id: int, uuid: str) -> Response:
    """For a visitor who stands there and says the address."""
    visit = services().visits.by_id(visit_id)
    back = url_for("staff_visits.visit", visit_id=visit_id)
    return _ask("mail/desk.html", visit, uuid, actor(), back)


@blueprint.post("/staff/visits/<int:visit_id>/mail/<uuid>/cancel")
def cancel_at_desk(visit_id: int, uuid: str) -> Response:
    _cancel(services().visits.by_id(visit_id), uuid, actor())
    return see_other(url_for("staff_visits.visit", visit_id=visit_id))


@blueprint.post("/staff/sync/mail")
def send_now() -> Response:
    """Do not wait for the next try."""
    if services().mail.send_now(by=actor()):
        flash(gettext("Email yang menunggu dicoba dikirim sekarang."), "success")
    else:
        flash(gettext("Proses sinkronisasi tidak menjawab; email tetap menunggu."), "warning")
    return see_other(url_for("sync.show"))


def _ask(template: str, visit: VisitCard, uuid: str, by: Actor, back: str) -> Response:
    about = _about(visit, uuid)
    try:
        services().mail.ask(
            _parcel(visit, about["job"]),
            text("email"),
            visit_id=visit.id,
            by=by,
            language=language(),
            idempotency_key=idempotency_key(),
        )
    except Invalid as invalid:
        return with_errors(template, dict(invalid.problems), **about)
    except Refused as refused:
        tell_refused(refused)
        return see_other(back)
    flash(gettext("Email menunggu dikirim. Berkas dikirim saat kantor tersambung."), "success")
    return see_other(back)


def _parcel(visit: VisitCard, job: JobView) -> Parcel:
    found = [services().scan_files.pdf_file(visit.id, job.uuid, one.part) for one in job.files]
    files = tuple((file.path, file.download_name) for file in found)
    return Parcel(MailKind.SCAN, job.uuid, files, pages=sum(file.page_count for file in found))


def _about(visit: VisitCard, uuid: str) -> dict[str, Any]:
    """404, unless the job is this visit's and finished."""
    job = services().documents.job(uuid, visit_id=visit.id)
    if not job.is_ready or not job.files:
        abort(404)
    return {"visit": visit, "job": job, "mail": services().mail}


def _cancel(visit: VisitCard, uuid: str, by: Actor) -> None:
    ended = services().mail.cancel(uuid, by=by, visit_id=visit.id)
    if ended.is_pending:
        flash(gettext("Email itu sedang dikirim; mungkin tidak bisa ditarik lagi."), "warning")
    else:
        flash(gettext("Email itu tidak jadi dikirim."), "success")


def _visit(token: str) -> VisitCard:
    with counting_misses(SCAN_LINK):
        return visit_or_404(token)
