"""The catalogue: search and records for everybody, upkeep for staff."""

from collections import Counter
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.catalogue.areas import area_choice
from appliance.catalogue.rules import FIELDS, KINDS, QUERY_LIMIT, Kind, Order
from appliance.catalogue.search import Results
from appliance.catalogue.service import PublicationCard
from appliance.errors import Invalid
from web.context import services
from web.forms import Form, changed, idempotency_key, text
from web.render import is_fragment, page, see_other, with_errors
from web.routes.covers import lines_of
from web.routes.home import own_visit
from web.sessions import actor, current_staff

blueprint = Blueprint("catalogue", __name__)
LONGEST_NUMBER = 60  # of a barcode, an ISBN or an ISSN
LARGEST = 10_000  # no page or year that anybody means is larger


@blueprint.get("/catalogue")
def search() -> Response:
    return page("catalogue/page.html", "catalogue/_hits.html", **_search("catalogue.search"))


@blueprint.post("/catalogue/ask")
def ask() -> Response:
    """What was looked for in vain goes to the desk, for the visitor of this browser."""
    visit = own_visit()
    wanted = text("wanted")
    if visit is None:
        return see_other(url_for("guestbook.show"))
    try:
        services().catalogue_questions.ask(
            visit.id, wanted, by=Actor.visitor(visit.uuid), idempotency_key=idempotency_key()
        )
    except Invalid as invalid:
        flash(gettext(next(iter(invalid.problems.values()))), "warning")
    else:
        flash(gettext("Pertanyaan Anda sudah ada di meja petugas."), "success")
    return see_other(url_for("catalogue.search", q=wanted[:QUERY_LIMIT]))


@blueprint.get("/catalogue/<int:publication_id>")
def show(publication_id: int) -> Response:
    """The record; `?page=` is where somebody stopped reading it on the screen just now."""
    visit = own_visit()
    readings = services().reading.open_of_visit(visit.id) if visit else ()
    publication = services().catalogue.get(publication_id)
    is_table = publication.record.kind is Kind.STATIC_TABLE and not publication.is_withdrawn
    held = [copy for copy in services().holdings.of(publication_id) if copy.state.is_held]
    return page(
        "catalogue/record.html",
        publication=publication,
        visit=visit,
        is_reading=any(note.publication_id == publication_id for note in readings),
        kinds=KINDS,
        table=services().mirror.table(publication_id) if is_table else None,
        spreadsheet=services().mirror.spreadsheet(publication_id) if is_table else None,
        cover_version=services().covers.version(publication_id),
        cover_lines=lines_of(publication.title),
        copies=Counter((copy.shelf, copy.state) for copy in held),
        editions=services().editions.of(publication_id),
        counts=services().reading_tally.of(publication_id) if current_staff() else None,
        stopped_at=max(request.args.get("page", 0, type=int), 0),
        star_summary=services().publication_ratings.summary(publication_id),
        star_words=services().publication_ratings.words(publication_id) if current_staff() else (),
    )


@blueprint.get("/staff/catalogue")
def staff_list() -> Response:
    found = _search("catalogue.staff_list")
    return page("catalogue/staff.html", "catalogue/_hits.html", edit=True, **found)


@blueprint.get("/staff/catalogue/new")
def new() -> Response:
    # What a reader read and the catalogue did not know comes along.
    known = {name: request.args.get(name, "")[:LONGEST_NUMBER] for name in ("barcode", "issn")}
    form = Form.blank(kind=Kind.PUBLICATION, copies=1, **known)
    return page("catalogue/edit.html", form=form, publication=None, kinds=KINDS)


@blueprint.post("/staff/catalogue")
def add() -> Response:
    try:
        made = services().catalogue.add(_fields(), by=actor(), idempotency_key=idempotency_key())
    except Invalid as invalid:
        return with_errors("catalogue/edit.html", invalid.problems, publication=None, kinds=KINDS)
    flash(gettext("Publikasi ditambahkan ke katalog."), "success")
    return see_other(url_for("catalogue.edit", publication_id=made.id))


@blueprint.get("/staff/catalogue/<int:publication_id>")
def edit(publication_id: int) -> Response:
    found = services().catalogue.get(publication_id)
    return page("catalogue/edit.html", form=_filled(found), publication=found, kinds=KINDS)


@blueprint.post("/staff/catalogue/<int:publication_id>")
def change(publication_id: int) -> Response:
    found = services().catalogue.get(publication_id)
    try:
        services().catalogue.edit(publication_id, changed(FIELDS), by=actor())
    except Invalid as invalid:
        return with_errors("catalogue/edit.html", invalid.problems, publication=found, kinds=KINDS)
    flash(gettext("Perubahan tersimpan."), "success")
    return see_other(url_for("catalogue.edit", publication_id=publication_id))


@blueprint.post("/staff/catalogue/<int:publication_id>/withdraw")
def withdraw(publication_id: int) -> Response:
    back = text("back") == "1"
    services().catalogue.withdraw(publication_id, by=actor(), back=back)
    flash(
        gettext("Publikasi kembali ada di katalog.")
        if back
        else gettext("Publikasi ditarik dari katalog."),
        "success",
    )
    return see_other(url_for("catalogue.edit", publication_id=publication_id))


@blueprint.post("/staff/catalogue/questions/<int:question_id>/answered")
def answered(question_id: int) -> Response:
    services().catalogue_questions.answered(question_id, by=actor())
    flash(gettext("Pertanyaan itu sudah dijawab."), "success")
    return see_other(url_for("desk.show"))


def _search(endpoint: str) -> dict[str, Any]:
    """What both search pages show; an absurd page or year is as good as none."""
    year = request.args.get("year", type=int)
    is_literal = request.args.get("literal") == "1"
    results: Results = services().catalogue.search(
        request.args.get("q", ""),
        request.args.get("type"),
        year if year and 0 < year < LARGEST else None,
        min(request.args.get("page", 1, type=int), LARGEST),
        subject=request.args.get("subject", "")[:QUERY_LIMIT],
        area=request.args.get("area", "")[:QUERY_LIMIT],
        order=request.args.get("sort", ""),
        typing=is_fragment(),  # Enter and the filters load the whole page
        literal=is_literal,
    )
    now = _asked(results)

    def address(**changes: Any) -> str:
        """This search with something changed; empty values are left out."""
        wanted = {"literal": "1" if is_literal else "", **now, **changes}
        return url_for(endpoint, **{key: value for key, value in wanted.items() if value})

    shown = {"results": results, "address": address, "kinds": KINDS}
    if not results.hits or results.left_out or results.is_partial:
        shown["visit"] = own_visit()
    return shown if is_fragment() else shown | _choices()


def _asked(results: Results) -> dict[str, Any]:
    """The search as it was understood, as its address says it."""
    return {
        "q": results.text,
        "type": results.filters.kind,
        "year": results.filters.year,
        "subject": results.filters.subject,
        "area": results.filters.area,
        "sort": results.order if results.order is Order.NEWEST else "",
    }


def _choices() -> dict[str, Any]:
    """What can be chosen from, which a fragment does not show again."""
    catalogue, office = services().catalogue, services().office
    areas = [area_choice(code, office.domain, office.district) for code in catalogue.areas()]
    return {"years": catalogue.years(), "subjects": catalogue.subjects(), "areas": areas}


def _fields() -> dict[str, str]:
    return {name: text(name) for name in FIELDS if name in request.form}


def _filled(card: PublicationCard) -> Form:
    values = {name: getattr(card.record, name) for name in FIELDS}
    return Form.blank(**{name: "" if value is None else value for name, value in values.items()})
