"""Data that got out: the list with its 72 hours, what is known, and the pack to tell people by."""

import datetime as dt
import threading
from typing import Any

from flask import Blueprint, Response, flash, request, send_file, url_for
from flask_babel import gettext

from appliance.errors import Invalid
from appliance.privacy.affected import Affected
from appliance.privacy.breaches import SCOPES, TOLD, Breach
from appliance.privacy.register import CATEGORIES
from appliance.staff.throttle import TooManyTries
from web import sessions
from web.context import services
from web.forms import Form, text
from web.gate import may_open
from web.render import page, see_other, with_errors
from web.routes.staff_login import must_wait
from web.sessions import actor
from web.staff_screen import screen

blueprint = Blueprint("breaches", __name__)
PAGE, FORM = "privacy/breach.html", "privacy/breach_form.html"
_one_pack = threading.BoundedSemaphore(1)  # reading the whole journal keeps a core busy


@blueprint.get("/staff/privacy/breaches")
def index() -> Response:
    return page("privacy/breaches.html", breaches=services().breaches.all())


@blueprint.get("/staff/privacy/breaches/new")
def new() -> Response:
    form = Form.blank(scope="kept", kinds=["identity"])
    return page(FORM, form=form, **_asked(url_for("breaches.note")))


@blueprint.post("/staff/privacy/breaches/new")
def note() -> Response:
    try:
        made = services().breaches.note(request.form.to_dict(flat=False), by=actor())
    except Invalid as invalid:
        return with_errors(FORM, dict(invalid.problems), **_asked(url_for("breaches.note")))
    return _on_to(made.uuid)


@blueprint.get("/staff/privacy/breaches/<uuid>")
def show(uuid: str) -> Response:
    return page(PAGE, form=Form.blank(), **_about(services().breaches.get(uuid)))


@blueprint.get("/staff/privacy/breaches/<uuid>/edit")
def edit(uuid: str) -> Response:
    breach = services().breaches.get(uuid)
    form = Form.blank(**services().breaches.as_form(breach))
    return page(FORM, form=form, breach=breach, **_asked(_change_url(uuid)))


@blueprint.post("/staff/privacy/breaches/<uuid>/edit")
def change(uuid: str) -> Response:
    breach = services().breaches.get(uuid)
    try:
        services().breaches.change(uuid, request.form.to_dict(flat=False), by=actor())
    except Invalid as invalid:
        problems = dict(invalid.problems)
        return with_errors(FORM, problems, breach=breach, **_asked(_change_url(uuid)))
    flash(gettext("Catatan insiden disimpan."), "success")
    return _on_to(uuid)


@blueprint.post("/staff/privacy/breaches/<uuid>/told")
def told(uuid: str) -> Response:
    """Note that people or authority were told."""
    services().breaches.told(uuid, text("whom"), by=actor())
    flash(gettext("Pemberitahuan dicatat."), "success")
    return _on_to(uuid)


@blueprint.post("/staff/privacy/breaches/<uuid>/pack")
def pack(uuid: str) -> Response:
    """The archive of an incident, for an admin who says the password once more."""
    breach = services().breaches.get(uuid)
    try:
        password = request.form.get("password", "")
        services().staff.check_password(actor().name, password, client=screen().client)
    except Invalid as invalid:
        return with_errors(PAGE, dict(invalid.problems), **_about(breach))
    except TooManyTries as wait:
        return must_wait(PAGE, wait, "password", **_about(breach))
    if not _one_pack.acquire(blocking=False):
        flash(gettext("Paket lain sedang dibuat. Coba lagi sebentar lagi."), "warning")
        return _on_to(uuid)
    try:
        contacts = text("contacts") == "1"
        made = services().breach_packs.make(uuid, contacts=contacts, by=actor())
    finally:
        _one_pack.release()
    name = f"paket-insiden-{breach.number}.zip".lower()
    return send_file(made, mimetype="application/zip", as_attachment=True, download_name=name)


@blueprint.app_template_global()
def breach_due_at() -> dt.datetime | None:
    """By when somebody must be told of an incident; None when nobody, and for all but admins."""
    session = sessions.current_staff()
    if session is None or session.by_pin or not may_open("breaches.index"):
        return None
    return services().breaches.next_due()


def _about(breach: Breach) -> dict[str, Any]:
    return {
        "breach": breach,
        "counts": Affected(breach).counts(),
        "categories": CATEGORIES,
        "scopes": SCOPES,
        "recipients": tuple(TOLD),
    }


def _asked(action: str) -> dict[str, Any]:
    return {
        "action": action,
        "kinds": [(code, gettext(one.title)) for code, one in CATEGORIES.items()],
        "scopes": [(code, gettext(words)) for code, words in SCOPES.items()],
    }


def _change_url(uuid: str) -> str:
    return url_for("breaches.change", uuid=uuid)


def _on_to(uuid: str) -> Response:
    return see_other(url_for("breaches.show", uuid=uuid))
