"""A publication read on the screen, page by page, as pictures that the appliance makes."""

import textwrap

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext

from appliance.errors import NotFound, RuangBacaError, Unavailable
from appliance.page_images.rules import Format, Size, nearest_page
from appliance.page_images.service import PageProblem
from web.context import services
from web.render import page
from web.security import let_browser_keep

blueprint = Blueprint("page_reader", __name__)
TYPES = {Format.WEBP: "image/webp", Format.JPEG: "image/jpeg"}
KEPT_FOR_S = 7 * 24 * 3600
LINE_CHARS = 40  # of a sentence that stands where a page should
RETRY_S = 5


@blueprint.get("/catalogue/<int:publication_id>/read")
def show(publication_id: int) -> Response:
    publication = services().catalogue.get(publication_id)
    try:
        book = services().page_images.book(publication_id)
    except NotFound as error:
        sorry = gettext(error.message, **error.values)
        template = "page_reader/page.html"
        return page(template, status=404, publication=publication, book=None, sorry=sorry)
    number = nearest_page(request.args.get("page", 1, type=int), book.pages)
    return page("page_reader/page.html", publication=publication, book=book, page_number=number)


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


def _in_words(error: RuangBacaError) -> Response:
    lines = textwrap.wrap(gettext(error.message, **error.values), LINE_CHARS)
    response = make_response(render_template("page_reader/problem.svg", lines=lines))
    response.content_type = "image/svg+xml"
    response.status_code = 503 if isinstance(error, Unavailable) else 404
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = str(RETRY_S)
    return response
