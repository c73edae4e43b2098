"""The room's screen: which number is called to which desk."""

from flask import Blueprint, Response, request

from web.context import services
from web.render import is_fragment, page, unchanged

blueprint = Blueprint("queue_display", __name__)


@blueprint.get("/kiosk/queue")
def show() -> Response:
    """Numbers and desks, never a name: the whole room reads it."""
    calls = services().calls.latest()
    version = "-".join(f"{call.id}{'w' if call.is_awaited else ''}" for call in calls)
    if is_fragment() and (nothing_new := unchanged(version)):
        return nothing_new
    awaited = [call for call in calls if call.is_awaited]
    return page(
        "desk/display.html",
        "desk/_display.html",
        newest=awaited[0] if awaited else None,
        others=awaited[1:],
        earlier=[call for call in calls if not call.is_awaited],
        version=version or "0",
        rings=is_fragment() and bool(calls) and calls[0].id > _newest_seen(),
    )


def _newest_seen() -> int:
    """The newest call that the screen shows already, by the version it asks with."""
    first = request.args.get("v", "").partition("-")[0].rstrip("w")
    return int(first) if first.isascii() and first.isdigit() and len(first) <= 12 else 0
