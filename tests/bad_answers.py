"""Answers that no portal should give, for tests/hub_server.py; each ends when the client does."""

import contextlib
import functools
import zlib

from appliance.sync import protocol
from tests import hub_server
from tests.hub_server import saying

MIB = 1 << 20


@functools.cache
def packed_bomb() -> bytes:
    """A thousandth of the 64 MiB that it unpacks to; made without having them at once."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(bytes(MIB)) for _ in range(64)) + packing.flush()


def bomb(handler) -> None:
    handler.say(200, packed_bomb(), content_type=protocol.JSON_TYPE, content_encoding="gzip")


def flood(handler) -> None:
    """An answer without an end, as fast as it is taken."""
    _begin(handler, "Content-Type: application/json", "")
    _for_ever(handler, b" " * 65536)


def flood_of_pieces(handler) -> None:
    """The same in pieces whose lengths are told."""
    _begin(handler, "Content-Type: application/json", "Transfer-Encoding: chunked", "")
    _for_ever(handler, b"ffff\r\n" + b" " * 0xFFFF + b"\r\n")


def one_endless_piece(handler) -> None:
    _begin(handler, "Content-Type: application/json", "Transfer-Encoding: chunked", "")
    _write(handler, b"ffffffffffffff\r\n")
    _for_ever(handler, b" " * 65536)


def endless_header(handler) -> None:
    _begin(handler)
    _write(handler, b"X-Long: ")
    _for_ever(handler, b"a" * 65536)


def endless_headers(handler) -> None:
    _begin(handler)
    _for_ever(handler, b"X-Many: " + b"a" * 60_000 + b"\r\n")


def patience_for_ever(handler) -> None:
    """Always 'go on', never an answer."""
    _for_ever(handler, b"HTTP/1.1 100 Continue\r\n\r\n")


def no_http(handler) -> None:
    _write(handler, b"SSH-2.0-OpenSSH_9.2p1\r\n")
    handler.close_connection = True


def impossible_length(handler) -> None:
    _begin(handler, "Content-Type: application/json", "Content-Length: 99999999999999999999", "")
    handler.close_connection = True


def _begin(handler, *lines: str) -> None:
    _write(handler, "\r\n".join(["HTTP/1.1 200 OK", *lines, ""]).encode())


def _for_ever(handler, piece: bytes) -> None:
    with contextlib.suppress(OSError):
        while not handler.server.room.stopped.is_set():
            handler.wfile.write(piece)
    handler.close_connection = True


def _write(handler, content: bytes) -> None:
    with contextlib.suppress(OSError):
        handler.wfile.write(content)


HOSTILE = {
    "a bomb": bomb,
    "a flood": flood,
    "a flood of pieces": flood_of_pieces,
    "one endless piece": one_endless_piece,
    "an endless header": endless_header,
    "endless headers": endless_headers,
    "patience for ever": patience_for_ever,
    "no HTTP": no_http,
    "an impossible length": impossible_length,
    "3 MiB": hub_server.too_large,
    "half an answer": hub_server.half_an_answer,
}
WRONG = {
    "500": saying(500),
    "401": saying(401),
    "413": saying(413),
    "429": saying(429, retry_after="600"),
    "429 until doomsday": saying(429, retry_after="99999999999999999999"),
    "503": saying(503, retry_after="Fri, 31 Dec 1999 23:59:59 GMT"),
    "HTML": hub_server.login_page,
    "garbage": saying(200, b"\xff{", content_type=protocol.JSON_TYPE),
    "another's JSON": saying(200, b'{"status":"ok"}', content_type=protocol.JSON_TYPE),
    "another's head": saying(
        200,
        b'{"head":"","stored":0}',
        content_type=protocol.JSON_TYPE,
        etag=f'"1-{"0" * 64}"',
    ),
    "nothing": saying(204),
    "a redirect": saying(302, location="http://127.0.0.1:9/"),
    "an odd problem": saying(400, b'{"type":7}', content_type=protocol.PROBLEM_TYPE),
}
