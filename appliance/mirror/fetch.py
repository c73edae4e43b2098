"""GET over HTTP that trusts nobody: bounded in time, bytes and redirects, certificates checked.

What goes wrong becomes a SourceTrouble without the address, which holds the key. Python's own
errors may quote it, so none of them is chained.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

from appliance.mirror.trouble import SourceTrouble, Stopped, Trouble

ANSWER_LIMIT_BYTES = 8 << 20  # a list page has some tens of kilobytes
CHUNK_BYTES = 64 << 10
MOST_REDIRECTS = 3
SILENCE_S = 20.0
REDIRECTS = (301, 302, 303, 307, 308)
MayVisit = Callable[[SplitResult], bool]
Told = Callable[[], contextlib.AbstractContextManager[None]]


class Answer:
    """A response whose head was read. `chunks` are its bytes as they come."""

    def __init__(self, response: http.client.HTTPResponse, told: Told) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = response.headers  # type: ignore[assignment]
        self._response = response
        self._told = told

    def chunks(self) -> Iterator[bytes]:
        """Raises SourceTrouble, also when the connection ends before its end was told."""
        while chunk := self._next():
            yield chunk

    def _next(self) -> bytes:
        with self._told():
            chunk = self._response.read1(CHUNK_BYTES)
            if not chunk and self._response.length:
                raise SourceTrouble(Trouble.CUT, "fewer bytes than were told")
            return chunk

    def has_length(self) -> bool:
        """Whether a cut would be noticed."""
        return self._response.length is not None or bool(self._response.chunked)

    def body(self, limit_bytes: int = ANSWER_LIMIT_BYTES) -> bytes:
        """All of it, unpacked. Raises SourceTrouble when it is larger, wherever it was packed."""
        coding = self.headers.get("Content-Encoding", "identity").strip().lower()
        if coding == "identity":
            return _joined(self.chunks(), limit_bytes)
        if coding not in ("gzip", "x-gzip"):
            raise SourceTrouble(Trouble.SHAPE, "an unknown content encoding")
        return _unpacked(self.chunks(), limit_bytes)


class Fetcher:
    """One request at a time, over one kept connection. `abort` may come from any thread."""

    def __init__(self, *, silence_s: float = SILENCE_S, tls: ssl.SSLContext | None = None) -> None:
        self._silence_s = silence_s
        self._tls = tls
        self._connection: http.client.HTTPConnection | None = None
        self._place = ("", "")
        self._stopped = False
        self._late = False

    @contextlib.contextmanager
    def get(
        self, url: str, headers: Mapping[str, str], may_visit: MayVisit, *, within_s: float
    ) -> Iterator[Answer]:
        """The answer at the end of at most three redirects, all to places that may be visited.

        Raises SourceTrouble for anything in the way, and when the whole of it takes longer than
        `within_s`; Stopped after `abort`. What the block itself raises goes on as it is.
        """
        self._late = False
        clock = threading.Timer(within_s, self._expire)
        clock.daemon = True
        clock.start()
        is_kept = False
        try:
            with self._told():
                response = self._follow(url, headers, may_visit)
            yield Answer(response, self._told)
            is_kept = response.isclosed()  # read to its end: the connection can be used again
        finally:
            clock.cancel()
            if not is_kept:
                self.close()

    def abort(self) -> None:
        """End what is under way; every later request raises Stopped."""
        self._stopped = True
        self._cut()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _follow(
        self, url: str, headers: Mapping[str, str], may_visit: MayVisit
    ) -> http.client.HTTPResponse:
        for _ in range(MOST_REDIRECTS + 1):
            parts = urlsplit(url)
            if not may_visit(parts):
                raise SourceTrouble(Trouble.REDIRECTED, "to a place that is not the source's")
            response = self._request(parts, headers)
            if response.status not in REDIRECTS:
                return response
            url = urljoin(url, response.headers.get("Location", ""))
            self.close()
        raise SourceTrouble(Trouble.REDIRECTED, "more than three times")

    def _request(self, parts: SplitResult, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection = self._connection
        if connection is not None and self._place == (parts.scheme, parts.netloc):
            # The other side may have given up a kept connection meanwhile.
            with contextlib.suppress(ConnectionError):
                return _sent(connection, target, headers)
        if self._stopped or self._late:
            raise ConnectionAbortedError
        return _sent(self._connect(parts), target, headers)

    def _connect(self, parts: SplitResult) -> http.client.HTTPConnection:
        self.close()
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            self._connection = http.client.HTTPSConnection(
                host, port, timeout=self._silence_s, context=tls
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=self._silence_s)
        self._place = (parts.scheme, parts.netloc)
        return self._connection

    def _expire(self) -> None:
        self._late = True
        self._cut()

    def _cut(self) -> None:
        """Wake a thread that waits for bytes."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Around whatever waits for the other side."""
        found: SourceTrouble | None = None
        try:
            yield
        except SourceTrouble as trouble:
            found = trouble
        except (OSError, http.client.HTTPException, ValueError) as error:
            found = _trouble(error)
        if self._stopped:
            raise Stopped
        if self._late:  # what was cut may look like an end
            raise SourceTrouble(Trouble.SLOW, "longer than allowed")
        if found is not None:
            raise found from None


def _trouble(error: Exception) -> SourceTrouble:
    name = type(error).__name__
    if isinstance(error, TimeoutError):
        return SourceTrouble(Trouble.SLOW, name)
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceTrouble(Trouble.CERTIFICATE, name)
    if isinstance(error, http.client.RemoteDisconnected | http.client.IncompleteRead):
        return SourceTrouble(Trouble.CUT, name)
    if isinstance(error, http.client.HTTPException | ValueError):
        return SourceTrouble(Trouble.NOT_JSON, name)
    return SourceTrouble(Trouble.OFFLINE, name)


def _sent(
    connection: http.client.HTTPConnection, target: str, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    connection.request("GET", target, headers=dict(headers))
    return connection.getresponse()


def _joined(chunks: Iterator[bytes], limit_bytes: int) -> bytes:
    found = bytearray()
    for chunk in chunks:
        found += chunk
        if len(found) > limit_bytes:
            raise SourceTrouble(Trouble.TOO_LARGE, f"more than {limit_bytes} bytes")
    return bytes(found)


def _unpacked(chunks: Iterator[bytes], limit_bytes: int) -> bytes:
    """Never more in memory than the limit, however well it was packed."""
    unpacker, found = zlib.decompressobj(wbits=31), bytearray()
    for chunk in chunks:
        try:
            found += unpacker.decompress(chunk, limit_bytes + 1 - len(found))
        except zlib.error:
            raise SourceTrouble(Trouble.CUT, "packed bytes that cannot be unpacked") from None
        if len(found) > limit_bytes:
            raise SourceTrouble(Trouble.TOO_LARGE, f"more than {limit_bytes} bytes unpacked")
    if not unpacker.eof:
        raise SourceTrouble(Trouble.CUT, "packed bytes without their end")
    return bytes(found)
