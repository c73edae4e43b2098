"""The covers of publications."""

from flask import Blueprint, Response, abort, request, send_file

from web.context import services
from web.security import let_browser_keep

blueprint = Blueprint("covers", __name__)
KEPT_FOR_S = 7 * 24 * 3600


@blueprint.get("/catalogue/<int:publication_id>/cover")
def show(publication_id: int) -> Response:
    """The picture that BPS has of it; with `?v=` a browser may keep it."""
    cover = services().mirror.cover(publication_id)
    if cover is None:
        abort(404)
    if request.args.get("v") == cover.version:
        let_browser_keep(KEPT_FOR_S)
    return send_file(cover.path, mimetype=cover.mimetype, etag=cover.version)
