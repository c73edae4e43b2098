"""Addresses that open something for one browser and for minutes only.

What a visit's link or a request's code opens must not stay in the history of a screen that others
use. What stands in the address instead is of no use in another browser, when its time is over, or
after the device was started anew; every page has a fresh one.
"""

from dataclasses import dataclass

from flask import current_app, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer

from web.context import services

LONGEST = 512
_PARTS = 4


@dataclass(frozen=True, slots=True)
class BriefPass:
    """Addresses of one kind: no other kind takes them. They are good for `lasts_s`."""

    kind: str
    lasts_s: int

    def to(self, subject: int) -> str:
        """What stands in the address for this row."""
        now = services().clock.stamp()
        return str(self._serializer().dumps([subject, _browser(), now.boot_id, now.boot_ms]))

    def read(self, shown: str) -> int | None:
        """The id of the row that this browser may see by this address; None without a good one."""
        if len(shown) > LONGEST:
            return None
        try:
            told = self._serializer().loads(shown)
        except BadSignature:
            return None
        if not isinstance(told, list) or len(told) != _PARTS:
            return None
        subject, browser, boot_id, boot_ms = told
        now = services().clock.stamp()
        is_fresh = boot_id == now.boot_id and 0 <= now.boot_ms - boot_ms <= self.lasts_s * 1000
        return int(subject) if is_fresh and browser == _browser() else None

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(current_app.secret_key or b"", salt=f"brief-pass-{self.kind}")


def _browser() -> str:
    generate_csrf()  # a browser that has sent no form yet is told apart by it, too
    return str(session["csrf_token"])
