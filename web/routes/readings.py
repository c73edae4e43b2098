"""Publications read in the room: noted by the visitor or by staff, given back to staff."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.catalogue.search import Hit
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.reading.service import ReadingNote
from appliance.visits.rules import VisitCard
from web.context import open_visit_or_404, services
from web.forms import Form, text
from web.render import page, safe_path, see_other, with_errors
from web.sessions import actor

blueprint = Blueprint("readings", __name__)
CHOICES = 6  # titles offered when the words fit several
NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """One publication off its shelf, and whose hands it is in."""

    note: ReadingNote
    visit: VisitCard


@blueprint.post("/visits/<token>/readings")
def note_own(token: str) -> Response:
    """The visitor says: I am reading this."""
    visit = open_visit_or_404(token)
    publication_id = request.form.get("publication_id", type=int)
    if publication_id is None:
        abort(404)
    services().reading.note(visit.id, publication_id=publication_id, by=Actor.visitor(visit.uuid))
    flash(gettext("Tercatat. Kembalikan ke petugas sebelum pulang."), "success")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.get("/staff/readings")
def index() -> Response:
    known = {name: request.args.get(name, "") for name in ("code", "book")}
    return page("reading/page.html", form=Form.blank(**known), **_rows())


@blueprint.post("/staff/readings")
def note() -> Response:
    """Note a reading: ticket and barcode; a title asks back which publication is meant."""
    code, book, choice = text("code"), text("book"), text("choice")
    problems: dict[str, str] = {}
    visit = _visit(code, problems)
    if not book:
        problems["book"] = N_("Pindai barcode buku, atau ketik judulnya.")
    if problems or visit is None:
        return with_errors("reading/page.html", problems, **_rows())
    named: dict[str, Any] | None
    if choice:
        named = {"title": book} if choice == NEW else {"publication_id": _number(choice)}
    else:
        named = _scanned(book, problems)
    if problems:
        return with_errors("reading/page.html", problems, **_rows())
    if named is None:
        hits = services().catalogue.search(book).hits[:CHOICES]
        asked = {"choice": N_("Pilih publikasi yang dibaca.")}
        return with_errors("reading/page.html", asked, choices=_choices(hits, book), **_rows())
    try:
        made = services().reading.note(visit.id, by=actor(), **named)
    except Invalid as invalid:
        return with_errors(
            "reading/page.html", {"book": next(iter(invalid.problems.values()))}, **_rows()
        )
    flash(
        gettext("%(title)s tercatat dibaca %(number)s.", title=made.title, number=visit.label),
        "success",
    )
    return see_other(safe_path(request.form.get("next"), url_for("readings.index", code=code)))


@blueprint.post("/staff/readings/<int:reading_id>/return")
def give_back(reading_id: int) -> Response:
    back = services().reading.give_back(reading_id, by=actor())
    flash(gettext("%(title)s sudah kembali.", title=back.title), "success")
    return see_other(url_for("readings.index"))


def _visit(code: str, problems: dict[str, str]) -> VisitCard | None:
    if not code:
        problems["code"] = N_("Pindai tiket, atau ketik kode kunjungan.")
        return None
    try:
        return services().visits.by_code(code)
    except NotFound:
        problems["code"] = N_("Kode tidak ditemukan di antara kunjungan yang masih terbuka.")
        return None


def _scanned(book: str, problems: dict[str, str]) -> dict[str, Any] | None:
    """The publication behind a barcode; None when the text is none, so that it is a title."""
    try:
        return {"publication_id": services().catalogue.by_barcode(book).id}
    except NotFound:
        return None
    except Refused as refused:
        problems["book"] = refused.message
        return None


def _choices(hits: tuple[Hit, ...], book: str) -> list[tuple[str, str]]:
    found = [(str(hit.id), f"{hit.title} · {hit.holding.shelf or '–'}") for hit in hits]
    return [*found, (NEW, gettext("Belum terkatalog: catat sebagai “%(title)s”", title=book))]


def _number(choice: str) -> int:
    if not (choice.isascii() and choice.isdigit() and len(choice) < 10):
        abort(404)
    return int(choice)


def _rows() -> dict[str, Any]:
    notes = services().reading.open_notes()
    visits = services().visits.by_ids(note.visit_id for note in notes)
    return {"rows": [Row(note, visits[note.visit_id]) for note in notes]}
