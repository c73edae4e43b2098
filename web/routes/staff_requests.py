"""Softcopy requests at the desk: who waits for what, and every way to answer."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.requests import choices
from appliance.requests.file_types import EMPTY, MOST_BYTES
from appliance.requests.rules import REASONS, RequestState, waits_days
from appliance.requests.views import SoftcopyRequest
from appliance.watermarks.rules import sentence
from web.context import services
from web.forms import Form, text
from web.render import page, see_other, with_errors
from web.routes.requests import answered_with
from web.sessions import actor
from web.uploads import kept

blueprint = Blueprint("staff_requests", __name__)
LISTS = ("unanswered", "ready", "ended")


@blueprint.get("/staff/requests")
def index() -> Response:
    """The requests of one list, which `?show=` names."""
    shown = request.args.get("show", "")
    shown = shown if shown in LISTS else LISTS[0]
    requests, now = services().requests, services().clock.stamp()
    made: tuple[SoftcopyRequest, ...] = getattr(requests, shown)()
    visits = services().visits.by_ids(one.visit_id for one in made)
    return page(
        "requests/inbox.html",
        shown=shown,
        rows=[(one, visits[one.visit_id], waits_days(one.created_at, now)) for one in made],
        waiting_count=requests.waiting(),
        ready_count=requests.waiting_to_be_fetched(),
    )


@blueprint.get("/staff/requests/<int:request_id>")
def show(request_id: int) -> Response:
    return page("requests/desk.html", form=Form.blank(), **_about(request_id))


@blueprint.post("/staff/requests/<int:request_id>/take")
def take(request_id: int) -> Response:
    services().requests.take(request_id, seen=text("seen"), by=actor())
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/waiting")
def wait(request_id: int) -> Response:
    services().requests.wait_for_line(request_id, by=actor())
    flash(gettext("Ditandai menunggu jaringan; pengunjung melihatnya."), "success")
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/sent")
def sent(request_id: int) -> Response:
    services().requests.pass_on(request_id, by=actor())
    flash(gettext("Ditandai sudah diteruskan; pengunjung melihatnya."), "success")
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/delivered")
def delivered(request_id: int) -> Response:
    services().requests.deliver(request_id, by=actor())
    flash(gettext("Ditandai sudah diterima pengunjung."), "success")
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/answer")
def answer(request_id: int) -> Response:
    """Answered in words, which the visitor reads."""
    try:
        services().requests.answer(request_id, text("answer"), by=actor())
    except Invalid as invalid:
        problems = {"answer": invalid.problems["note"]}
        return with_errors("requests/desk.html", problems, **_about(request_id))
    flash(gettext("Jawaban tersimpan; pengunjung membacanya dengan kodenya."), "success")
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/refuse")
def refuse(request_id: int) -> Response:
    """Refused with a reason, which the visitor reads."""
    try:
        services().requests.refuse(request_id, text("reason"), text("note"), by=actor())
    except Invalid as invalid:
        return with_errors("requests/desk.html", invalid.problems, **_about(request_id))
    flash(gettext("Permintaan ditolak; alasannya tampil di halaman pengunjung."), "success")
    return _back(request_id)


@blueprint.post("/staff/requests/<int:request_id>/file")
def add_file(request_id: int) -> Response:
    """Answer with a file of the officer's; see web/uploads.py."""
    file = kept(request, "file")
    try:
        if file is None:
            raise Invalid({"file": EMPTY})
        made = services().answer_files.add(request_id, file, by=actor())
    except Invalid as invalid:
        return with_errors("requests/desk.html", invalid.problems, **_about(request_id))
    return _added(made)


@blueprint.post("/staff/requests/<int:request_id>/softcopy")
def add_softcopy(request_id: int) -> Response:
    """Answer with the softcopy of the publication, which lies on this appliance."""
    return _added(services().answer_files.add_softcopy(request_id, by=actor()))


@blueprint.post("/staff/requests/<int:request_id>/file/release")
def release_file(request_id: int) -> Response:
    """Hand out without a mark what cannot be marked."""
    return _added(services().answer_files.release(request_id, by=actor()))


@blueprint.post("/staff/requests/<int:request_id>/file/remove")
def take_back_file(request_id: int) -> Response:
    services().answer_files.take_back(request_id, by=actor())
    flash(gettext("Berkas dihapus; permintaan menunggu lagi."), "success")
    return _back(request_id)


@blueprint.get("/staff/requests/<int:request_id>/file")
def file(request_id: int) -> Response:
    """What the visitor will get, for the officer to look at."""
    return answered_with(services().answer_files.file_of(request_id))


@blueprint.post("/staff/requests/<int:request_id>/mail")
def mail(request_id: int) -> Response:
    """Send the file to the address of the request, when the office is connected."""
    services().answer_mail.send(request_id, by=actor())
    flash(gettext("Berkas dikirim ke email saat kantor tersambung ke Internet."), "success")
    return _back(request_id)


def _added(made: SoftcopyRequest) -> Response:
    if made.state == RequestState.READY:
        flash(gettext("Berkas siap diambil pengunjung dengan kodenya."), "success")
    else:
        flash(gettext("Berkas diterima dan sedang diberi tanda salinan."), "success")
    return _back(made.id)


def _back(request_id: int) -> Response:
    return see_other(url_for("staff_requests.show", request_id=request_id))


def _about(request_id: int) -> dict[str, Any]:
    made = services().requests.look_at(request_id, by=actor())
    publication, file = None, services().answer_files.of(request_id)
    if made.publication_id is not None:
        publication = services().catalogue.get(made.publication_id)
    return {
        "made": made,
        "file": file,
        "may_mail": services().answer_mail.may_send(made, file),
        "mailed": services().answer_mail.of(made),
        "problem_said": sentence(file.problem or None) if file else "",
        "visit": services().visits.by_id(made.visit_id),
        "publication": publication,
        "waits_days": waits_days(made.created_at, services().clock.stamp()),
        "reasons": [(code, gettext(said)) for code, said in REASONS.items()],
        "coded": _coded(made),
        "most_bytes": MOST_BYTES,
        "me": actor().name,
    }


def _coded(made: SoftcopyRequest) -> list[tuple[str, Any]]:
    """What described data was coded by: field and choice of each that was chosen."""
    return [
        (name, choice)
        for name, listed in choices.CODED.items()
        for choice in listed
        if choice.code == getattr(made, name)
    ]
