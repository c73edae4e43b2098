"""Bytes as base64url without padding, as JSON Web Keys have them."""

import base64
import re

_CLEAN = re.compile(r"[A-Za-z0-9_-]*")


def encoded(content: bytes) -> str:
    """The text of these bytes."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes | None:
    """The bytes of a text; None when it is none."""
    if not _CLEAN.fullmatch(text) or len(text) % 4 == 1:
        return None
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
