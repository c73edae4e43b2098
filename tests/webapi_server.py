"""A WebAPI of BPS on this machine: the shapes of its recorded answers, and the ways they go wrong.

Steer it by `lists`, `faults` (one a request, in order; None is no fault) and `files`. Every link
to a file is good for the view that told it alone, as with the real one.
"""

import contextlib
import gzip
import hashlib
import json
import re
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from appliance.source_settings import CatalogueSource

KEY = "0123456789abcdef0123456789abcdefKUNCI"
Fault = Callable[["_Handler", bytes], None]
LIMIT_S = 30


def pub_id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:24]


def publication(number: int, **changes) -> dict:
    """A publication as lists have it."""
    return {
        "pub_id": pub_id(number),
        "title": f"Kecamatan Contoh {number} Dalam Angka 2024",
        "abstract": f"Ringkasan &amp; angka ke-{number}.",
        "issn": "-",
        "sch_date": "2024-09-26",
        "rl_date": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "updt_date": None,
        "cover": "https://contohkab.bps.go.id/publication/getImageCover.html?url=AAAA",
        "pdf": "https://contohkab.bps.go.id/publication/downloadapi.html?data=BBBB&tokenuser=",
        "size": "3.20 MB",
    } | changes


def press_release(number: int, **changes) -> dict:
    return {
        "brs_id": number,
        "subj_id": 3,
        "subj": "Inflasi",
        "title": f"Inflasi Bulan ke-{number}",
        "abstract": "&lt;p&gt;Inflasi &lt;b&gt;0,31&lt;/b&gt; persen&lt;/p&gt; &lt;p&gt;Naik.",
        "rl_date": "2024-02-01",
        "updt_date": None,
        "pdf": "https://contohkab.bps.go.id/pressrelease/download.html?nrbvfeve=BBBB",
        "size": "0.52 MB",
        "slide": "",
        "thumbnail": "",
    } | changes


def static_table(number: int, **changes) -> dict:
    return {
        "table_id": number,
        "title": f"Jumlah Penduduk Menurut Kecamatan, {number}",
        "subj_id": 12,
        "subj": "Kependudukan",
        "updt_date": "2023-05-04",
        "size": "12 KB",
        "excel": "https://contohkab.bps.go.id/statictable/xls.html",
    } | changes


class WebApiServer:
    """The running source; `url` is its base. `asked` are the targets of all requests, in order."""

    def __init__(self, per_page: int = 10, certificate: Path | None = None) -> None:
        self.per_page = per_page
        self.lists: dict[tuple[str, str, str], list[dict]] = {}
        self.numbers: dict[str, tuple[str, str]] = {}
        self.files: dict[str, bytes] = {}  # "pdf/<id>", "cover/<id>" or "excel/<id>"
        self.tables: dict[str, str] = {}  # static tables by id, as HTML
        self.abstracts: dict[str, str] = {}  # of press releases, where the list has another
        self.faults: deque[Fault | None] = deque()
        self.before: Callable[[WebApiServer, str], None] | None = None
        self.asked: list[str] = []
        self.ranges: list[str] = []
        self.tags = True
        self.tokens: dict[str, str] = {}
        self._tickets = count(1)
        self._sorted: tuple[list[dict], dict[str, dict]] = ([], {})
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
            self._scheme = "https"
        self._http.source = self
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._http.server_port}"

    @property
    def url(self) -> str:
        return f"{self.address}/v1/api/"

    def settings(self, **changes) -> CatalogueSource:
        """What the product has to be told to mirror this source."""
        told = {"url": self.url, "key_file": "/none", "domains": ("1309",), "pdf_mb": 0}
        none = {"cover_mb": 0, "table_mb": 0, "excel_mb": 0}
        return CatalogueSource(**told | none | {"requests_per_s": 10.0} | changes)

    def put(self, model: str, records: list[dict], domain: str = "1309", lang: str = "ind") -> None:
        self.lists[model, domain, lang] = records

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def pages(self, model: str = "publication") -> list[int]:
        """The page numbers of this list that were asked for."""
        wanted = (re.search(rf"list/model/{model}\?.*page=(\d+)", path) for path in self.asked)
        return [int(found[1]) for found in wanted if found]

    def answer(self, target: str) -> dict | None:
        """What the WebAPI says to this request; None is a 404."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        words = parts.path.removeprefix("/v1/api/").split("/")
        if query.get("key") != KEY:
            return {"status": "Error", "message": "Invalid API key"}
        if words[:2] == ["list", "model"]:
            return self._list(words[2], query)
        if words[:3] == ["view", "model", "publication"]:
            return self._view(query)
        if words[:2] == ["view", "model"]:
            return self._own_answer(words[2], query)
        return None

    def _list(self, model: str, query: dict[str, str]) -> dict:
        records = self.lists.get((model, query["domain"], query["lang"]), [])
        page = int(query["page"])
        pages = -(-len(records) // self.per_page)
        shown = records[(page - 1) * self.per_page : page * self.per_page]
        if not shown:
            return {"status": "OK", "data-availability": "list-not-available", "data": ""}
        paging = {
            "page": page,
            "pages": pages,
            "per_page": self.per_page,
            "count": len(shown),
            "total": len(records),
        }
        return {"status": "OK", "data-availability": "available", "data": [paging, shown]}

    def _publications(self, domain: str, lang: str) -> dict[str, dict]:
        """The list by id, sorted out once, for the benches have a hundred thousand of them."""
        records = self.lists.get(("publication", domain, lang), [])
        if self._sorted[0] is not records:
            self._sorted = (records, {one["pub_id"]: one for one in records})
        return self._sorted[1]

    def _view(self, query: dict[str, str]) -> dict:
        found = self._publications(query["domain"], query["lang"]).get(query["id"])
        request = {
            "domain": "https://contohkab.bps.go.id",
            "model": "publication",
            "lang": query["lang"],
            "id": query["id"],
            "time_access": "2024-10-01 08:00:00",
        }
        head = {"status": "OK", "request": request}
        if found is None:
            return head | {"data-availability": "not-available", "data": ""}
        kat_no, pub_no = self.numbers.get(query["id"], ("", ""))
        token = str(next(self._tickets))
        self.tokens[query["id"]] = token
        links = {
            what: f"{self.address}/{what}/{query['id']}?token={token}" for what in ("pdf", "cover")
        }
        view = found | links | {"kat_no": kat_no, "pub_no": pub_no, "related": []}
        return head | {"data-availability": "available", "data": view}

    def _own_answer(self, model: str, query: dict[str, str]) -> dict:
        """A press release or a static table, whose ids are numbers."""
        name = "brs_id" if model == "pressrelease" else "table_id"
        records = self.lists.get((model, query["domain"], query["lang"]), [])
        found = next((one for one in records if str(one[name]) == query["id"]), None)
        if found is None:
            return {"status": "OK", "data-availability": "not-available", "data": ""}
        token = self.tokens[query["id"]] = str(next(self._tickets))
        if model == "pressrelease":
            own = {"pdf": f"{self.address}/pdf/{query['id']}?token={token}", "hit": 4954}
            own |= {"abstract": self.abstracts.get(query["id"], found["abstract"])}
        else:
            own = {"excel": f"{self.address}/excel/{query['id']}?token={token}", "sub_id": 30}
            own |= {"table": self.tables.get(query["id"], "")}
        return {"status": "OK", "data-availability": "available", "data": found | own}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Who asked may be killed in the middle; that is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        source: WebApiServer = self.server.source
        if source.before:
            source.before(source, self.path)
        source.asked.append(self.path)
        fault = source.faults.popleft() if source.faults else None
        with contextlib.suppress(ConnectionError):
            if self.path.startswith(("/pdf/", "/cover/", "/excel/")):
                self._file(source, fault)
                return
            answer = source.answer(self.path)
            if answer is None:
                self.say(404, b"{}")
                return
            (fault or _plainly)(self, json.dumps(answer).encode())

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        told = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in (told | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _file(self, source: WebApiServer, fault: Fault | None) -> None:
        parts = urlsplit(self.path)
        name = parts.path.strip("/")
        token = parse_qs(parts.query).get("token", [""])[0]
        if source.tokens.get(name.partition("/")[2]) != token or name not in source.files:
            self.say(200, b"<!DOCTYPE html><p>Tautan kedaluwarsa", Content_Type="text/html")
            return
        content = source.files[name]
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"Content_Type": "application/octet-stream"} | (
            {"ETag": tag} if source.tags else {}
        )
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if found and self.headers.get("If-Range") == tag:
            source.ranges.append(found[0])
            start = int(found[1])
            headers["Content_Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content, status = content[start:], 206
        else:
            status = 200
        if fault is None:
            self.say(status, content, **headers)
        else:
            self.status, self.extra = status, headers
            fault(self, content)

    def log_message(self, *arguments: object) -> None:
        pass


def _plainly(handler: _Handler, body: bytes) -> None:
    if "gzip" in handler.headers.get("Accept-Encoding", ""):
        handler.say(200, gzip.compress(body, 1), Content_Encoding="gzip")
    else:
        handler.say(200, body)


def cut_after(size: int) -> Fault:
    """The connection ends after so many bytes of the body."""

    def fault(handler: _Handler, body: bytes) -> None:
        handler.send_response(getattr(handler, "status", 200))
        handler.send_header("Content-Length", str(len(body)))
        for name, value in getattr(handler, "extra", {}).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[: min(size, len(body) - 1)])
        handler.close_connection = True

    return fault


def no_answer(handler: _Handler, body: bytes) -> None:
    """The connection ends without a word."""
    handler.close_connection = True


def status(code: int, **headers: str) -> Fault:
    return lambda handler, body: handler.say(code, b"{}", **headers)


def html(handler: _Handler, body: bytes) -> None:
    """A portal or a wall answers in the place of the source, with 200."""
    handler.say(200, b"<!DOCTYPE html><title>Login</title>", Content_Type="text/html")


def redirect(to: str) -> Fault:
    return lambda handler, body: handler.say(302, b"", Location=to)


def edited(change: Callable[[dict], object]) -> Fault:
    """The right answer, after `change` was done to it."""

    def fault(handler: _Handler, body: bytes) -> None:
        answer = json.loads(body)
        change(answer)
        handler.say(200, json.dumps(answer).encode())

    return fault


def slow(release: threading.Event) -> Fault:
    """The head at once, the body when it is no use any more."""

    def fault(handler: _Handler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:10])
        release.wait(LIMIT_S)
        handler.close_connection = True

    return fault


def bomb(handler: _Handler, body: bytes) -> None:
    """Little on the line, much in memory."""
    handler.say(200, gzip.compress(b"[" + b" " * (64 << 20), 9), Content_Encoding="gzip")


@contextlib.contextmanager
def running(per_page: int = 10, certificate: Path | None = None) -> Iterator[WebApiServer]:
    server = WebApiServer(per_page, certificate)
    try:
        yield server
    finally:
        server.close()
