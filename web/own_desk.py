"""Which desk this browser stands at, and which series of numbers it calls.

No secret and no right: the cookie only says what the room's screen shall name. What the office
does not have, or no longer has, counts as not said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response, request

from web.context import services

COOKIE = "rb_lanes"
AGE_S = 365 * 24 * 3600
SEPARATOR = "."  # what no name of a desk and no letter of a series has


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """The name of the desk, and the letters of the series it calls; none: all of them."""

    name: str
    lanes: tuple[str, ...]


def own_desk() -> OwnDesk:
    """The desk of this browser; the office's first while nobody has chosen one."""
    queue = services().office.queue
    name, _, letters = request.cookies.get(COOKIE, "").partition(SEPARATOR)
    lanes = tuple(one for one in queue.prefixes if one in letters[: len(queue.prefixes)])
    return OwnDesk(name if name in queue.desks else queue.desks[0], lanes)


def remember(response: Response, name: str, lanes: Collection[str]) -> Response:
    """Let this browser stand at that desk from now on."""
    queue = services().office.queue
    kept = "".join(one for one in queue.prefixes if one in lanes)
    desk = name if name in queue.desks else queue.desks[0]
    value = f"{desk}{SEPARATOR}{kept}"
    response.set_cookie(COOKIE, value, max_age=AGE_S, httponly=True, samesite="Strict")
    return response
