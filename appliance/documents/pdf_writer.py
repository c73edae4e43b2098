"""Writes a PDF from front to back: objects go out as they come, only their places are kept.

Standard library only, so that the assembling child starts fast and needs one page of memory.
"""

import hashlib
from collections.abc import Iterable
from typing import IO

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # four bytes above 127: nobody takes it for text
FREE_ENTRY = b"0000000000 65535 f \n"


class PdfWriter:
    """One PDF on its way into `file`. Numbers of objects are handed out by `reserve`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._at = 0
        self._places: list[int] = []
        self._digest = hashlib.sha256()
        self._write(HEADER)

    def reserve(self) -> int:
        """The number of an object that is written later; others may refer to it already."""
        self._places.append(0)
        return len(self._places)

    def add(self, body: str, stream: bytes | None = None, number: int = 0) -> int:
        """Write an object, the reserved one of this `number` or a new one; its number.

        `body` is its dictionary without the brackets; `/Length` is added for a stream.
        """
        number = number or self.reserve()
        self._places[number - 1] = self._at
        length = "" if stream is None else f" /Length {len(stream)}"
        self._write(f"{number} 0 obj\n<<{body}{length}>>\n".encode("ascii"))
        if stream is not None:
            self._write(b"stream\n")
            self._write(stream)
            self._write(b"\nendstream\n")
        self._write(b"endobj\n")
        return number

    def finish(self, *, root: int, info: int, identity: bytes) -> str:
        """Write the table of places and the end; the SHA-256 of the whole file.

        Every reserved object must be written by now.
        """
        table_at = self._at
        self._write(b"xref\n0 %d\n" % (len(self._places) + 1) + FREE_ENTRY)
        for place in self._places:
            self._write(b"%010d 00000 n \n" % place)
        name = hashlib.sha256(identity).hexdigest()[:32]
        self._write(
            f"trailer\n<</Size {len(self._places) + 1} /Root {root} 0 R /Info {info} 0 R "
            f"/ID [<{name}> <{name}>]>>\nstartxref\n{table_at}\n%%EOF\n".encode("ascii")
        )
        return self._digest.hexdigest()

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._at += len(data)


def number(value: float) -> str:
    """A length or factor as PDF spells it: a thousandth of a point, never 1e-05."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"


def numbers(values: Iterable[float]) -> str:
    """Several of them, with spaces between."""
    return " ".join(number(value) for value in values)


def unicode_string(text: str) -> str:
    """A string for the catalogue and the title: any language, as hexadecimal UTF-16."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def shown_string(data: bytes) -> str:
    """A string of bytes in a font's encoding, for a text operator."""
    return f"<{data.hex().upper()}>"


def literal_string(data: bytes) -> bytes:
    """The same with its letters as they stand, for whoever searches the file for them."""
    escaped = data.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
    return b"(%s)" % escaped


def references(objects: Iterable[int]) -> str:
    """`4 0 R 7 0 R` for these numbers."""
    return " ".join(f"{number} 0 R" for number in objects)
