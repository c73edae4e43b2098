"""Links nobody can guess, codes people read out, and barcodes that say what they are.

Short codes are Crockford base32 (https://www.crockford.com/base32.html) with its mod-37 check
symbol; only numbers whose check symbol can be typed on any keyboard are ever issued.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_BASE = 37  # Crockford: the smallest prime above 32 that catches every single slip
CODE_BITS = 35  # seven symbols; with the check symbol eight, read out as two groups of four
CODE_SYMBOLS = CODE_BITS // 5
TOKEN_BYTES = 16
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


class CodeKind(StrEnum):
    """What a barcode stands for; the value is the prefix printed in it."""

    TICKET = "RBT"
    LOCKER = "RBL"
    PUBLICATION = "RBP"
    STAFF = "RBS"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode of ours, split into what it is and what it names."""

    kind: CodeKind
    value: str


def new_token() -> str:
    """A fresh 128-bit token, safe in a path."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def derived_token(key: bytes, purpose: str, subject: str) -> str:
    """The 128-bit token that only the holder of `key` can compute for this subject.

    It can be shown again (a ticket reprinted) although the database keeps nothing but its hash.
    """
    digest = hmac.new(key, f"{purpose}:{subject}".encode(), hashlib.sha256).hexdigest()
    return digest[: TOKEN_BYTES * 2]


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_short_code() -> str:
    """A random eight-symbol code without separator, its last symbol the check."""
    while True:
        number = secrets.randbits(CODE_BITS)
        check = number % CHECK_BASE
        if check < len(ALPHABET):
            return _encode(number) + ALPHABET[check]


def parse_short_code(text: str) -> str | None:
    """The code as stored, from what a person typed; None when it cannot be one.

    Case, blanks and hyphens do not matter; O reads as 0, I and L as 1.
    """
    cleaned = "".join(c for c in text.upper() if c.isalnum()).translate(_LOOK_ALIKE)
    if len(cleaned) != CODE_SYMBOLS + 1 or any(c not in ALPHABET for c in cleaned):
        return None
    number = 0
    for symbol in cleaned[:-1]:
        number = number * 32 + ALPHABET.index(symbol)
    check = number % CHECK_BASE
    return cleaned if ALPHABET[check : check + 1] == cleaned[-1] else None


def readable(code: str) -> str:
    """The code as people read it out: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def barcode(kind: CodeKind, value: str) -> str:
    """The text to put into a QR or barcode."""
    return f"{kind}{value}"


def parse_barcode(text: str) -> Barcode | None:
    """What a scanned text is, or None when it is not ours."""
    cleaned = text.strip().upper()
    for kind in CodeKind:
        if cleaned.startswith(kind) and len(cleaned) > len(kind):
            return Barcode(kind, cleaned[len(kind) :])
    return None


def ticket_code(text: str) -> str | None:
    """The visit code in a typed code or in a scanned ticket; None for anything else."""
    scanned = parse_barcode(text)
    if scanned is not None:
        return parse_short_code(scanned.value) if scanned.kind is CodeKind.TICKET else None
    return parse_short_code(text)


def _encode(number: int) -> str:
    symbols = []
    for _ in range(CODE_SYMBOLS):
        number, rest = divmod(number, 32)
        symbols.append(ALPHABET[rest])
    return "".join(reversed(symbols))
