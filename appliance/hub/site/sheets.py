"""Tables of the dashboard as files: CSV and a workbook.

Names of offices come from outside: CSV puts an apostrophe before what a spreadsheet would take for
a formula, and the workbook writes every text as text.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from appliance.free_text import inert

Cell = str | int | float | Fraction | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_COLUMN, OTHER_COLUMNS = 42, 16  # widths, in letters
LONGEST_TAB = 31  # Excel's own limit
_NOT_IN_TABS = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. A hidden number is the text that stands for it; None is an empty cell.

    `tab` is its short name; of several sheets each needs another.
    """

    tab: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def csv_of(sheet: Sheet) -> bytes:
    """One table, its heads in the first line, in UTF-8 with the mark spreadsheets look for."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow([inert(head) for head in sheet.heads])
    for row in sheet.rows:
        lines.writerow(_safe(row))
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(sheets: Sequence[Sheet], title: str) -> bytes:
    """A workbook with a page for each table."""
    import xlsxwriter  # 2 MB that no other page needs

    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": title})
    styles = _Styles(book)
    for sheet in sheets:
        _fill(book.add_worksheet(tab_name(sheet.tab)), sheet, styles)
    book.close()
    return file.getvalue()


def tab_name(name: str) -> str:
    """A name that a workbook takes."""
    return " ".join(name.translate(_NOT_IN_TABS).split())[:LONGEST_TAB].strip() or "Data"


def plain(cell: Cell) -> str | int | float:
    """A cell as files carry it."""
    if cell is None:
        return ""
    return float(round(cell, 6)) if isinstance(cell, Fraction) else cell


class _Styles:
    """How the cells of one workbook look."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.note = book.add_format({"italic": True})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.part = book.add_format({"num_format": "0.00"})
        self.hidden = book.add_format({"align": "right", "font_color": "#515d69"})


def _fill(page: Any, sheet: Sheet, styles: _Styles) -> None:  # noqa: ANN401 - xlsxwriter has no types
    page.set_column(0, 0, FIRST_COLUMN)
    page.set_column(1, max(len(sheet.heads) - 1, 1), OTHER_COLUMNS)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, sheet.title, styles.title)
    place = 1
    for place, note in enumerate(sheet.notes, 1):
        page.write_string(place, 0, note, styles.note)
    first = place + 2
    for column, head in enumerate(sheet.heads):
        page.write_string(first, column, head, styles.head)
    for number, row in enumerate(sheet.rows, first + 1):
        for column, cell in enumerate(row):
            _write(page, number, column, plain(cell), styles)


def _write(page: Any, row: int, column: int, value: str | float, styles: _Styles) -> None:  # noqa: ANN401 - xlsxwriter has no types
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value, styles.hidden if value[0] == "<" else None)
    else:
        style = styles.whole if isinstance(value, int) else styles.part
        page.write_number(row, column, value, style)


def _safe(row: Sequence[Cell]) -> Iterator[str | int | float]:
    for cell in row:
        value = plain(cell)
        yield inert(value) if isinstance(value, str) else value
