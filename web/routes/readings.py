"""Publications read in the room: noted by the visitor or by staff, given back to staff."""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.catalogue.copy_rules import Copy
from appliance.catalogue.holdings import Match
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.reading.rules import NOT_AWAY, TAKEN, ReadingNote, UnclearError
from appliance.visits.rules import VisitCard
from web.context import open_visit_or_404, services
from web.forms import Form, idempotency_key, text, whole
from web.render import is_fragment, page, safe_path, see_other, unchanged, with_errors
from web.sessions import actor

blueprint = Blueprint("readings", __name__)
CHOICES = 6  # titles offered when the words fit several
NEW = "new"
COPY = "copy:"
BACK = "back:"


@dataclass(frozen=True, slots=True)
class Row:
    """One publication off its shelf, and whose hands it is in."""

    note: ReadingNote
    visit: VisitCard
    is_incomplete: bool


class AskedError(Exception):
    """Raised when a person must say which book is meant."""

    def __init__(self, choices: list[tuple[str, str]], *, wants_title: bool = False) -> None:
        super().__init__()
        self.choices = choices
        self.wants_title = wants_title


@blueprint.post("/visits/<token>/readings")
def note_own(token: str) -> Response:
    """The visitor says: I am reading this."""
    visit = open_visit_or_404(token)
    publication_id = whole("publication_id")
    if publication_id is None:
        abort(404)
    services().reading.note(visit.id, publication_id=publication_id, by=Actor.visitor(visit.uuid))
    flash(gettext("Tercatat. Kembalikan ke petugas sebelum pulang."), "success")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.get("/staff/readings")
def index() -> Response:
    """Books on tables; alone, for its poll."""
    shown = _rows()
    if is_fragment() and (nothing_new := unchanged(shown["version"])):
        return nothing_new
    known = {"code": _code_of_visit(), "book": request.args.get("book", "")}
    return page("reading/page.html", "reading/_tables.html", form=Form.blank(**known), **shown)


@blueprint.post("/staff/readings")
def note() -> Response:
    """A scanned or typed book: back on its shelf without a ticket, noted with one."""
    code, book = text("code"), text("book")
    problems: dict[str, str] = {}
    if not book:
        problems["book"] = N_("Pindai barcode buku, atau ketik judulnya.")
    visit = _visit(code, problems) if code else None
    if problems:
        return with_errors("reading/page.html", problems, **_rows())
    try:
        said = _back(book) if visit is None else _noted(book, visit)
    except AskedError as asked:
        return _ask(asked)
    except Invalid as invalid:
        name = "title" if set(invalid.problems) == {"title"} and text("title") else "book"
        return with_errors(
            "reading/page.html", {name: next(iter(invalid.problems.values()))}, **_rows()
        )
    except Refused as refused:
        if refused.message == NOT_AWAY:
            return with_errors("reading/page.html", {"code": NOT_AWAY}, **_rows())
        return with_errors("reading/page.html", {"book": _refusal(refused, book)}, **_rows())
    flash(said, "success")
    here = url_for("readings.index", visit=visit.id if visit else None)
    return see_other(safe_path(request.form.get("next"), here))


@blueprint.post("/staff/readings/<int:reading_id>/return")
def give_back(reading_id: int) -> Response:
    back = services().reading.give_back(reading_id, by=actor())
    services().checkout.settle(back.visit_id, by=actor())
    flash(gettext("%(title)s sudah kembali.", title=back.title), "success")
    return see_other(url_for("readings.index"))


def _code_of_visit() -> str:
    """The ticket that the next book is for, so that nobody types it again.

    The address has the number of the visit only: a code in it would stay in the browser.
    """
    visit_id = whole("visit")
    if visit_id is None:
        return ""
    visit = services().visits.by_id(visit_id)
    return visit.code if visit.is_open else ""


def _visit(code: str, problems: dict[str, str]) -> VisitCard | None:
    try:
        return services().visits.by_code(code)
    except NotFound:
        problems["code"] = N_("Kode tidak ditemukan di antara kunjungan yang masih terbuka.")
        return None


def _back(book: str) -> str:
    """Take the book back that was scanned without a ticket; what to say of it."""
    choice = _choice(book)
    chosen = _number(choice.removeprefix(BACK)) if choice.startswith(BACK) else None
    try:
        back = services().reading.bring_back(book, copy_id=chosen, by=actor())
    except UnclearError as unclear:
        copies = unclear.copies
        raise AskedError([(f"{BACK}{copy.id}", _back_word(copy)) for copy in copies]) from None
    for visit_id in back.visit_ids:
        services().checkout.settle(visit_id, by=actor())
    title, shelf = back.copy.title, back.copy.shelf or "–"
    return gettext("%(title)s kembali ke rak %(shelf)s.", title=title, shelf=shelf)


def _noted(book: str, visit: VisitCard) -> str:
    """Note the book for the visit whose ticket was scanned; what to say of it."""
    made = services().reading.note(visit.id, by=actor(), **_meant(book))
    return gettext("%(title)s tercatat dibaca %(number)s.", title=made.title, number=visit.label)


def _meant(book: str) -> dict[str, Any]:
    """How the book is named to the service; raises AskedError when a person must choose."""
    choice = _choice(book)
    if choice == NEW:
        return {"copy_id": _quick_add(book).id}
    if choice.startswith(COPY):
        return {"copy_id": _number(choice.removeprefix(COPY))}
    if choice and not choice.startswith(BACK):  # which was asked before there was a ticket
        return {"publication_id": _number(choice)}
    match = services().holdings.find(book)
    if match.publication is None:
        raise _which_title(match, book)
    free = match.whose.free
    if match.whose.named is None and len(free) > 1:
        raise AskedError([(f"{COPY}{copy.id}", _copy_word(copy)) for copy in free])
    return {"barcode": book}


def _choice(book: str) -> str:
    """What a person chose for this book; empty where they were asked about another one."""
    return text("choice") if text("asked") in ("", book) else ""


def _refusal(refused: Refused, book: str) -> str:
    """What to say at the desk, where it may be known who has the book."""
    if refused.message != TAKEN:
        return refused.message
    choice = _choice(book)
    if choice.startswith(COPY):
        named = services().holdings.of_copy(_number(choice.removeprefix(COPY))).whose.named
    else:
        named = services().holdings.find(book).whose.named
    if named is None or named.reading_id is None:
        return refused.message
    visit_id = services().reading.get(named.reading_id).visit_id
    return gettext(
        "Buku ini tercatat dibaca %(number)s. Catat dahulu bahwa sudah kembali.",
        number=services().visits.by_id(visit_id).label,
    )


def _which_title(match: Match, book: str) -> AskedError:
    if match.is_series:
        return AskedError([(str(card.id), card.title) for card in match.publications])
    is_code = _is_code(book)
    hits = () if is_code else services().catalogue.search(book).hits[:CHOICES]
    found = [(str(hit.id), f"{hit.title} · {hit.holding.shelf or '–'}") for hit in hits]
    new = (
        gettext("Belum terkatalog: tulis judulnya di bawah ini")
        if is_code
        else gettext("Belum terkatalog: catat sebagai “%(title)s”", title=book)
    )
    return AskedError([*found, (NEW, new)], wants_title=is_code)


def _quick_add(book: str) -> Copy:
    is_code = _is_code(book)
    title = text("title") if is_code else book
    if not title:
        raise AskedError(
            [(NEW, gettext("Belum terkatalog: tulis judulnya di bawah ini"))], wants_title=True
        )
    code = book if is_code else ""
    return services().holdings.quick_add(
        title, code=code, by=actor(), idempotency_key=idempotency_key()
    )


def _ask(asked: AskedError) -> Response:
    """The same form with what a person has to say."""
    problems = {"choice": N_("Pilih publikasi yang dimaksud.")}
    if asked.wants_title and text("choice") == NEW:
        problems = {"title": N_("Tulis judul bukunya.")}
    return with_errors(
        "reading/page.html",
        problems,
        choices=asked.choices,
        wants_title=asked.wants_title,
        **_rows(),
    )


def _is_code(book: str) -> bool:
    return " " not in book and any(letter.isdigit() for letter in book)


def _copy_word(copy: Copy) -> str:
    told = (copy.barcode, copy.inventory_number, gettext("rak %(shelf)s", shelf=copy.shelf or "–"))
    return " · ".join(filter(None, told))


def _back_word(copy: Copy) -> str:
    return gettext("Kembali: %(copy)s", copy=_copy_word(copy))


def _number(choice: str) -> int:
    if not (choice.isascii() and choice.isdigit() and len(choice) < 10):
        abort(404)
    return int(choice)


def _rows() -> dict[str, Any]:
    notes = services().reading.open_notes()
    visits = services().visits.by_ids(note.visit_id for note in notes)
    titles_only = services().holdings.ids_to_complete()
    rows = [
        Row(
            note,
            visits[note.visit_id],
            note.publication_id is None or note.publication_id in titles_only,
        )
        for note in notes
    ]
    told = [(row.note, row.visit.is_open, row.visit.label) for row in rows]
    return {
        "rows": rows,
        "version": f"{crc32(repr(told).encode()):x}",
        "incomplete": len(titles_only),
    }
