"""What a Pi and the hub say to each other, version 1; both sides read it here.

A stream is what one device writes in one epoch. Its head is the number of the newest event that
the hub has and the chain value up to it; an append names the head it expects (`If-Match`), so
the same batch can never be stored twice, nor one be stored that does not follow.
"""

import hashlib
import re
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

VERSION: Final = 1
PREFIX: Final = "/v1"
BATCH_TYPE: Final = "application/cloudevents-batch+json"
PROBLEM_TYPE: Final = "application/problem+json"
JSON_TYPE: Final = "application/json"
PREFER_QUARANTINE: Final = "quarantine"  # of the header Prefer: keep this one event aside
GENESIS: Final = bytes(32)
EVENT_LIMIT_BYTES: Final = 64 * 1024  # what every CloudEvents intermediary must forward
BATCH_LIMIT: Final = 1000  # events of one append
BODY_LIMIT_BYTES: Final = 4 * 1024 * 1024  # of an append, unpacked
HEALTH_LIMIT_BYTES: Final = 4096
_ETAG = re.compile(r'"(0|[1-9][0-9]{0,17})-([0-9a-f]{64})"')


class Head(NamedTuple):
    """How far a stream has come: the newest event's number, and the chain value up to it."""

    sequence: int
    chain: bytes

    @property
    def etag(self) -> str:
        """As it stands in `ETag` and `If-Match`."""
        return f'"{self.sequence}-{self.chain.hex()}"'


NOTHING: Final = Head(0, GENESIS)


def head_of(etag: str) -> Head | None:
    """The head that an entity tag names; None for anything else."""
    found = _ETAG.fullmatch(etag)
    return Head(int(found[1]), bytes.fromhex(found[2])) if found else None


class ProblemKind(NamedTuple):
    """One of the answers that say no (RFC 9457): its type, status, title, and whether to retry."""

    slug: str
    status: int
    title: str
    retryable: bool

    @property
    def uri(self) -> str:
        """Its `type`, relative to the hub, which serves a page about it there."""
        return f"/problems/{self.slug}"


HEAD_MISMATCH: Final = ProblemKind("head-mismatch", 412, "The stream has another head", True)
HEAD_REQUIRED: Final = ProblemKind("head-required", 428, "An append must name a head", False)
UNKNOWN_STREAM: Final = ProblemKind("unknown-stream", 404, "Nothing is stored under it yet", False)
NOT_FOUND: Final = ProblemKind("not-found", 404, "There is nothing here", False)
BAD_REQUEST: Final = ProblemKind("bad-request", 400, "The request cannot be read", False)
BAD_DIGEST: Final = ProblemKind("bad-digest", 400, "The body is not the one that was signed", True)
BAD_SIGNATURE: Final = ProblemKind("bad-signature", 401, "The signature does not fit", False)
UNKNOWN_KEY: Final = ProblemKind("unknown-key", 401, "No device has this key", False)
REVOKED: Final = ProblemKind("revoked", 403, "This device may not send any more", False)
SUSPENDED: Final = ProblemKind("suspended", 403, "This device must wait for the hub", True)
FOREIGN: Final = ProblemKind("foreign", 403, "This belongs to another device", False)
BAD_CLAIM: Final = ProblemKind("bad-claim", 403, "The claim code is not valid", False)
TOO_LARGE: Final = ProblemKind("too-large", 413, "The batch is too large", True)
BAD_MEDIA: Final = ProblemKind("bad-media", 415, "This kind of body is not taken", False)
BAD_RANGE: Final = ProblemKind("bad-range", 416, "The file has no such bytes", False)
TOO_OLD: Final = ProblemKind("client-too-old", 426, "This version is not spoken any more", False)
SLOW_DOWN: Final = ProblemKind("slow-down", 429, "Too many requests", True)
INTERNAL: Final = ProblemKind("internal", 500, "The hub failed", True)
UNAVAILABLE: Final = ProblemKind("unavailable", 503, "The hub cannot store at present", True)
CURSOR_GONE: Final = ProblemKind("cursor-gone", 410, "The list does not go back that far", False)
PROBLEMS: Final = tuple(kind for kind in list(globals().values()) if isinstance(kind, ProblemKind))


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of an answer that says no."""

    type: str
    title: str
    status: int
    detail: str = ""
    retryable: bool = False
    head: str = ""  # the entity tag of the stream's head, where that helps


class Aside(msgspec.Struct):
    """An event that the hub has stored, but aside: it does not fit its kind."""

    id: str
    problem: str


class Hint(msgspec.Struct, omit_defaults=True):
    """How the hub would like the next batch: events at most, and seconds to wait before it."""

    batch: int = 0  # 0: as the device likes
    wait_s: float = 0.0


class Appended(msgspec.Struct):
    """The answer to an append: the stream's new head, and what became of the events."""

    head: str
    stored: int
    quarantined: list[Aside] = []
    hint: Hint = msgspec.field(default_factory=Hint)


class PublicKey(msgspec.Struct):
    """A JSON Web Key of an octet key pair (RFC 8037): Ed25519 signs, X25519 opens boxes."""

    x: str  # 32 bytes, base64url without padding
    crv: str = "Ed25519"
    kty: str = "OKP"


def claim_text(code: str, device_id: str) -> bytes:
    """What the proof of a claim signs."""
    return f"ruangbaca-claim:{code}:{device_id}".encode()


class Claim(msgspec.Struct):
    """What a device sends to enrol. `proof` is its signature over `claim_text`, in base64url."""

    code: str
    device_id: str  # the device's own random id, which its events already carry
    public_key: PublicKey
    proof: str
    software: str
    protocol: int = VERSION


class Enrolled(msgspec.Struct, omit_defaults=True):
    """What a device gets for a claim. Keys are the hub's own: for configuration, for boxes."""

    device_id: str
    office: str
    key_id: str
    state: str  # pending, active
    config_key: PublicKey
    box_key: PublicKey | None = None


def key_id(public: bytes) -> str:
    """The name of a key of 32 bytes: half of the SHA-256 of them, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:32]


def rotation_text(nonce: str, device_id: str) -> bytes:
    """What the proof of a new key signs."""
    return f"ruangbaca-key:{nonce}:{device_id}".encode()


class NewKey(msgspec.Struct):
    """What a device sends to change its key, in a request that the old key signs.

    `proof` is the new key's signature over `rotation_text`, in base64url. The old key holds until
    the first request that the new one signs.
    """

    public_key: PublicKey
    proof: str


class Command(msgspec.Struct):
    """What a device should do: rotate-key, send-health or check-config; never open anything."""

    id: int
    kind: str


class Commands(msgspec.Struct):
    """Commands in their order, and the number to ask after next time."""

    commands: list[Command]
    next: int


class CatalogueItem(msgspec.Struct):
    """A publication as the hub has it; without a document it is gone."""

    id: str
    version: int
    document: dict[str, object] | None


class CatalogueChanges(msgspec.Struct):
    """What changed, oldest first, the cursor for the next question, and whether to ask at once."""

    items: list[CatalogueItem]
    next: int
    more: bool


class Now(msgspec.Struct):
    """The hub's clock, unsigned: a hint for how wrong one's own may be."""

    utc: str


def succession_text(key: bytes) -> bytes:
    """What the hub's key signs to introduce the one that follows it."""
    return b"ruangbaca-hub-key:" + key


class Successor(msgspec.Struct):
    """A signing key of the hub: `by` is the name of the one before it, which has signed
    `succession_text`; the signature in base64url."""

    public_key: PublicKey
    by: str
    signature: str


class Signed(msgspec.Struct, omit_defaults=True):
    """A document from the hub: its exact bytes and their signature, both base64.

    `successors` are all keys that have followed one another, oldest first.
    """

    version: int  # rises; a device refuses a lower one
    document: str
    signature: str
    key_id: str
    successors: list[Successor] = []


FILE_FORMAT: Final = "ruangbaca-sync-file/1"
RECEIPT_FORMAT: Final = "ruangbaca-sync-receipt/1"


class FileHead(msgspec.Struct):
    """The first line of a file that is carried to the hub; each further one is a Carried."""

    device: str
    made_at: str = ""
    format: str = FILE_FORMAT


class Carried(msgspec.Struct, omit_defaults=True):
    """One request, signed as if it went over the line: a claim, a new stream, an append, health."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case; `host` is whatever was signed
    body: str  # base64


class StreamHead(msgspec.Struct):
    """How far the hub has come with one stream."""

    epoch: str
    head: str  # as an entity tag


class Stumble(msgspec.Struct):
    """A line of a file that the hub did not take: its number from 1, the problem's name."""

    line: int
    problem: str
    detail: str = ""


class Receipt(msgspec.Struct, omit_defaults=True):
    """What the hub made of a file: carried back as a Signed whose document it is."""

    device: str
    at: str
    format: str = RECEIPT_FORMAT
    stored: int = 0
    streams: list[StreamHead] = []
    quarantined: list[Aside] = []
    problems: list[Stumble] = []
    enrolled: Enrolled | None = None


# What the hub calculates with: a device that lies must not stop the page of all devices.
Count = Annotated[int, Meta(ge=0, le=1 << 53)]
CONFIG_REFUSED_LIMIT: Final = 20
Span = Annotated[float, Meta(ge=-1e10, le=1e10)]  # seconds, also of a clock that starts in 1970


class Health(msgspec.Struct, omit_defaults=True):
    """How a device is doing: last value only. Nothing in it tells of a person."""

    software: Annotated[str, Meta(max_length=60)]
    at: Annotated[str, Meta(max_length=60)] = ""  # left out while its clock is unset
    clock_quality: Count = 0
    clock_offset_s: Span | None = None
    waiting: Count = 0
    oldest_waiting_s: Span | None = None
    held: Count = 0
    epochs: Count = 1
    disk_free_mb: Count = 0
    disk_used: Span = 0.0
    backup_age_s: Span | None = None
    uptime_s: Span = 0.0
    config_version: Count = 0
    config_refused: Annotated[
        list[Annotated[str, Meta(max_length=60)]], Meta(max_length=CONFIG_REFUSED_LIMIT)
    ] = []
    config_problem: Annotated[str, Meta(max_length=60)] = ""
    problem: Annotated[str, Meta(max_length=200)] = ""
