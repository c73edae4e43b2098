"""One message as the bytes that go over the line, its files read from the disk while they go."""

import base64
import binascii
import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import PurePath
from typing import IO

from appliance.mail.views import Letter

LINE_BYTES = 57  # in base64 76 characters, and no line begins with the dot that ends a message
PIECE_BYTES = LINE_BYTES * 1024
SUBTYPES = {".pdf": "pdf", ".zip": "zip"}  # what else there is, is saved and opened by its name


class Unreadable(Exception):
    """Raised when a file of the message cannot be read, or is not what it was."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An open file, its size, and what it is called in the message."""

    file: IO[bytes]
    size_bytes: int
    name: str


class Dispatch:
    """A letter and its files in the form of SMTP's DATA, without the dot at the end."""

    def __init__(
        self, letter: Letter, enclosures: tuple[Enclosure, ...], sent_at: dt.datetime
    ) -> None:
        self._enclosures = enclosures
        places = [secrets.token_bytes(LINE_BYTES) for _ in enclosures]
        rest = _message(letter, enclosures, places, sent_at).as_bytes()
        self._texts: list[bytes] = []
        for place in places:
            before, _, rest = rest.partition(base64.b64encode(place) + b"\r\n")
            self._texts.append(_stuffed(before))
        self._texts.append(_stuffed(rest))

    @property
    def size_bytes(self) -> int:
        """How large it is on the line."""
        files = sum(_encoded_size(one.size_bytes) for one in self._enclosures)
        return files + sum(map(len, self._texts))

    def pieces(self) -> Iterator[bytes]:
        """All of it, some ten kilobytes at a time. Raises Unreadable."""
        for text, enclosure in zip(self._texts, self._enclosures, strict=False):
            yield text
            yield from _encoded(enclosure)
        yield self._texts[-1]


def _message(
    letter: Letter, enclosures: tuple[Enclosure, ...], places: list[bytes], sent_at: dt.datetime
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letter.sender_name, addr_spec=letter.sender)
    message["To"] = Address(addr_spec=letter.address)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{letter.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body, cte="quoted-printable")
    for enclosure, place in zip(enclosures, places, strict=True):
        subtype = SUBTYPES.get(PurePath(enclosure.name).suffix, "octet-stream")
        message.add_attachment(
            place, maintype="application", subtype=subtype, filename=enclosure.name
        )
    return message


def _stuffed(text: bytes) -> bytes:
    """Lines that begin with a dot get another one, which the server takes away (RFC 5321, 4.5.2).

    Every text begins a line of its own.
    """
    stuffed = text.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _encoded(enclosure: Enclosure) -> Iterator[bytes]:
    left = enclosure.size_bytes
    while left:
        try:
            piece = enclosure.file.read(min(PIECE_BYTES, left))
        except OSError as error:
            raise Unreadable from error
        if not piece:
            raise Unreadable
        left -= len(piece)
        lines = (piece[at : at + LINE_BYTES] for at in range(0, len(piece), LINE_BYTES))
        yield b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _encoded_size(size_bytes: int) -> int:
    lines, rest = divmod(size_bytes, LINE_BYTES)
    last = 4 * -(-rest // 3) + 2 if rest else 0
    return lines * (LINE_BYTES // 3 * 4 + 2) + last
