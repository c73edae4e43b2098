"""The forms that take a file: one looks through it as it arrives, the others keep it.

Anybody may have a copy verified, and nothing is kept of it; what staff answer a request with is
put aside until the request's page has it, as is a shelf list. Every other body stays small. The
server puts a large body aside in a temporary file before it calls us, so only a few may arrive at
once: whoever sends more is told to come back, and whoever sends as if to keep the place is sent
away.
"""

from __future__ import annotations

import copy
import io
import re
import tempfile
import time
import weakref
from typing import IO, Any, ClassVar

from flask import Flask, Request
from htmx_flask.requests import HtmxAwareRequest
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error, RequestEntityTooLarge

from appliance.catalogue.import_desk import MOST_BYTES as SHELF_LIST_BYTES
from appliance.requests.file_types import MOST_BYTES as ANSWER_BYTES
from appliance.watermarks.inspection import FileInspector

PATH = "/verify/file"
ANSWER_PATH = re.compile(r"/staff/requests/[0-9]+/file")  # reached by staff only: web/roles.py
SHELF_LIST_PATH = "/staff/catalogue/import"
MOST_BYTES = 128_000_000  # publications are seldom larger; those are verified by their number
MOST_SHELF_LIST_BYTES = SHELF_LIST_BYTES + 10_000  # with the form around it
AT_ONCE = 2
GRACE_S = 20.0
LEAST_BYTES_PER_S = 50_000  # on the average; Wi-Fi that is slower is no Wi-Fi


class InspectedFile(io.RawIOBase):
    """What an upload is written into: only what `seen` has found out is left of it."""

    def __init__(self) -> None:
        self.seen = FileInspector()

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.seen.feed(bytes(piece))
        return len(piece)

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: Any) -> int:
        return 0


class UploadRequest(HtmxAwareRequest):
    """A request whose file, if it may have one, goes through a FileInspector."""

    @property
    def max_content_length(self) -> int | None:
        return most_bytes(self.path) if self._may_upload else super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        HtmxAwareRequest.max_content_length.fset(self, value)

    def _get_file_stream(self, *arguments: Any, **named: Any) -> IO[bytes]:
        if not self._may_upload:
            return super()._get_file_stream(*arguments, **named)
        if self.path == PATH:
            return InspectedFile()  # type: ignore[return-value]
        return tempfile.TemporaryFile()

    @property
    def _may_upload(self) -> bool:
        return self.method == "POST" and most_bytes(self.path) > 0


class TooManyUploads(Error):
    """The answer to an upload while others are still arriving."""

    code = 503
    reason = "Service Unavailable"


class TooSlow(Error):
    """The answer to an upload that keeps one of the few places and hardly comes."""

    code = 408
    reason = "Request Timeout"


class TooLarge(Error):
    """The answer to a body that no form may bring, before any of it is read by a form."""

    code = 413
    reason = "Content Too Large"


class UploadParser(HTTPRequestParser):
    """Reads a request for the server; lets a large body pass on the one path that takes it."""

    _arriving: ClassVar[weakref.WeakSet[UploadParser]] = weakref.WeakSet()
    _began_s = 0.0

    def received(self, data: bytes) -> int:
        taken = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = TooLarge(
                f"Terlalu besar; di sini paling besar {self._most_mb:g} MB. Kembali, lalu "
                "pilih berkas yang lebih kecil.\r\n"
                f"Too large; here it may have {self._most_mb:g} MB. Go back and choose a smaller "
                "file."
            )
        if not self.completed and self in self._arriving:
            late_s = time.monotonic() - self._began_s - GRACE_S
            if self.body_bytes_received < late_s * LEAST_BYTES_PER_S:
                self.error = TooSlow("Berkas datang terlalu lambat. / The file came too slowly.")
                self.completed = True
        return int(taken)

    @property
    def _most_mb(self) -> float:
        is_answer = ANSWER_PATH.fullmatch(getattr(self, "path", ""))
        most = ANSWER_BYTES if is_answer else self.adj.max_request_body_size
        return most // 100_000 / 10

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        limit = most_bytes(getattr(self, "path", ""))  # not in its stubs
        if str(self.command) != "POST" or not limit:
            return
        if self.content_length <= self.adj.max_request_body_size:
            return
        self.adj = copy.copy(self.adj)
        self.adj.max_request_body_size = limit
        if len(self._arriving) >= AT_ONCE:
            self.error = TooManyUploads("Coba lagi sebentar lagi. / Try again in a moment.")
            self.completed = True
        else:
            self._began_s = time.monotonic()
            self._arriving.add(self)


def most_bytes(path: str) -> int:
    """How much a form at this path may bring with its file; 0 where it may bring none."""
    if path == SHELF_LIST_PATH:
        return MOST_SHELF_LIST_BYTES
    return MOST_BYTES if path == PATH or ANSWER_PATH.fullmatch(path) is not None else 0


def init_app(app: Flask) -> None:
    """Let the app's requests know of these forms; call it after htmx has changed them."""
    app.request_class = UploadRequest


def uploaded(request: Request, field: str) -> FileInspector | None:
    """What was found in the uploaded file; None when none was chosen."""
    file = request.files.get(field)
    stream: Any = file.stream if file is not None else None
    if not isinstance(stream, InspectedFile) or not stream.seen.size_bytes:
        return None
    return stream.seen


def kept(request: Request, field: str) -> IO[bytes] | None:
    """The uploaded file itself, at its beginning; None when none was chosen.

    It is gone when the request has been answered.
    """
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    file.stream.seek(0)
    return file.stream
