"""HTTP message signatures (RFC 9421) by Ed25519, and digests of bodies (RFC 9530).

`@target-uri` is not among the covered components: a server behind a proxy that ends TLS cannot
rebuild it. Replaying an append does no harm, for its `If-Match` has passed; so `created` is
looked at by nobody, and a Pi with a wrong clock is still believed.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from appliance import ed25519

LABEL = "rb"
ALWAYS = ("@method", "@authority", "@path", "@query")
WHERE_SENT = (
    *("content-type", "content-encoding", "content-digest", "if-match", "if-none-match"),
    "prefer",
)
_INPUT = re.compile(
    r"(?:^|[, ])"
    + LABEL
    + r"=(?P<all>\((?P<items>[^()]*)\)(?P<parameters>(?:;[a-z]+=(?:\"[ !#-\[\]-~]*\"|[0-9]+))*))"
)
_VALUE = re.compile(r"(?:^|[, ])" + LABEL + r"=:(?P<value>[A-Za-z0-9+/]+={0,2}):")
_ITEM = re.compile(r'"([@a-z0-9-]+)"')
_KEY = re.compile(r';keyid="(?P<id>[^"]+)"')


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of a request that a signature may cover; headers by their names in lower case."""

    method: str
    authority: str
    path: str
    query: str = ""  # without its question mark
    headers: Mapping[str, str] = field(default_factory=dict)

    def component(self, name: str) -> str | None:
        """Its value as it is signed; None when the message has no such part."""
        if name == "@method":
            return self.method
        if name == "@authority":
            return self.authority.lower()
        if name == "@path":
            return self.path or "/"
        if name == "@query":
            return f"?{self.query}"
        found = self.headers.get(name)
        return None if found is None else " ".join(found.split())


class Signature(NamedTuple):
    """What came with a message: who says to have signed it, which parts, and the bytes."""

    key_id: str
    covered: tuple[str, ...]
    parameters: str
    value: bytes


def content_digest(body: bytes) -> str:
    """The value of `Content-Digest` for these bytes as they are sent."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def sign(
    message: Message, secret: bytes, *, key_id: str, created: int | None, nonce: str
) -> dict[str, str]:
    """The two headers that sign this message. `created` is None while the clock is unset."""
    covered = ALWAYS + tuple(name for name in WHERE_SENT if name in message.headers)
    items = " ".join(f'"{name}"' for name in covered)
    at = "" if created is None else f";created={created}"
    parameters = f'({items}){at};keyid="{key_id}";alg="ed25519";nonce="{nonce}"'
    value = ed25519.sign(secret, _base(message, covered, parameters))
    return {
        "Signature-Input": f"{LABEL}={parameters}",
        "Signature": f"{LABEL}=:{base64.b64encode(value).decode()}:",
    }


def signature_of(message: Message) -> Signature | None:
    """The signature that a message carries under our label; None without one, or a garbled one."""
    given = _INPUT.search(message.headers.get("signature-input", ""))
    value = _VALUE.search(message.headers.get("signature", ""))
    if given is None or value is None:
        return None
    key = _KEY.search(given["parameters"])
    covered = tuple(_ITEM.findall(given["items"]))
    if key is None or " ".join(f'"{name}"' for name in covered) != given["items"]:
        return None
    try:
        return Signature(
            key["id"], covered, given["all"], base64.b64decode(value["value"], validate=True)
        )
    except ValueError:
        return None


def is_signed(message: Message, signature: Signature, public: bytes) -> bool:
    """Whether the key's holder signed this message, and signed all of it that counts.

    Every header of WHERE_SENT that the message has must be covered: what is not signed could
    have been put in on the way.
    """
    needed = {*ALWAYS, *(name for name in WHERE_SENT if name in message.headers)}
    covered = signature.covered
    if not needed.issubset(covered) or len(set(covered)) < len(covered):
        return False
    if any(message.component(name) is None for name in covered):
        return False
    base = _base(message, covered, signature.parameters)
    return ed25519.is_signed(public, base, signature.value)


def _base(message: Message, covered: tuple[str, ...], parameters: str) -> bytes:
    """The signature base of RFC 9421, section 2.5."""
    lines = [f'"{name}": {message.component(name)}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
