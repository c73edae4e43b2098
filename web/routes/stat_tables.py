"""Static tables of the catalogue, as files."""

from flask import Blueprint, Response, abort

from appliance.free_text import file_name
from appliance.requests.file_types import MIME, FileKind
from web.context import services
from web.downloads import sent

blueprint = Blueprint("stat_tables", __name__)
NOT_FOUND = 404


@blueprint.get("/catalogue/<int:publication_id>/table.xlsx")
def spreadsheet(publication_id: int) -> Response:
    """The table for a spreadsheet; parts of it, too."""
    publication = services().catalogue.get(publication_id)
    found = services().mirror.spreadsheet(publication_id)
    if found is None or publication.is_withdrawn:
        abort(NOT_FOUND)
    try:
        file = found.path.open("rb")
    except FileNotFoundError:  # given up this moment
        abort(NOT_FOUND)
    told = "-".join(filter(None, (services().office.domain, str(publication.record.year or ""))))
    name = file_name(publication.title, told, FileKind.XLSX)
    return sent(file, found.size_bytes, MIME[FileKind.XLSX], name, etag=found.sha256)
