"""What an answer of the portal means for the sender. Pure: an answer in, a judgement out."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TypeVar

import msgspec

from appliance.retry_after import retry_after_s
from appliance.sync import protocol
from appliance.sync.protocol import Appended, Head, Problem

Body = TypeVar("Body")
DETAIL_CHARS = 200


class Kind(StrEnum):
    """Everything that an exchange can come to."""

    DONE = "done"
    HEAD = "head"
    """The stream has another head than we believed; it came along."""
    UNKNOWN = "unknown"
    """The portal knows nothing of this stream."""
    OFFLINE = "offline"
    """Nobody answered, or somebody who is not the portal: the office's own proxy or login page."""
    CLOCK = "clock"
    """The certificate does not fit our clock, and our clock may be wrong."""
    CERTIFICATE = "certificate"
    LOAD = "load"
    LARGE = "large"
    FAILED = "failed"
    """The portal stumbled: 500 and its like."""
    UNREADABLE = "unreadable"
    """The portal cannot read what we sent, and never will."""
    REFUSED = "refused"
    """It does not know our key, or does not believe our signature."""
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came: headers by their names in lower case, the body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float = 0.0

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def head(self) -> Head | None:
        """The stream's head, as the entity tag tells it."""
        return protocol.head_of(self.headers.get("etag", ""))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer comes to. `detail` is for who mends it: a status, a problem's name."""

    kind: Kind
    detail: str = ""
    head: Head | None = None
    retry_after_s: float | None = None


_BY_SLUG = {
    protocol.HEAD_MISMATCH.uri: Kind.HEAD,
    protocol.UNKNOWN_STREAM.uri: Kind.UNKNOWN,
    protocol.REVOKED.uri: Kind.REVOKED,
    protocol.SUSPENDED.uri: Kind.SUSPENDED,
    protocol.TOO_OLD.uri: Kind.VERSION,
    protocol.TOO_LARGE.uri: Kind.LARGE,
    protocol.UNKNOWN_KEY.uri: Kind.REFUSED,
    protocol.BAD_SIGNATURE.uri: Kind.REFUSED,
    protocol.FOREIGN.uri: Kind.REFUSED,
}
# What a machine between us and the portal may also answer, without a problem's body.
_BY_STATUS = {
    401: Kind.REFUSED,
    407: Kind.OFFLINE,
    408: Kind.LOAD,
    413: Kind.LARGE,
    426: Kind.VERSION,
    429: Kind.LOAD,
    502: Kind.LOAD,
    503: Kind.LOAD,
    504: Kind.LOAD,
}


def judge(reply: Reply, now: dt.datetime) -> Judgement:
    """What this answer means, apart from what it brought."""
    if 200 <= reply.status < 300:
        return _judge_good(reply)
    if reply.media_type == protocol.PROBLEM_TYPE:
        return _judge_problem(reply, now)
    known = _BY_STATUS.get(reply.status)
    detail = f"HTTP {reply.status}"
    if known is not None:
        return Judgement(known, detail, retry_after_s=_asked_s(reply, now))
    if reply.status >= 500:
        return Judgement(Kind.FAILED, detail)
    # Anything else without a problem's body was not said by the portal: it always says why.
    return Judgement(Kind.OFFLINE, f"{detail}, {reply.media_type or 'no type'}")


def brought(reply: Reply, kind: type[Body]) -> Body | None:
    """The body as one of the protocol's; None when it is not."""
    if reply.media_type != protocol.JSON_TYPE:
        return None
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def appended(reply: Reply) -> tuple[Head, Appended] | None:
    """The new head and the rest of the answer to an append; None when it is not one."""
    found = brought(reply, Appended)
    head = reply.head
    if found is None or head is None or protocol.head_of(found.head) != head:
        return None
    return head, found


def clock_offset_s(reply: Reply, now: dt.datetime) -> float | None:
    """How far the portal's clock is ahead of ours by its `Date`; None without one."""
    try:
        return (parsedate_to_datetime(reply.headers["date"]) - now).total_seconds()
    except (KeyError, TypeError, ValueError, OverflowError, IndexError):
        return None


def _asked_s(reply: Reply, now: dt.datetime) -> float | None:
    return retry_after_s(reply.headers.get("retry-after", ""), now)


def _judge_good(reply: Reply) -> Judgement:
    if reply.media_type not in (protocol.JSON_TYPE, "") or reply.status == 204:
        return Judgement(
            Kind.DONE if reply.status == 204 else Kind.OFFLINE,
            f"HTTP {reply.status}, {reply.media_type}",
        )
    return Judgement(Kind.DONE, head=reply.head)


def _judge_problem(reply: Reply, now: dt.datetime) -> Judgement:
    try:
        problem = msgspec.json.decode(reply.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Judgement(Kind.OFFLINE, f"HTTP {reply.status}, a problem that cannot be read")
    detail = f"HTTP {reply.status} {problem.type.rpartition('/')[2]} {problem.detail}"
    head = reply.head or protocol.head_of(problem.head)
    kind = _BY_SLUG.get(problem.type) or _BY_STATUS.get(reply.status)
    if kind is None:
        kind = Kind.FAILED if reply.status >= 500 else Kind.UNREADABLE
    if kind is Kind.HEAD and head is None:
        kind = Kind.FAILED
    return Judgement(kind, detail[:DETAIL_CHARS].strip(), head, _asked_s(reply, now))
