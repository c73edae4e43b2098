"""Catalogue records and copies out of a file, each with the line or record it came from.

CSV and XLSX have a head line with field names (`title`, `year`, ...); the names that people and
SLiMS use are understood too. JSON is a list of objects, or one object a line. MARC21 is read as
ISO 2709 and as XML. Every format is bounded in what it may unfold to.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from appliance.catalogue.import_words import column, spoken
from appliance.errors import N_, Invalid
from appliance.free_text import lively, one_line

Line = tuple[int, Mapping[str, object]]
MOST_BYTES = 64_000_000
MOST_LINES = 200_000
TOO_LARGE = N_("Berkas terlalu besar. Bagi menjadi beberapa berkas.")
NOT_KNOWN = N_("Berkas harus CSV, XLSX, JSON, MARC21 (.mrc), atau MARCXML (.xml).")
NOT_CSV = N_("Tanda kutip atau panjang isiannya tidak wajar. Simpan ulang dari lembar kerjanya.")
NOT_JSON = N_("Bukan daftar objek JSON.")
NO_TITLE = N_("Baris pertama harus berisi nama kolom, paling sedikit judul (title).")


class BadLine(Invalid):
    """Raised for a file that cannot be read beyond a line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__({"file": message})
        self.line = line


def read_file(path: Path) -> Iterator[Line]:
    """Every record of the file with its line number, counted from 1.

    Raises Invalid for a file that is none of these, has no title column or unfolds to too much,
    BadLine where it breaks off; FileNotFoundError. What is wrong with one record is told when it
    is taken.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Invalid({"file": TOO_LARGE})
    lines = _bounded(_lines(path))
    return ((number, spoken(values)) for number, values in lines)


def _lines(path: Path) -> Iterator[Line]:
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        from appliance.catalogue.import_sheet import read_sheet  # native code, only for sheets

        return from_rows(read_sheet(path))
    if head[:5].isdigit() and head[20:22] == b"45":
        from appliance.catalogue.import_marc import read_marc  # 2 MB that no screen needs

        return read_marc(path)
    if _is_xml(head):
        from appliance.catalogue.import_marc import read_marc_xml

        return read_marc_xml(path)
    text = _text(path)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{"):
        return _from_json(text)
    return _from_csv(text)


def from_rows(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Line]:
    """Lines out of rows of cells, the first of which are the names of the columns."""
    names: list[str] | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if names is None:
            names = [column(cell) for cell in cells]
            if "title" not in names:
                raise Invalid({"file": NO_TITLE})
            continue
        yield number, _told(zip(names, cells, strict=False))
    if names is None:
        raise Invalid({"file": NO_TITLE})


def _told(cells: Iterable[tuple[str, object]]) -> dict[str, object]:
    """The cells by their fields; of two for one, such as ISBN and ISSN, the first that says it."""
    told: dict[str, object] = {}
    for name, cell in cells:
        if name and not one_line(told.get(name)):
            told[name] = cell
    return told


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _is_xml(head: bytes) -> bool:
    plain = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    return plain.startswith(b"<")


def _bounded(lines: Iterator[Line]) -> Iterator[Line]:
    for count, line in enumerate(lines):
        if count == MOST_LINES:
            raise Invalid({"file": TOO_LARGE})
        yield line


def _text(path: Path) -> str:
    data = path.read_bytes()
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid({"file": NOT_KNOWN})


def _from_csv(text: str) -> Iterator[Line]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # spreadsheets here save with semicolons
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from from_rows((rows.line_num, [lively(cell) for cell in row]) for row in rows)
    except csv.Error:
        raise BadLine(rows.line_num, NOT_CSV) from None


def _from_json(text: str) -> Iterator[Line]:
    decoder, position, line = json.JSONDecoder(), 0, 1
    skipped = "[], \t\r\n" if text.lstrip()[:1] == "[" else " \t\r\n"
    while position < len(text):
        if text[position] in skipped:
            line += text[position] == "\n"
            position += 1
            continue
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):  # also a number of too many digits
            raise BadLine(line, NOT_JSON) from None
        if not isinstance(value, dict):
            raise BadLine(line, NOT_JSON)
        yield line, _told((column(name), item) for name, item in value.items())
        line += text.count("\n", position, end)
        position = end
