"""The journal, read page by page, and the proof that nobody rewrote it."""

import threading

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from web.context import services
from web.render import page, see_other

blueprint = Blueprint("journal", __name__)
LINES_A_PAGE = 50
LARGEST_SEQ = 2**62
_one_check = threading.BoundedSemaphore(1)  # reading every line keeps a core busy for a while


@blueprint.get("/staff/journal")
def show() -> Response:
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < LARGEST_SEQ:
        before = None
    lines = services().journal.latest(LINES_A_PAGE + 1, before)
    older = lines[LINES_A_PAGE - 1].seq if len(lines) > LINES_A_PAGE else None
    return page(
        "journal/page.html",
        "journal/_lines.html",
        lines=lines[:LINES_A_PAGE],
        older=older,
        is_newest=before is None,
    )


@blueprint.post("/staff/journal/check")
def check() -> Response:
    if not _one_check.acquire(blocking=False):
        flash(gettext("Pemeriksaan lain sedang berjalan. Coba lagi sebentar lagi."), "warning")
        return see_other(url_for("journal.show"))
    try:
        broken_at = services().journal.first_broken_link()
    finally:
        _one_check.release()
    if broken_at is None:
        flash(gettext("Jurnal utuh: tidak ada baris yang diubah atau hilang."), "success")
    else:
        flash(
            gettext(
                "Jurnal putus pada baris %(number)s. Simpan cadangan dan hubungi admin.",
                number=broken_at,
            ),
            "danger",
        )
    return see_other(url_for("journal.show"))
