"""Printed copies of a record: where each stands, how it is, and the label on it."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.catalogue.copy_rules import FIELDS, STATES
from appliance.errors import Invalid
from web.context import services
from web.forms import Form, changed, idempotency_key, text
from web.render import page, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("holdings", __name__)


@blueprint.get("/staff/catalogue/incomplete")
def incomplete() -> Response:
    """Books that were noted by their title alone."""
    return page("holdings/incomplete.html", cards=services().holdings.to_complete())


@blueprint.get("/staff/catalogue/<int:publication_id>/copies")
def copies(publication_id: int) -> Response:
    return page("holdings/copies.html", form=Form.blank(), **_shown(publication_id))


@blueprint.post("/staff/catalogue/<int:publication_id>/copies")
def add(publication_id: int) -> Response:
    values = {name: text(name) for name in FIELDS}
    try:
        made = services().holdings.add(
            publication_id, values, by=actor(), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        return with_errors("holdings/copies.html", invalid.problems, **_shown(publication_id))
    flash(gettext("Eksemplar %(barcode)s ditambahkan.", barcode=made.barcode), "success")
    return see_other(url_for("holdings.copies", publication_id=publication_id))


@blueprint.get("/staff/catalogue/copies/<int:copy_id>")
def change_form(copy_id: int) -> Response:
    copy = services().holdings.get(copy_id)
    form = Form.blank(**asdict(copy.values))
    return page("holdings/copy.html", form=form, copy=copy, states=STATES)


@blueprint.post("/staff/catalogue/copies/<int:copy_id>")
def change(copy_id: int) -> Response:
    copy = services().holdings.get(copy_id)
    try:
        services().holdings.change(copy_id, changed(FIELDS), by=actor())
    except Invalid as invalid:
        return with_errors("holdings/copy.html", invalid.problems, copy=copy, states=STATES)
    flash(gettext("Perubahan tersimpan."), "success")
    return see_other(url_for("holdings.copies", publication_id=copy.publication_id))


@blueprint.get("/staff/catalogue/<int:publication_id>/labels")
def labels(publication_id: int) -> Response:
    """Labels to print and to stick on the copies."""
    return page("holdings/labels.html", **_shown(publication_id))


def _shown(publication_id: int) -> dict[str, Any]:
    return {
        "publication": services().catalogue.get(publication_id),
        "copies": services().holdings.of(publication_id),
        "states": STATES,
    }
