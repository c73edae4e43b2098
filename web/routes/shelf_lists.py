"""Shelf lists: a file tried, looked at, and taken; and the whole catalogue as a file."""

from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, Response, abort, flash, request, send_file, url_for
from flask_babel import gettext

from appliance.catalogue.export_file import Format
from appliance.catalogue.import_desk import MOST_BYTES
from appliance.errors import N_
from web.context import services
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor

blueprint = Blueprint("shelf_lists", __name__)
SHOWN_PROBLEMS = 100
_CONTENT_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.MARCXML: "application/marcxml+xml",
}


@blueprint.get("/staff/catalogue/import")
def show() -> Response:
    now = services().imports.now()
    if is_fragment() and (nothing_new := unchanged(now.version)):
        return nothing_new
    return page("shelf_lists/page.html", "shelf_lists/_state.html", form=Form.blank(), **_shown())


@blueprint.post("/staff/catalogue/import")
def check() -> Response:
    """Try a file: nothing is written, and what it would do is shown."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return with_errors("shelf_lists/page.html", {"file": N_("Pilih berkasnya.")}, **_shown())
    services().imports.check(file.stream, file.filename, by=actor())
    return see_other(url_for("shelf_lists.show"))


@blueprint.post("/staff/catalogue/import/take")
def take() -> Response:
    services().imports.take(seen=text("seen"), by=actor())
    return see_other(url_for("shelf_lists.show"))


@blueprint.post("/staff/catalogue/import/forget")
def forget() -> Response:
    services().imports.forget(seen=text("seen"))
    flash(gettext("Berkas itu tidak jadi dimasukkan."), "success")
    return see_other(url_for("shelf_lists.show"))


@blueprint.post("/staff/catalogue/export")
def export() -> Response:
    """A POST, because taking the catalogue out is written into the journal."""
    if text("format") not in list(Format):
        abort(404)
    form = Format(text("format"))
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    services().holdings.export(form, file, by=actor())
    file.seek(0)
    return send_file(
        file,
        mimetype=_CONTENT_TYPES[form],
        as_attachment=True,
        download_name=f"katalog-{services().office.domain}.{form}",
    )


def _shown() -> dict[str, Any]:
    return {
        "now": services().imports.now(),
        "most_bytes": MOST_BYTES,
        "shown_problems": SHOWN_PROBLEMS,
        "formats": Format,
    }
