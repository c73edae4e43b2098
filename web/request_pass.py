"""The address of a softcopy request's page, for the browser whose user has shown its code.

Whoever has the code has the file, so the code itself stands in no address. What does is of no use
in another browser, after a quarter of an hour, or after the device was started anew; every page
has a fresh one.
"""

from flask import current_app, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer

from web.context import services

LASTS_MS = 15 * 60 * 1000
LONGEST = 512
_PARTS = 4


def pass_of(request_id: int) -> str:
    """What stands in the address for this request."""
    now = services().clock.stamp()
    return str(_serializer().dumps([request_id, _browser(), now.boot_id, now.boot_ms]))


def request_of(shown: str) -> int | None:
    """The id of the request that this browser may see by this address; None without a good one."""
    if len(shown) > LONGEST:
        return None
    try:
        told = _serializer().loads(shown)
    except BadSignature:
        return None
    if not isinstance(told, list) or len(told) != _PARTS:
        return None
    request_id, browser, boot_id, boot_ms = told
    now = services().clock.stamp()
    is_fresh = boot_id == now.boot_id and 0 <= now.boot_ms - boot_ms <= LASTS_MS
    return int(request_id) if is_fresh and browser == _browser() else None


def _browser() -> str:
    generate_csrf()  # a browser that has sent no form yet is told apart by it, too
    return str(session["csrf_token"])


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or b"", salt="softcopy-request")
