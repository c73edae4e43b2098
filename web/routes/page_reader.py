"""A publication read on the screen, page by page, as pictures that the appliance makes."""

import textwrap
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask_babel import gettext

from appliance.errors import NotFound, RuangBacaError, Unavailable
from appliance.page_images.book import Book
from appliance.page_images.rules import ZOOMS, Format, Size, nearest_page, nearest_zoom
from appliance.page_images.service import PageProblem
from appliance.page_images.tally import Counts
from web.context import services
from web.kept_pages import page_shown
from web.kept_pictures import KEPT_FOR_S, TYPES
from web.render import page, see_other
from web.security import let_browser_keep

blueprint = Blueprint("page_reader", __name__)
LINE_CHARS = 40  # of a sentence that stands where a page should
RETRY_S = 5
LONGEST_TEXT = 200  # of what is typed to be found, or as the number of a page


@blueprint.get("/catalogue/<int:publication_id>/read")
def show(publication_id: int) -> Response:
    """One page; `?page=` counts them, `?to=` is a number as it is printed or typed."""
    publication = services().catalogue.get(publication_id)
    try:
        book = services().page_images.book(publication_id)
    except NotFound as error:
        sorry = gettext(error.message, **error.values)
        template = "page_reader/page.html"
        return page(template, status=404, publication=publication, book=None, sorry=sorry)
    number = nearest_page(request.args.get("page", 1, type=int), book.pages)
    if "to" in request.args:
        number = book.page_of(request.args["to"][:LONGEST_TEXT]) or number
        return see_other(_address(book, number) + "#sheet")
    _count(publication_id, page_shown(publication_id, request.headers.get("Referer", "")))
    return page(
        "page_reader/page.html",
        publication=publication,
        book=book,
        page_number=number,
        marks=services().book_search.marks(book, number, _wanted()),
        **_turning(book, number),
    )


@blueprint.get("/catalogue/<int:publication_id>/contents")
def contents(publication_id: int) -> Response:
    """The chapters, as the file lists them."""
    return page(
        "page_reader/contents.html",
        publication=services().catalogue.get(publication_id),
        book=services().page_images.book(publication_id),
        page_number=request.args.get("page", 1, type=int),
    )


@blueprint.get("/catalogue/<int:publication_id>/read/find")
def find(publication_id: int) -> Response:
    """The pages with some words on them; asked again, it has read further."""
    findings = services().book_search.find(publication_id, _wanted())
    if not (findings.query.is_empty or "v" in request.args):
        _count(publication_id, Counts(searches=1))
    return page(
        "page_reader/find.html",
        "page_reader/_findings.html",
        publication=services().catalogue.get(publication_id),
        book=services().page_images.book(publication_id),
        findings=findings,
        wanted=_wanted(),
        page_number=request.args.get("page", 1, type=int),
    )


@blueprint.get("/catalogue/<int:publication_id>/read/<int:number>-<size>.<format>")
def image(publication_id: int, number: int, size: str, format: str) -> Response:
    """The picture; where there is none, a picture of the sentence that says why."""
    if size not in list(Size) or format not in list(Format):
        abort(404)
    kind = Format(format)
    try:
        made = services().page_images.image(publication_id, number, Size(size), kind)
    except (PageProblem, Unavailable) as error:
        return _in_words(error)
    response = make_response(made.data)
    response.content_type = TYPES[kind]
    if request.args.get("v") == made.version:
        let_browser_keep(KEPT_FOR_S)
    return response


def _count(publication_id: int, counts: Counts) -> None:
    if request.method == "GET":  # HEAD shows nobody anything
        services().reading_tally.add(publication_id, counts)


def _turning(book: Book, number: int) -> dict[str, Any]:
    """Where the links of a page lead: to other pages, and to itself larger or smaller."""
    zoom = nearest_zoom(request.args.get("zoom", ZOOMS[0], type=int))
    place = ZOOMS.index(zoom)

    def address(page: int, zoom: int = zoom) -> str:
        return _address(book, page, zoom=zoom if zoom > ZOOMS[0] else None) + "#sheet"

    return {
        "zoom": zoom,
        "larger": address(number, ZOOMS[place + 1]) if zoom < ZOOMS[-1] else "",
        "smaller": address(number, ZOOMS[place - 1]) if place else "",
        "address": address,
        "wanted": _wanted(),
    }


def _address(book: Book, number: int, **more: int | None) -> str:
    """The address of a page, on which what was looked for stays marked."""
    known: dict[str, Any] = {"page": number, **more, "find": _wanted()}
    kept = {name: value for name, value in known.items() if value}
    return url_for("page_reader.show", publication_id=book.publication_id, **kept)


def _wanted() -> str:
    return request.args.get("find", "")[:LONGEST_TEXT]


def _in_words(error: RuangBacaError) -> Response:
    lines = textwrap.wrap(gettext(error.message, **error.values), LINE_CHARS)
    response = make_response(render_template("page_reader/problem.svg", lines=lines))
    response.content_type = "image/svg+xml"
    response.status_code = 503 if isinstance(error, Unavailable) else 404
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(RETRY_S)
    return response
