"""What waits for the portal, why, what is stuck, and what is carried there as a file."""

import tempfile
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, flash, request, send_file, url_for
from flask_babel import gettext, ngettext

from appliance.errors import N_, Invalid, Refused
from appliance.journal.words import action_word
from appliance.sync.export import MEDIA_TYPE, RECEIPT_LIMIT_BYTES, SIGNED_MEDIA_TYPE
from appliance.sync.fork import Fork
from web.context import services, settings
from web.forms import Form, text
from web.render import is_fragment, page, see_other, unchanged, with_errors
from web.sessions import actor
from web.sync_words import kind_words, settings_problem, stuck_word

blueprint = Blueprint("sync", __name__)


@blueprint.get("/staff/sync")
def show() -> Response:
    shown = _shown()
    if is_fragment() and (nothing_new := unchanged(shown["version"])):
        return nothing_new
    return page("sync/page.html", "sync/_state.html", form=Form.blank(), **shown)


@blueprint.post("/staff/sync/send")
def send() -> Response:
    services().portal.send_now(by=actor())
    flash(gettext("Pengiriman dimulai. Kemajuannya terlihat di sini."), "success")
    return see_other(url_for("sync.show"))


@blueprint.post("/staff/sync/enrol")
def enrol() -> Response:
    try:
        services().portal.enrol(text("code"), by=actor())
    except Invalid as invalid:
        return with_errors("sync/page.html", invalid.problems, **_shown())
    except Refused as refused:
        return with_errors("sync/page.html", {"code": refused.message}, **_shown())
    flash(gettext("Kode dikirim ke portal. Hasilnya terlihat di sini."), "success")
    return see_other(url_for("sync.show"))


@blueprint.post("/staff/sync/stuck/<int:stuck_id>")
def settle(stuck_id: int) -> Response:
    was_held = services().portal.settle(stuck_id, by=actor())
    done = gettext("Catatan itu akan dicoba lagi.") if was_held else gettext("Sudah ditandai.")
    flash(done, "success")
    return see_other(url_for("sync.show"))


@blueprint.post("/staff/sync/stuck/seen")
def settle_all() -> Response:
    services().portal.settle_all(by=actor())
    flash(gettext("Sudah ditandai."), "success")
    return see_other(url_for("sync.show"))


@blueprint.post("/staff/sync/forks/seen")
def forks_seen() -> Response:
    services().portal.forks_seen(by=actor())
    flash(gettext("Sudah ditandai."), "success")
    return see_other(url_for("sync.show"))


@blueprint.post("/staff/sync/export")
def export() -> Response:
    """Every waiting event as one file. POST, because taking it out is written in the journal."""
    carried = services().carried()
    is_signed = carried.can_sign
    # Written whole before it is sent: a slow reader must hold a file, not a query.
    file = tempfile.TemporaryFile(dir=settings().data_dir)  # noqa: SIM115 - send_file closes it
    (carried if is_signed else services().exports).to_stream(file, by=actor())
    file.seek(0)
    day = services().office.business_date(services().clock.now())
    ending = "jsonl" if is_signed else "json"
    return send_file(
        file,
        mimetype=SIGNED_MEDIA_TYPE if is_signed else MEDIA_TYPE,
        as_attachment=True,
        download_name=f"ruangbaca-{services().office.key}-{day.isoformat()}.{ending}",
    )


@blueprint.post("/staff/sync/receipt")
def receipt() -> Response:
    """The portal's answer to a file that was carried there."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return with_errors("sync/page.html", {"file": N_("Pilih berkasnya.")}, **_shown())
    content = file.stream.read(RECEIPT_LIMIT_BYTES + 1)
    try:
        taken = services().carried().take(content, by=actor())
    except Invalid as invalid:
        return with_errors("sync/page.html", invalid.problems, **_shown())
    done = ngettext(
        "%(num)s catatan sudah ada di portal.",
        "%(num)s catatan sudah ada di portal.",
        taken.delivered,
    )
    flash(done, "success")
    if taken.refused or taken.fork:
        flash(
            gettext("Sebagian berkas tidak diterima portal. Unduh berkas baru dan bawa lagi."),
            "warning",
        )
    return see_other(url_for("sync.show"))


def _fork_word(reason: str) -> str:
    """Why numbering began anew, in words."""
    if reason in (Fork.PORTAL_LOST, Fork.REWOUND):
        return gettext(
            "Portal kehilangan sebagian catatan, misalnya karena dipulihkan dari cadangan. Yang"
            " masih ada di sini dikirim lagi; sampaikan kepada pengelola portal."
        )
    return gettext(
        "Portal memiliki catatan yang tidak ada di sini: data peranti ini dipulihkan dari"
        " cadangan, atau kartu memorinya disalin dan dipakai di peranti lain."
    )


def _shown() -> dict[str, Any]:
    report, portal = services().sync.report(), services().portal.report()
    mail_report = services().mail.report()
    is_listening = services().health.is_listening("sync")
    seen = (report, portal, mail_report, is_listening)
    return {
        "report": report,
        "seals": services().office.notice.sealed,
        "portal": portal,
        "is_listening": is_listening,
        "catalogue": services().portal_catalogue.report(),
        "mail": services().mail,
        "mail_report": mail_report,
        "event_word": action_word,
        "fork_word": _fork_word,
        "kind_words": kind_words,
        "settings_problem": settings_problem,
        "stuck_word": stuck_word,
        "version": f"{crc32(repr(seen).encode()):08x}",
    }
