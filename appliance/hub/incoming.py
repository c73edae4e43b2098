"""A request as it came in, read within bounds: the message that was signed, and its body."""

import re
import zlib
from dataclasses import dataclass

from flask import Request

from appliance.hub.problems import Problem
from appliance.sync import protocol, signing

_SHA256 = re.compile(r"(?:^|[, ])sha-256=:[A-Za-z0-9+/]{43}=:")
GZIP = 31  # zlib's word for a gzip header around 32 KiB windows


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message and its body as sent; the same whether it came by HTTP or in a file."""

    message: signing.Message
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header by its name in lower case; empty without one."""
        return self.message.headers.get(name, "")

    def check_digest(self) -> None:
        """Raises Problem unless the body is the one that its digest was made of."""
        if not self.body:
            return
        given = _SHA256.search(self.header("content-digest"))
        if given is None or given[0].strip(", ") != signing.content_digest(self.body):
            raise Problem(protocol.BAD_DIGEST)

    def unpacked(self, limit: int) -> bytes:
        """The body without its gzip. Raises Problem, also for one that would become too large."""
        encoding = self.header("content-encoding").strip().lower() or "identity"
        if encoding == "identity":
            content = self.body
        elif encoding == "gzip":
            content = _gunzip(self.body, limit)
        else:
            raise Problem(protocol.BAD_MEDIA, "content-encoding")
        if len(content) > limit:
            raise Problem(protocol.TOO_LARGE)
        return content

    def check_media(self, wanted: str) -> None:
        """Raises Problem for a body of another type."""
        if self.header("content-type").partition(";")[0].strip().lower() != wanted:
            raise Problem(protocol.BAD_MEDIA, wanted)


def of_request(request: Request, limit: int = protocol.BODY_LIMIT_BYTES) -> Incoming:
    """What this request says. Raises Problem for a body beyond the limit, without reading it."""
    if (request.content_length or 0) > limit:
        raise Problem(protocol.TOO_LARGE)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise Problem(protocol.TOO_LARGE)
    path = request.environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = str(request.environ.get("QUERY_STRING", ""))
    message = signing.Message(request.method, request.host, path, query, headers)
    return Incoming(message, body)


def _gunzip(packed: bytes, limit: int) -> bytes:
    unpacking = zlib.decompressobj(GZIP)
    try:
        content = unpacking.decompress(packed, limit + 1)
    except zlib.error:
        raise Problem(protocol.BAD_REQUEST, "gzip") from None
    if len(content) > limit:
        raise Problem(protocol.TOO_LARGE)
    if not unpacking.eof or unpacking.unused_data:
        raise Problem(protocol.BAD_REQUEST, "gzip")
    return content
