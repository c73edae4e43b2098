"""Answers for pictures of pages that are on the shelf, before anything else looks at the request.

Everybody may have them, whoever they are, so of all that guards a request only the host counts.
Whatever is not plainly there goes on to the route, which makes it or says what is wrong.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from appliance.page_images.rules import Format
from appliance.page_images.service import PageImageService
from web.hosts import HostList
from web.security import STATIC_HEADERS

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
KEPT_FOR_S = 7 * 24 * 3600
TYPES = {Format.WEBP: "image/webp", Format.JPEG: "image/jpeg"}
_PATH = re.compile(r"/catalogue/([1-9]\d{0,9})/read/([0-9a-z-]+\.[a-z]+)")
_QUERY = re.compile(r"v=([0-9a-f]+)")


class KeptPictures:
    """A WSGI application around another one."""

    def __init__(self, application: Application, images: PageImageService, hosts: HostList) -> None:
        self._application = application
        self._images = images
        self._hosts = hosts

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        place = _PATH.fullmatch(environ["PATH_INFO"])
        asked = _QUERY.fullmatch(environ.get("QUERY_STRING", "")) if place else None
        if place and asked and environ["REQUEST_METHOD"] == "GET":
            answer = self._answer(environ, start_response, int(place[1]), place[2], asked[1])
            if answer is not None:
                return answer
        return self._application(environ, start_response)

    def _answer(
        self,
        environ: Environ,
        start_response: Callable[..., Any],
        publication_id: int,
        name: str,
        version: str,
    ) -> Iterable[bytes] | None:
        if not self._hosts.accepts(environ.get("HTTP_HOST", "")):
            return None
        found = self._images.kept_image(publication_id, name, version)
        if found is None:
            return None
        etag = f'"{version}-{name}"'
        headers = [*_HEADERS, ("ETag", etag)]
        if environ.get("HTTP_IF_NONE_MATCH") == etag:
            start_response("304 Not Modified", headers)
            return []
        headers.append(("Content-Type", TYPES[found.format]))
        headers.append(("Content-Length", str(len(found.data))))
        start_response("200 OK", headers)
        return [found.data]


_HEADERS = [
    *STATIC_HEADERS.items(),
    ("Cache-Control", f"private, max-age={KEPT_FOR_S}, immutable"),
]


def serve_kept(app: Flask, images: PageImageService, hosts: HostList) -> None:
    """Let this app answer for them the short way."""
    app.wsgi_app = KeptPictures(app.wsgi_app, images, hosts)  # type: ignore[method-assign]
