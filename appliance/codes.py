"""Links nobody can guess, codes people read out, and barcodes that say what they are.

Short codes are Crockford base32 (https://www.crockford.com/base32.html) with its mod-37 check
symbol; only numbers whose check symbol can be typed on any keyboard are ever issued.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_BASE = 37  # Crockford: the smallest prime above 32 that catches every single slip
CODE_BITS = 35  # seven symbols; with the check symbol eight, read out as two groups of four
CODE_SYMBOLS = CODE_BITS // 5
TOKEN_BYTES = 16
CARD_PARTS = 2
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BADGE_TOKEN = re.compile(r"[0-9A-F]{32}")
_LOCKER_NUMBER = re.compile(r"0?[1-9]|[1-3][0-9]|4[0-8]")  # as painted on the doors
_PUBLICATION = re.compile(r"[A-Z0-9./-]+")  # what a record may have for its barcode
_CARD = re.compile(r"W(26|34|37):[0-9A-F:,.-]{1,40}")
_EAN = re.compile(r"(97[789][0-9]{10})([0-9]{2}|[0-9]{5})?")  # some carry an add-on of an issue
_OWN_LINK = re.compile(r"https?://[^/\s]+/visits/[0-9a-f]{32}\b.*", re.IGNORECASE)


class CodeKind(StrEnum):
    """What a barcode stands for; the value is the prefix printed in it."""

    TICKET = "RBT"
    LOCKER = "RBL"
    PUBLICATION = "RBP"
    STAFF = "RBS"
    ACTION = "RBA"
    VISITOR = "RBV"


class ReadKind(StrEnum):
    """What a code before a reader turns out to be."""

    TICKET = "ticket"
    LOCKER = "locker"
    PUBLICATION = "publication"
    STAFF = "staff"
    ACTION = "action"
    VISITOR = "visitor"
    """The card of somebody who comes again."""
    ISBN = "isbn"
    ISSN = "issn"
    CARD = "card"
    LINK = "link"
    """The other QR of a ticket, which opens it on a phone."""
    FOREIGN = "foreign"
    DAMAGED = "damaged"
    """Ours, or a book's, with a check that does not fit."""


class ActionCode(StrEnum):
    """What one of the printed action codes beside a reader asks for."""

    OPEN = "BUKA"
    FINISH = "SELESAI"
    EMPTY = "KOSONG"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode of ours, split into what it is and what it names."""

    kind: CodeKind
    value: str


@dataclass(frozen=True, slots=True)
class ReadCode:
    """What was read, its check verified.

    `value` is a visit's short code, the code of a visitor's card, a locker's number, a
    publication's number, a badge's token, an ActionCode, 13 digits of an ISBN, an ISSN such as
    1234-5679, or a card as its reader says it; empty for a link, a foreign code and a damaged one.
    """

    kind: ReadKind
    value: str = ""


def new_token() -> str:
    """A fresh 128-bit token, safe in a path."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def derived_token(key: bytes, purpose: str, subject: str) -> str:
    """The 128-bit token that only the holder of `key` can compute for this subject.

    It can be shown again (a ticket reprinted) although the database keeps nothing but its hash.
    """
    digest = hmac.new(key, f"{purpose}:{subject}".encode(), hashlib.sha256).hexdigest()
    return digest[: TOKEN_BYTES * 2]


def new_badge_token() -> str:
    """A fresh 128-bit token in capitals, which survives a reader that types."""
    return secrets.token_hex(TOKEN_BYTES).upper()


def new_card_code() -> str:
    """A random code for a visitor's card: two short codes, 70 bits, four groups of four to type."""
    return "".join(new_short_code() for _ in range(CARD_PARTS))


def parse_card_code(text: str) -> str | None:
    """The code of a visitor's card as issued, scanned or typed; None when it cannot be one."""
    cleaned = "".join(c for c in text[:64].upper() if c.isalnum())
    half = CODE_SYMBOLS + 1
    if len(cleaned) > CARD_PARTS * half:  # one in 32,768 begins with these letters by itself
        cleaned = cleaned.removeprefix(CodeKind.VISITOR)
    parts = [parse_short_code(cleaned[at : at + half]) for at in (0, half)]
    if len(cleaned) != CARD_PARTS * half or None in parts:
        return None
    return "".join(part for part in parts if part)


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


def locker_tag(number: int) -> str:
    """The text of a locker's tag: prefix, two digits, check character (``RBL07S``)."""
    return _with_check(f"{CodeKind.LOCKER}{number:02d}")


def action_text(action: ActionCode) -> str:
    """The text of a printed action code, its check character last."""
    return _with_check(f"{CodeKind.ACTION}{action}")


def recognise(text: str) -> ReadCode:
    """What a scanned text is; every text is something."""
    cleaned = text.strip().upper()
    ours = parse_barcode(cleaned)
    if ours is not None:
        return _ours(ours)
    if ean := _EAN.fullmatch(cleaned):
        return _book(ean[1])
    if _CARD.fullmatch(cleaned):
        return ReadCode(ReadKind.CARD, cleaned)
    return ReadCode(ReadKind.LINK if _OWN_LINK.fullmatch(text.strip()) else ReadKind.FOREIGN)


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


def _ours(found: Barcode) -> ReadCode:
    value = _CHECKED[found.kind](found)
    return ReadCode(ReadKind.DAMAGED) if value is None else ReadCode(_KINDS[found.kind], value)


def _ticket(found: Barcode) -> str | None:
    return parse_short_code(found.value)


def _visitor(found: Barcode) -> str | None:
    return parse_card_code(found.value)


def _tag(found: Barcode) -> str | None:
    number = _without_check(found)
    return str(int(number)) if number and _LOCKER_NUMBER.fullmatch(number) else None


def _publication(found: Barcode) -> str | None:
    # Printed since the first day, without a check of ours.
    return found.value if _PUBLICATION.fullmatch(found.value) else None


def _badge(found: Barcode) -> str | None:
    return found.value if _BADGE_TOKEN.fullmatch(found.value) else None


def _action(found: Barcode) -> str | None:
    action = _without_check(found)
    return action if action in list(ActionCode) else None


_KINDS = {
    CodeKind.TICKET: ReadKind.TICKET,
    CodeKind.LOCKER: ReadKind.LOCKER,
    CodeKind.PUBLICATION: ReadKind.PUBLICATION,
    CodeKind.STAFF: ReadKind.STAFF,
    CodeKind.ACTION: ReadKind.ACTION,
    CodeKind.VISITOR: ReadKind.VISITOR,
}
_CHECKED = {
    CodeKind.TICKET: _ticket,
    CodeKind.LOCKER: _tag,
    CodeKind.PUBLICATION: _publication,
    CodeKind.STAFF: _badge,
    CodeKind.ACTION: _action,
    CodeKind.VISITOR: _visitor,
}


def _book(digits: str) -> ReadCode:
    """ISBN or ISSN behind a bar code of 13 digits, whose last digit is its check (GS1)."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    if weighted % 10:
        return ReadCode(ReadKind.DAMAGED)
    if not digits.startswith("977"):
        return ReadCode(ReadKind.ISBN, digits)
    serial = digits[3:10]
    # ISSN has a check of its own, which the bar code leaves out (ISO 3297).
    rest = sum(int(digit) * weight for digit, weight in zip(serial, range(8, 1, -1), strict=True))
    check = (11 - rest % 11) % 11
    return ReadCode(ReadKind.ISSN, f"{serial[:4]}-{serial[4:]}{'X' if check == 10 else check}")


def _with_check(text: str) -> str:
    return text + _check_character(text)


def _without_check(found: Barcode) -> str | None:
    """The value before its check character; None when that does not fit."""
    value = found.value.replace("-", "")
    body = f"{found.kind}{value[:-1]}"
    is_right = body.isascii() and body.isalnum() and _check_character(body) == value[-1:]
    return value[:-1] if is_right else None


def _check_character(text: str) -> str:
    """ISO 7064 MOD 37,36: catches every single slip and every swap of neighbours."""
    rest = 36
    for character in text:
        rest = (rest + _ALPHANUMERIC.index(character)) % 36 or 36
        rest = rest * 2 % 37
    return _ALPHANUMERIC[(37 - rest) % 36]
