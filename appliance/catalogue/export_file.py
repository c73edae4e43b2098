"""The whole catalogue as a file that any of our catalogues takes back unchanged.

CSV and XLSX are shelf lists: one line for every copy, and one for a record that has none.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import IO

from appliance.catalogue import copy_rules, copy_table, record_table
from appliance.catalogue.copy_rules import Copy
from appliance.catalogue.rules import Record
from appliance.free_text import inert

COLUMNS = (*record_table.OWN, *copy_rules.FIELDS)
_XML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<collection xmlns="http://www.loc.gov/MARC21/slim">
"""


class Format(StrEnum):
    """How the catalogue is handed out."""

    CSV = "csv"
    XLSX = "xlsx"
    MARCXML = "xml"


Held = tuple[int, Record, tuple[Copy, ...]]


def holdings() -> Iterator[Held]:
    """Every record with its copies, in the order in which they came in."""
    last = 0
    while kept := record_table.after(last):
        copies = copy_table.of_many([one.id for one in kept])
        for one in kept:
            yield one.id, one.record, copies[one.id]
        last = kept[-1].id


def write(form: Format, file: IO[bytes]) -> int:
    """Write the whole catalogue; how many records it has."""
    return _WRITERS[form](file)


def _write_csv(file: IO[bytes]) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    count = 0
    for held in holdings():
        count += 1
        rows.writerows([inert(cell) for cell in line] for line in _lines(held))
    text.flush()
    text.detach()
    return count


def _write_xlsx(file: IO[bytes]) -> int:
    import xlsxwriter  # 2 MB that no other screen needs

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet("Katalog")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 48)
    number, count = 0, 0
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name)
    for held in holdings():
        count += 1
        for line in _lines(held):
            number += 1
            for column, cell in enumerate(line):
                if cell:
                    sheet.write_string(number, column, cell)
    book.close()
    return count


def _write_marc_xml(file: IO[bytes]) -> int:
    from pymarc import record_to_xml  # 2 MB that no screen needs

    from appliance.catalogue.marc_fields import record_of

    file.write(_XML_HEAD.encode())
    count = 0
    for row_id, record, copies in holdings():
        count += 1
        values = {name: getattr(record, name) for name in record_table.OWN}
        marc = record_of(row_id, values, [dict(_cells(copy)) for copy in copies])
        file.write(record_to_xml(marc) + b"\n")
    file.write(b"</collection>\n")
    return count


_WRITERS: dict[Format, Callable[[IO[bytes]], int]] = {
    Format.CSV: _write_csv,
    Format.XLSX: _write_xlsx,
    Format.MARCXML: _write_marc_xml,
}


def _lines(held: Held) -> Iterator[list[str]]:
    _, record, copies = held
    own = [_text(getattr(record, name)) for name in record_table.OWN]
    if not copies:
        yield [*own, *("" for _ in copy_rules.FIELDS)]
    for copy in copies:
        cells = dict(_cells(copy))
        yield [*own, *(cells[name] for name in copy_rules.FIELDS)]


def _cells(copy: Copy) -> Iterator[tuple[str, str]]:
    for name, value in asdict(copy.values).items():
        yield name, str(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)
