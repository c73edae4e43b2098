"""The catalogue of BPS as it is mirrored here: how far, what is wrong, what is always kept."""

from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext

from appliance.errors import ConfigError, NotFound, Refused
from web.context import services
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor

blueprint = Blueprint("mirror", __name__, url_prefix="/staff/sync/catalogue")


@blueprint.get("")
def show() -> Response:
    shown = _shown()
    if is_fragment() and (nothing_new := unchanged(shown["version"])):
        return nothing_new
    return page("mirror/page.html", "mirror/_state.html", form=Form.blank(), **shown)


@blueprint.post("/pull")
def pull() -> Response:
    try:
        services().mirror.ask(by=actor())
    except ConfigError as missing:  # sent from a page that was drawn while there was a source
        raise Refused(missing.message) from None
    flash(gettext("Katalog akan diperbarui sekarang. Kemajuannya terlihat di sini."), "success")
    return see_other(url_for("mirror.show"))


@blueprint.post("/pins")
def pin() -> Response:
    try:
        title = services().mirror.pin(text("code"), by=actor())
    except (NotFound, Refused) as problem:
        return with_errors("mirror/page.html", {"code": problem.message}, **_shown())
    flash(gettext("“%(title)s” selalu disimpan softcopy-nya.", title=title), "success")
    return see_other(url_for("mirror.show"))


@blueprint.post("/pins/<int:publication_id>/remove")
def unpin(publication_id: int) -> Response:
    services().mirror.unpin(publication_id, by=actor())
    flash(gettext("Softcopy itu kini disimpan hanya bila sering dipakai."), "success")
    return see_other(url_for("mirror.show"))


@blueprint.post("/<int:publication_id>/follow")
def follow(publication_id: int) -> Response:
    services().mirror.follow(publication_id, by=actor())
    flash(gettext("Isian itu mengikuti sumbernya pada pembaruan berikut."), "success")
    return see_other(url_for("mirror.show"))


def _shown() -> dict[str, Any]:
    report = services().mirror.report()
    return {"report": report, "version": f"{crc32(repr(report).encode()):08x}"}
