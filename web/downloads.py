"""Files sent to phones: whole, or from where a download broke off.

The server is given the file itself and sends it without a thread that waits. What passes through
a thread piece by piece keeps it for as long as the phone likes, and there are eight for everybody.
"""

from __future__ import annotations

from typing import IO, cast

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from appliance.made_file import MadeFile

PIECE_BYTES = 64 * 1024
NOTHING_NEW = 304


class Part(MadeFile):
    """`length` bytes of a seekable file from `begin` on, read as a file; closing closes both."""

    def __init__(self, file: IO[bytes], begin: int, length: int) -> None:
        super().__init__()
        self._file, self._begin, self.size_bytes = file, begin, length

    def read_at(self, position: int, buffer: memoryview) -> int:
        self._file.seek(self._begin + position)
        left = max(self.size_bytes - position, 0)
        found = self._file.read(min(len(buffer), left))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()


def sent(file: IO[bytes], size_bytes: int, mimetype: str, name: str, *, etag: str = "") -> Response:
    """A download called `name`, an ASCII name; closes the file when it is over.

    With an `etag` it can be fetched in parts; raises what makes a 416 for one that is not there.
    """
    response = Response(mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    if etag:
        response.set_etag(etag)
    try:
        response.make_conditional(request, accept_ranges=bool(etag), complete_length=size_bytes)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if response.status_code == NOTHING_NEW:
        file.close()
        return response
    begin, end = response.content_range.start or 0, response.content_range.stop or size_bytes
    part = cast("IO[bytes]", Part(file, begin, end - begin))
    response.response = wrap_file(request.environ, part, PIECE_BYTES)
    response.direct_passthrough = True
    response.content_length = end - begin
    response.call_on_close(part.close)
    return response
