"""A report as CSV and as a workbook, in Indonesian, as the office files it.

Titles come from outside, and a text that begins with ``=`` is a formula to a spreadsheet: the
workbook writes every text as text, and CSV puts an apostrophe before it.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from appliance.free_text import inert
from appliance.reports.phrases import Phrase
from appliance.reports.rules import Cell, Kind, Report, Section, Table

HEADS = ("bagian", "tabel", "butir", "ukuran", "nilai")
LANGUAGE = "id"
SUMMARY = "Ringkasan"
FORMATS = {Kind.COUNT: "#,##0", Kind.SHARE: "0.0%", Kind.SECONDS: "#,##0", Kind.DECIMAL: "0.00"}
FIRST_COLUMN, OTHER_COLUMNS = 48, 16  # widths, in letters


def write_csv(report: Report, file: IO[bytes]) -> None:
    """One number a line, always in these columns, in UTF-8 with the mark spreadsheets look for."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADS)
    for line in lines(report):
        rows.writerow([inert(cell) if isinstance(cell, str) else cell for cell in line])
    text.flush()
    text.detach()


def lines(report: Report) -> Iterator[tuple[str | int | float, ...]]:
    """Every number of a report: section, table, item, measure, value; empty when unknown."""
    for figure in report.figures:
        yield SUMMARY, SUMMARY, figure.name.id, report.period.text, plain(figure.value)
        before = report.period.neighbour(-1).text
        yield SUMMARY, SUMMARY, figure.name.id, before, plain(figure.before)
    for section in report.sections:
        for table in section.tables:
            for first, *others in table.rows:
                for column, cell in zip(table.columns[1:], others, strict=True):
                    item = str(plain(first))
                    yield section.name.id, table.name.id, item, column.name.id, plain(cell)


def write_xlsx(report: Report, office: str, file: IO[bytes]) -> None:
    """A workbook: a summary, then one sheet a section, blocks I to III of the SKD first."""
    import xlsxwriter  # 2 MB that no other screen needs

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": f"Ruang Baca {report.period.name.id}", "company": office})
    sheets = _Sheets(book)
    sheets.summary(report, office)
    for section in report.sections:
        sheets.section(section)
    book.close()


class _Sheets:
    """Writes one sheet after the other, from top to bottom."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self._book = book
        self._title = book.add_format({"bold": True, "font_size": 13})
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._note = book.add_format({"italic": True})
        self._styles = {
            kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()
        }
        self._sheet: Any = None
        self._row = 0

    def summary(self, report: Report, office: str) -> None:
        self._begin(SUMMARY, f"Laporan {report.period.name.id}")
        self._line((office,))
        if report.is_running:
            self._line(("Periode ini belum selesai.",), self._note)
        self._row += 1
        before = report.period.neighbour(-1).name.id
        self._line(("Butir", report.period.name.id, before), self._bold)
        for figure in report.figures:
            name = _unit(figure.name, figure.kind)
            self._cells((name, figure.value, figure.before), (Kind.TEXT, figure.kind, figure.kind))

    def section(self, section: Section) -> None:
        self._begin(section.sheet, section.name.id)
        if section.note is not None:
            self._line((section.note.id,), self._note)
        for table in section.tables:
            self._table(table)

    def _table(self, table: Table) -> None:
        self._row += 1
        self._line((table.name.id,), self._title)
        self._line(tuple(_unit(one.name, one.kind) for one in table.columns), self._bold)
        kinds = tuple(column.kind for column in table.columns)
        for row in table.rows:
            self._cells(row, kinds)
        if table.note is not None:
            self._line((table.note.id,), self._note)

    def _begin(self, name: str, title: str) -> None:
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._sheet.set_column(0, 0, FIRST_COLUMN)
        self._sheet.set_column(1, 6, OTHER_COLUMNS)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._line((title,), self._title)

    def _line(self, texts: tuple[str, ...], style: object = None) -> None:
        for column, text in enumerate(texts):
            self._sheet.write_string(self._row, column, text, style)
        self._row += 1

    def _cells(self, cells: tuple[Cell, ...], kinds: tuple[Kind, ...]) -> None:
        for column, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            value = plain(cell)
            if isinstance(value, str):
                if value:
                    self._sheet.write_string(self._row, column, value)
            else:
                self._sheet.write_number(self._row, column, value, self._styles.get(kind))
        self._row += 1


def _unit(name: Phrase, kind: Kind) -> str:
    return f"{name.id} (detik)" if kind is Kind.SECONDS else name.id


def plain(cell: Cell) -> str | int | float:
    """A cell as files carry it: a number, or a text; empty when it is unknown."""
    if cell is None:
        return ""
    if isinstance(cell, Phrase):
        return cell.id
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return float(cell) if isinstance(cell, Decimal) else cell
