"""The covers of publications."""

import textwrap

from flask import Blueprint, Response, make_response, render_template, request

from appliance.errors import Unavailable
from web.context import services
from web.kept_pictures import KEPT_FOR_S
from web.security import let_browser_keep

blueprint = Blueprint("covers", __name__)
LINE_CHARS, MOST_LINES = 16, 7


@blueprint.get("/catalogue/<int:publication_id>/read/cover")
def show(publication_id: int) -> Response:
    """The cover, or one drawn with the title: never a broken picture.

    With the right `?v=` a browser may keep it.
    """
    title = services().catalogue.get(publication_id).title
    try:
        cover = services().covers.cover(publication_id)
    except Unavailable:
        cover = None
    if cover is None:
        response = make_response(render_template("covers/drawn.svg", lines=lines_of(title)))
        response.content_type = "image/svg+xml"
        return response
    response = make_response(cover.data)
    response.content_type = cover.mimetype
    if request.args.get("v") == cover.version:
        let_browser_keep(KEPT_FOR_S)
    return response


def lines_of(title: str) -> list[str]:
    """The title as it is written on a cover that has to be drawn."""
    return textwrap.wrap(title, LINE_CHARS, max_lines=MOST_LINES, placeholder=" …")
