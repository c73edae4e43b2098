"""The line to the portal: one signed request at a time, bounded in time and bytes.

No redirect is followed and nothing packed is unpacked: whoever sends either is not the portal.
"""

import contextlib
import http.client
import secrets
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from appliance import __version__
from appliance.clock import Clock, ClockQuality
from appliance.sync import signing
from appliance.sync.answers import Judgement, Kind, Reply
from appliance.sync.deadline import Deadline
from appliance.sync.identity import Identity

SILENCE_S = 20.0
ANSWER_S = 60.0  # one exchange, to the last byte of its answer
ANSWER_LIMIT_BYTES = 1 << 20
CHUNK_BYTES = 64 << 10
NOT_YET_VALID, EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
AGENT = f"RuangBaca/{__version__}"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the portal is, and how to get there."""

    url: str  # without a slash at its end
    ca_file: str = ""  # who vouches for it; empty: whom the system trusts
    proxy: str = ""  # host:port of the office's own proxy; empty: none

    @property
    def parts(self) -> SplitResult:
        return urlsplit(self.url)

    def tls(self) -> ssl.SSLContext:
        """Certificates are always checked."""
        return ssl.create_default_context(cafile=self.ca_file or None)


class LineTrouble(Exception):
    """Raised when no answer came; carries what that means."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.detail)
        self.judgement = judgement


class Line:
    """One kept connection. `ask` belongs on one thread, `abort` on any."""

    def __init__(
        self,
        address: Address,
        clock: Clock,
        identity: Identity | None = None,
        *,
        silence_s: float = SILENCE_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._address = address
        self._clock = clock
        self._identity = identity
        self._silence_s = silence_s
        self._answer_s = answer_s
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._deadline = Deadline(self._expire)
        self._is_late = False
        self._is_stopped = False

    @property
    def device_id(self) -> str:
        """Who asks; empty without an identity."""
        return self._identity.device_id if self._identity else ""

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The answer, whatever its status; signed when there is an identity.

        Raises LineTrouble when none came, when it took longer than allowed, or was too large.
        """
        parts = self._address.parts
        message = signing.Message(
            method, parts.netloc, parts.path.rstrip("/") + path, query, self._told(body, headers)
        )
        sent = {**message.headers, **self._signature(message)}
        target = message.path + (f"?{query}" if query else "")
        self._is_late = False
        self._deadline.begin(self._answer_s)
        try:
            return self._exchange(method, target, body, sent)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._hang_up()
            raise LineTrouble(self._judged(error)) from None
        finally:
            self._deadline.end()

    def abort(self) -> None:
        """End what is under way; every later request fails at once."""
        self._is_stopped = True
        self._cut()

    def close(self) -> None:
        """Hang up; a later request rings up anew."""
        self._hang_up()
        self._deadline.close()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _told(self, body: bytes, headers: Mapping[str, str] | None) -> dict[str, str]:
        told = {"host": self._address.parts.netloc, "user-agent": AGENT, "accept": "*/*"}
        told["accept-encoding"] = "identity"
        if body:
            told["content-digest"] = signing.content_digest(body)
        return {**told, **(headers or {})}

    def _signature(self, message: signing.Message) -> dict[str, str]:
        if self._identity is None:
            return {}
        stamp = self._clock.stamp()
        is_set = stamp.quality is not ClockQuality.UNSET
        return signing.sign(
            message,
            self._identity.secret,
            key_id=self._identity.key_id,
            created=int(stamp.at.timestamp()) if is_set else None,
            nonce=secrets.token_urlsafe(12),
        )

    def _exchange(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        started_s = time.monotonic()
        # Closed by us: read to its end in pieces, a response does not notice that it is over.
        with contextlib.closing(self._answered(method, target, body, headers)) as response:
            content = self._content(response)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            content = b""
        found = {name.lower(): value for name, value in response.headers.items()}
        if response.will_close:
            self._hang_up()
        return Reply(response.status, found, content, time.monotonic() - started_s)

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        """All of it; piece by piece, so that an answer which never ends is noticed."""
        found = bytearray()
        while piece := response.read1(CHUNK_BYTES):
            found += piece
            if len(found) > ANSWER_LIMIT_BYTES:
                raise http.client.HTTPException("an answer that is too large")
            if self._is_late or self._is_stopped:
                break
        if self._is_late or self._is_stopped:  # what was cut may look like an end
            raise TimeoutError
        if response.length:
            raise http.client.IncompleteRead(bytes(found))
        return bytes(found)

    def _answered(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        if self._connection is not None:
            # The portal may have given up a kept connection meanwhile; asking twice does no
            # harm, for an append names the head that it follows.
            with contextlib.suppress(ConnectionError, http.client.RemoteDisconnected):
                return self._asked(self._connection, method, target, body, headers)
        self._hang_up()
        if self._is_stopped or self._is_late:
            raise ConnectionAbortedError
        self._connection = self._connected()
        return self._asked(self._connection, method, target, body, headers)

    def _asked(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> http.client.HTTPResponse:
        if connection.sock is None:
            connection.connect()
        # The connection forgets its socket as soon as it knows that the answer is the last one.
        self._socket = connection.sock
        connection.request(method, target, body or None, dict(headers))
        return connection.getresponse()

    def _connected(self) -> http.client.HTTPConnection:
        parts, proxy = self._address.parts, self._address.proxy
        host, port = parts.hostname or "", parts.port
        way = urlsplit(f"//{proxy}") if proxy else None
        first = (way.hostname or "", way.port) if way else (host, port)
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                *first, timeout=self._silence_s, context=self._address.tls()
            )
        else:
            connection = http.client.HTTPConnection(*first, timeout=self._silence_s)
        if way:
            connection.set_tunnel(host, port or (443 if parts.scheme == "https" else 80))
        return connection

    def _judged(self, error: Exception) -> Judgement:
        name = type(error).__name__
        if self._is_late or isinstance(error, TimeoutError):
            return Judgement(Kind.OFFLINE, "no answer in time")
        if isinstance(error, ssl.SSLCertVerificationError):
            is_about_time = error.verify_code in (NOT_YET_VALID, EXPIRED)
            is_unsure = self._clock.stamp().quality is not ClockQuality.SYNCED
            kind = Kind.CLOCK if is_about_time and is_unsure else Kind.CERTIFICATE
            return Judgement(kind, error.verify_message)
        return Judgement(Kind.OFFLINE, name)

    def _expire(self) -> None:
        self._is_late = True
        self._cut()

    def _cut(self) -> None:
        """Wake a thread that waits for bytes."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
