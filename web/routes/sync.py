"""What waits for the portal, in plain words, and as a file."""

import tempfile

from flask import Blueprint, Response, send_file

from appliance.sync.export import MEDIA_TYPE
from web.context import services, settings
from web.render import page
from web.sessions import actor

blueprint = Blueprint("sync", __name__)


@blueprint.get("/staff/sync")
def show() -> Response:
    return page(
        "sync/page.html",
        "sync/_state.html",
        report=services().sync.report(),
        is_listening=services().health.is_listening("sync"),
        mail=services().mail,
        mail_report=services().mail.report(),
    )


@blueprint.post("/staff/sync/export")
def export() -> Response:
    """Every waiting event as one file. POST, because taking it out is written in the journal."""
    # Written whole before it is sent: a slow reader must hold a file, not a query.
    file = tempfile.TemporaryFile(dir=settings().data_dir)  # noqa: SIM115 - send_file closes it
    services().exports.to_stream(file, by=actor())
    file.seek(0)
    day = services().office.business_date(services().clock.now())
    return send_file(
        file,
        mimetype=MEDIA_TYPE,
        as_attachment=True,
        download_name=f"ruangbaca-{services().office.key}-{day.isoformat()}.json",
    )
