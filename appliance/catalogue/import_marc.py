"""Records out of MARC21, as ISO 2709 or as XML, one at a time.

One broken record is told and left out; the others are taken. XML may declare nothing: a document
type is where entities come from, and no MARCXML needs one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax import SAXException
from xml.sax.expatreader import ExpatParser
from xml.sax.handler import feature_namespaces, property_lexical_handler

from pymarc import Record
from pymarc.exceptions import PymarcException
from pymarc.marcxml import XmlHandler

from appliance.catalogue.marc_fields import values_of
from appliance.errors import N_, Invalid

Line = tuple[int, Mapping[str, object]]
END = b"\x1d"
LONGEST_RECORD = 100_000  # five digits of length
_PIECE = 1 << 16
BROKEN = N_("Rekaman MARC ini rusak dan tidak dapat dibaca.")
NOT_XML = N_("Berkas XML ini rusak, atau bukan MARCXML.")
DECLARES = N_("Berkas XML ini memuat DOCTYPE. Ekspor ulang sebagai MARCXML biasa.")


def read_marc(path: Path) -> Iterator[Line]:
    """Every record of an ISO 2709 file, numbered from 1."""
    with path.open("rb") as file:
        for number, data in enumerate(_records(iter(lambda: file.read(_PIECE), b"")), start=1):
            yield number, _decoded(data)


def read_marc_xml(path: Path) -> Iterator[Line]:
    """Every record of a MARCXML file, numbered from 1. Raises Invalid where the XML ends early."""
    handler = _Records()
    parser = ExpatParser()
    parser.setFeature(feature_namespaces, True)
    parser.setProperty(property_lexical_handler, _NoDeclarations())
    parser.setContentHandler(handler)
    number = 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                parser.feed(piece)
                for values in handler.taken():
                    number += 1
                    yield number, values
            parser.close()
    except (SAXException, ValueError, LookupError):  # of encodings, too
        raise Invalid({"file": NOT_XML}) from None


class _NoDeclarations:
    """Hears of comments and the like; the one thing it answers is a document type."""

    def startDTD(self, *_declared: object) -> None:  # noqa: N802 - SAX calls it so
        raise Invalid({"file": DECLARES})

    def __getattr__(self, _name: str) -> Any:  # noqa: ANN401 - every other event means nothing
        return lambda *_event: None


class _Records(XmlHandler):
    """Puts every record aside until it is asked for; a broken one is told as such."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._waiting: list[dict[str, object]] = []
        self._is_broken = False

    def taken(self) -> list[dict[str, object]]:
        """The records that have ended since the last time."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def process_record(self, record: Record) -> None:
        self._waiting.append({"problem": BROKEN} if self._is_broken else values_of(record))
        self._is_broken = False

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802, ANN401
        try:
            super().startElementNS(name, qname, attrs)  # type: ignore[no-untyped-call]
        except (KeyError, ValueError, AttributeError):
            self._is_broken = True

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802, ANN401 - as above
        try:
            super().endElementNS(name, qname)  # type: ignore[no-untyped-call]
        except (AttributeError, TypeError, ValueError):
            self._is_broken = True


def _records(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The records by their terminator: many systems count letters where bytes are meant."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(END)
        for data in whole:
            if data.strip():
                yield data.lstrip(b"\r\n ") + END
        if len(rest) > LONGEST_RECORD:
            raise Invalid({"file": BROKEN})
    if rest.strip(b"\r\n \x1a\0"):
        yield rest + END


def _decoded(data: bytes) -> dict[str, object]:
    try:
        data.decode()
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    try:
        return values_of(Record(data=data, force_utf8=is_utf8, hide_utf8_warnings=True))
    except (PymarcException, ValueError, IndexError, KeyError, AttributeError):
        return {"problem": BROKEN}
