"""The journal, looked through page by page, taken out, and proved not to be rewritten."""

import datetime as dt
import threading
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, request, send_file, url_for
from flask_babel import gettext

from appliance.journal.export import CONTENT_TYPES, Format
from appliance.journal.reading import APPLIANCE, VISITORS, Wanted
from appliance.journal.words import action_word, kind_word
from web.context import services
from web.forms import Form
from web.render import page, see_other
from web.sessions import actor

blueprint = Blueprint("journal", __name__)
LINES_A_PAGE = 50
LARGEST_SEQ = 2**62
LONGEST_WORD = 120
FILTERS = ("who", "kind", "subject", "since", "until")
_one_check = threading.BoundedSemaphore(1)  # reading every line keeps a core busy for a while


@blueprint.get("/staff/journal")
def show() -> Response:
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < LARGEST_SEQ:
        before = None
    lines = services().journal.page(_wanted(request.args), LINES_A_PAGE + 1, before)
    older = lines[LINES_A_PAGE - 1].seq if len(lines) > LINES_A_PAGE else None
    return page(
        "journal/page.html",
        "journal/_lines.html",
        lines=lines[:LINES_A_PAGE],
        older=older,
        is_newest=before is None,
        action_word=action_word,
        **_filters(),
    )


@blueprint.post("/staff/journal/export")
def export() -> Response:
    """The lines of these filters as a file; a POST, because it is written into the journal."""
    form = Format.CSV if request.form.get("format") == Format.CSV else Format.JSON_LINES
    made = services().journal_export.make(_wanted(request.form), form, by=actor())
    return send_file(
        made.file,
        mimetype=CONTENT_TYPES[form],
        as_attachment=True,
        download_name=f"jurnal-{_today().isoformat()}.{form}",
    )


@blueprint.post("/staff/journal/check")
def check() -> Response:
    if not _one_check.acquire(blocking=False):
        flash(gettext("Pemeriksaan lain sedang berjalan. Coba lagi sebentar lagi."), "warning")
        return see_other(url_for("journal.show"))
    try:
        proof = services().journal.prove()
    finally:
        _one_check.release()
    if proof.broken_at is None:
        told = gettext(
            "Jurnal utuh: %(lines)s baris, tidak ada yang diubah atau hilang.",
            lines=proof.head.seq,
        )
        flash(told, "success")
    else:
        flash(
            gettext(
                "Jurnal putus pada baris %(number)s. Simpan cadangan dan hubungi admin.",
                number=proof.broken_at,
            ),
            "danger",
        )
    return see_other(url_for("journal.show"))


def _filters() -> dict[str, Any]:
    """What the filters offer, and what they are set to."""
    chosen = {name: _word(request.args, name) for name in FILTERS}
    people = services().staff.people()
    return {
        "form": Form.blank(**chosen),
        "chosen": {name: value for name, value in chosen.items() if value},
        "people": [
            *((person.username, person.display_name) for person in people),
            (VISITORS, gettext("Pengunjung")),
            (APPLIANCE, gettext("Peranti")),
        ],
        "kinds": sorted(
            ((kind, gettext(kind_word(kind))) for kind in services().journal.kinds()),
            key=lambda pair: pair[1].lower(),
        ),
        "head": services().journal.head(),
    }


def _wanted(sent: Mapping[str, str]) -> Wanted:
    since, until = _date(_word(sent, "since")), _date(_word(sent, "until"))
    return Wanted(
        who=_word(sent, "who"),
        kind=_word(sent, "kind"),
        subject=_word(sent, "subject"),
        since=None if since is None else _midnight(since),
        until=None if until is None else _midnight(until + dt.timedelta(days=1)),
    )


def _word(sent: Mapping[str, str], name: str) -> str:
    return sent.get(name, "").strip()[:LONGEST_WORD]


def _date(text: str) -> dt.date | None:
    """A day that a form said; None for none, and for one that no clock shows."""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return date if 1970 <= date.year < 9999 else None


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time(), tzinfo=services().office.zone)


def _today() -> dt.date:
    return services().office.business_date(services().clock.now())
