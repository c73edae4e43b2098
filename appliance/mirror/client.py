"""The WebAPI of BPS, version 1: one page of a list, one record, one file.

The key travels in the address, so addresses stay in here: none is logged, shown or chained to an
error, and none goes to another host than the source's own.
"""

import contextlib
import datetime as dt
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from appliance import __version__
from appliance.errors import ConfigError
from appliance.mirror import shapes
from appliance.mirror.fetch import SILENCE_S, Answer, Fetcher
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.retry_after import retry_after_s
from appliance.source_settings import LOOPBACK, CatalogueSource, Model
from appliance.storage.secret_file import read_secret

ANSWER_S = 60.0  # one answer of the WebAPI, to its last byte
FILE_S = 1800.0  # one try at a file; what came until then is kept
BUSY = (429, 503)
NO_ENTRY = 401
_OF_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"  # what else stands in a link is written as browsers do
_KEY = re.compile(r"[A-Za-z0-9_-]{8,200}")
_AGENT = f"RuangBaca/{__version__}"


def read_key(path: Path) -> str:
    """The key out of its file. Raises SourceTrouble when it is missing, odd or open to others."""
    try:
        text = read_secret(path)
    except ConfigError:
        raise SourceTrouble(Trouble.NO_KEY, "missing, empty, or others may read it") from None
    if not _KEY.fullmatch(text):
        raise SourceTrouble(Trouble.NO_KEY, "the file does not hold one key")
    return text


class WebApi:
    """Asks politely: `pace` waits until the next request may go. One thread, besides `abort`."""

    def __init__(
        self,
        source: CatalogueSource,
        key: str,
        *,
        pace: Callable[[], None],
        silence_s: float = SILENCE_S,
        answer_s: float = ANSWER_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._base = urlsplit(source.url)
        self._hosts = source.file_hosts
        self._key = key
        self._pace = pace
        self._answer_s = answer_s
        self._fetcher = Fetcher(silence_s=silence_s, tls=tls)

    def page(self, model: Model, *, domain: str, lang: str, page: int) -> shapes.ListPage:
        """One page of a list. Raises SourceTrouble, Stopped."""
        body = self._ask(f"list/model/{model}", domain=domain, lang=lang, page=page)
        return shapes.list_page(body, model, page)

    def view(self, *, domain: str, lang: str, remote_id: str) -> shapes.View | None:
        """One publication; None when the source does not have it. Raises SourceTrouble, Stopped."""
        body = self._ask("view/model/publication", domain=domain, lang=lang, id=remote_id)
        return shapes.view(body, remote_id)

    def release(self, *, domain: str, lang: str, remote_id: str) -> shapes.ReleaseView | None:
        """One press release; None when the source does not have it. Raises as `view`."""
        body = self._ask("view/model/pressrelease", domain=domain, lang=lang, id=remote_id)
        return shapes.release_view(body, remote_id)

    def table(self, *, domain: str, lang: str, remote_id: str) -> shapes.TableView | None:
        """One static table; None when the source does not have it. Raises as `view`."""
        body = self._ask("view/model/statictable", domain=domain, lang=lang, id=remote_id)
        return shapes.table_view(body, remote_id)

    @contextlib.contextmanager
    def file(self, url: str, *, offset: int = 0, validator: str = "") -> Iterator[Answer]:
        """A cover, a PDF or a spreadsheet, from `offset` on if it is still the one of `validator`.

        The answer's status is 200 for all of it, 206 for the rest, 416 when there is no rest.
        Raises SourceTrouble, Stopped.
        """
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
        if offset and validator:
            headers |= {"Range": f"bytes={offset}-", "If-Range": validator}
        self._pace()
        proper = quote(url.strip(), safe=_OF_ADDRESSES)
        with self._fetcher.get(proper, headers, self._may_fetch, within_s=FILE_S) as answer:
            if answer.status == NO_ENTRY:  # our key was not even shown there
                raise SourceTrouble(Trouble.REFUSED, "HTTP 401 for a file")
            if answer.status not in (200, 206, 416):
                raise _refusal(answer)
            if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise SourceTrouble(Trouble.SHAPE, "a packed file")
            yield answer

    def abort(self) -> None:
        """End what is under way, from any thread; every later request raises Stopped."""
        self._fetcher.abort()

    def close(self) -> None:
        self._fetcher.close()

    def _ask(self, path: str, **query: str | int) -> bytes:
        query_text = urlencode({**query, "key": self._key})
        url = self._base._replace(path=self._base.path + path, query=query_text).geturl()
        headers = {
            "User-Agent": _AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        self._pace()
        with self._fetcher.get(url, headers, self._is_source, within_s=self._answer_s) as answer:
            if answer.status != 200:
                raise _refusal(answer)
            return answer.body()

    def _is_source(self, place: SplitResult) -> bool:
        return (place.scheme, place.netloc) == (self._base.scheme, self._base.netloc)

    def _may_fetch(self, place: SplitResult) -> bool:
        """Whether a file may be there: on the hosts of the settings, by https, without our key."""
        if self._key in place.geturl() or place.username is not None:
            return False
        if self._base.scheme == "http":  # a trial on this machine
            return self._is_source(place) and place.hostname in LOOPBACK
        host = (place.hostname or "").lower()
        is_known = any(host == known or host.endswith(f".{known}") for known in self._hosts)
        return place.scheme == "https" and (is_known or host == self._base.hostname)


def _refusal(answer: Answer) -> SourceTrouble:
    detail = f"HTTP {answer.status}"
    if answer.status == NO_ENTRY:
        return SourceTrouble(Trouble.BAD_KEY, detail)
    if answer.status in BUSY:
        after_s = retry_after_s(answer.headers.get("Retry-After", ""), dt.datetime.now(dt.UTC))
        return SourceTrouble(Trouble.BUSY, detail, retry_after_s=after_s)
    if "html" in answer.headers.get("Content-Type", "").lower() and answer.status == 200:
        return SourceTrouble(Trouble.NOT_JSON, detail)
    return SourceTrouble(Trouble.REFUSED, detail)
