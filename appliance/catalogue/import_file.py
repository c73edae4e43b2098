"""Catalogue records out of a CSV or JSON file, each with the line it came from.

CSV has a head line with field names (`title`, `year`, ...); the Indonesian names people use in
spreadsheets are understood too. JSON is a list of objects, or one object a line.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from appliance.catalogue.rules import FIELDS
from appliance.errors import N_, Invalid

Line = tuple[int, Mapping[str, object]]
_INDONESIAN = {
    "judul": "title",
    "jenis": "kind",
    "tahun": "year",
    "subjek": "subject",
    "abstrak": "abstract",
    "tanggal_rilis": "released_on",
    "no_katalog": "catalogue_number",
    "kat_no": "catalogue_number",
    "no_publikasi": "publication_number",
    "pub_no": "publication_number",
    "pub_id": "source_id",
    "rl_date": "released_on",
    "halaman": "pages",
    "rak": "shelf",
    "eksemplar": "copies",
}


def read_file(path: Path) -> Iterator[Line]:
    """Every record of the file with its line number, counted from 1.

    Raises Invalid for a file that is neither, or has no title column; FileNotFoundError.
    """
    text = _text(path)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{"):
        return _from_json(text)
    return _from_csv(text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid({"file": N_("Berkas harus berupa teks UTF-8 (CSV atau JSON).")}) from None


def _from_csv(text: str) -> Iterator[Line]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # spreadsheets here save with semicolons
    rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        names = [_field(name) for name in next(rows, [])]
        if "title" not in names:
            raise Invalid(
                {"file": N_("Baris pertama harus berisi nama kolom, paling sedikit title.")}
            )
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, dict(zip(names, row, strict=False))
    except csv.Error as error:
        raise Invalid({"file": f"{rows.line_num}: {error}"}) from None


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
        except (json.JSONDecodeError, RecursionError):
            raise Invalid({"file": f"{line}: JSON"}) from None
        if not isinstance(value, dict):
            raise Invalid({"file": f"{line}: JSON"})
        yield line, {_field(name): item for name, item in value.items()}
        line += text.count("\n", position, end)
        position = end


def _field(name: str) -> str:
    known = name.strip().casefold().replace(" ", "_")
    return known if known in FIELDS else _INDONESIAN.get(known, known)
