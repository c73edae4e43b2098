"""Who said on this screen to have been here before: a pass from one form to the next.

It stands in the form and nowhere else, so that a shared screen keeps nothing; it is of no use in
another browser, after a quarter of an hour, or after the device was started anew.
"""

from flask import current_app, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from appliance.errors import NotFound
from appliance.guestbook.visitors import KnownVisitor
from web.context import services

FIELD = "returning"
LASTS_MS = 15 * 60 * 1000
LONGEST = 512
_PARTS = 4


def pass_of(visitor: KnownVisitor) -> str:
    """What the next form carries for this person."""
    now = services().clock.stamp()
    return str(_serializer().dumps([visitor.uuid, _browser(), now.boot_id, now.boot_ms]))


def known_again() -> KnownVisitor | None:
    """The person whose pass the submitted form carries; None without a good one."""
    sent = request.form.get(FIELD, "")
    if not 0 < len(sent) <= LONGEST:
        return None
    try:
        told = _serializer().loads(sent)
    except BadSignature:
        return None
    if not isinstance(told, list) or len(told) != _PARTS:
        return None
    uuid, browser, boot_id, boot_ms = told
    now = services().clock.stamp()
    is_fresh = boot_id == now.boot_id and 0 <= now.boot_ms - boot_ms <= LASTS_MS
    if browser != _browser() or not is_fresh:
        return None
    try:
        return services().visitors.by_uuid(uuid)
    except NotFound:
        return None


def _browser() -> str:
    return str(session.get("csrf_token", ""))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or b"", salt="returning")
