"""Answers for pages of the reader that were shown before, before anything else looks at them.

Such a page names a publication and no person. So it is made for nobody, without the cookies of who
asked but for the language, and shown to everybody for as long as title and file stay what they
were. Who is signed in, or whom the page before left a message for, goes the long way.
"""

import base64
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response

from appliance.page_images.kept import Edition
from appliance.page_images.tally import Counts
from appliance.services import Services
from web import language
from web.csrf import SESSION_COOKIE
from web.hosts import HostList
from web.kept_pictures import Application, Environ

MOST_PAGES = 128  # of 6 kB each
_PATH = re.compile(r"/catalogue/([1-9]\d{0,9})/read")
_QUERY = re.compile(r"(?:page=[1-9]\d{0,4}(?:&zoom=[1-9]\d\d)?)?")
_OURS = "rb_"  # every other cookie of ours says who this is, or which screen
_ASK_EVERY_TIME = "private, no-cache"  # the browser may keep it, and asks whether it still stands
Key = tuple[int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page as it is answered, and what it is a page of."""

    edition: Edition
    etag: str
    headers: list[tuple[str, str]]
    body: bytes


class KeptPages:
    """A WSGI application around another one. Any thread."""

    def __init__(self, application: Application, services: Services, hosts: HostList) -> None:
        self._application = application
        self._images = services.page_images
        self._tally = services.reading_tally
        self._hosts = hosts
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        place = _PATH.fullmatch(environ["PATH_INFO"])
        cookies = _cookies_of_nobody(environ) if place else None
        if place is None or cookies is None:
            return self._application(environ, start_response)
        publication_id, spoken = int(place[1]), _language(cookies)
        query, host = environ.get("QUERY_STRING", ""), environ.get("HTTP_HOST", "")
        edition = self._images.kept_edition(publication_id) if self._hosts.accepts(host) else None
        if edition is None:
            return self._application(environ, start_response)
        key = (publication_id, query, spoken, environ["wsgi.url_scheme"], host)
        page = self._find(key, edition)
        if page is None:
            answer = Response.from_app(self._application, _for_nobody(environ, spoken), True)
            self._keep(key, edition, answer)
            return answer(environ, start_response)
        self._tally.add(publication_id, page_shown(publication_id, environ.get("HTTP_REFERER", "")))
        if environ.get("HTTP_IF_NONE_MATCH") == page.etag:
            start_response("304 Not Modified", page.headers)
            return []
        length = ("Content-Length", str(len(page.body)))
        start_response("200 OK", [*page.headers, length])
        return [page.body]

    def _find(self, key: Key, edition: Edition) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.edition != edition:
                return None
            self._pages.move_to_end(key)
            return page

    def _keep(self, key: Key, edition: Edition, answer: Response) -> None:
        """Keep what was made, and let the browser keep it; nothing that gives out a cookie."""
        if answer.status_code != 200 or "Set-Cookie" in answer.headers:
            return
        body = answer.get_data()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        answer.headers["ETag"] = etag
        answer.headers["Cache-Control"] = _ASK_EVERY_TIME
        left_out = ("content-length", "x-request-id")
        headers = [one for one in answer.headers.to_wsgi_list() if one[0].lower() not in left_out]
        with self._lock:
            self._pages[key] = KeptPage(edition, etag, headers, body)
            self._pages.move_to_end(key)
            if len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def page_shown(publication_id: int, referer: str) -> Counts:
    """One page more; the publication was opened unless the page before was one of its own."""
    try:
        path = urlsplit(referer).path
    except ValueError:  # half of an address
        path = ""
    here = f"/catalogue/{publication_id}"
    return Counts(opened=int(not path.startswith((f"{here}/read", f"{here}/contents"))), pages=1)


def serve_kept_pages(app: Flask, services: Services, hosts: HostList) -> None:
    """Let this app answer for them the short way."""
    app.wsgi_app = KeptPages(app.wsgi_app, services, hosts)  # type: ignore[method-assign]


def _cookies_of_nobody(environ: Environ) -> dict[str, str] | None:
    """The cookies of a plain GET of a page that anybody would be shown alike, else None."""
    if environ["REQUEST_METHOD"] != "GET" or "HTTP_HX_REQUEST" in environ:
        return None
    if _QUERY.fullmatch(environ.get("QUERY_STRING", "")) is None:
        return None
    cookies = parse_cookie(environ.get("HTTP_COOKIE", "")).to_dict()
    if any(name.startswith(_OURS) and name != SESSION_COOKIE for name in cookies):
        return None
    if _has_message(cookies.get(SESSION_COOKIE, "")):
        return None
    return cookies


def _has_message(session: str) -> bool:
    """Whether Flask keeps a message for the next page in this cookie, or it cannot be told."""
    payload = session.partition(".")[0]
    if not session or not payload:  # packed, when it begins with a dot
        return bool(session)
    try:
        return b'"_flashes"' in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except ValueError:
        return True


def _language(cookies: dict[str, str]) -> str:
    chosen = cookies.get(language.COOKIE, "")
    return chosen if chosen in language.LANGUAGES else language.DEFAULT


def _for_nobody(environ: Environ, spoken: str) -> Environ:
    return environ | {"HTTP_COOKIE": f"{language.COOKIE}={spoken}"}
