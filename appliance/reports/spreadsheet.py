"""A month as CSV and as a workbook, in Indonesian, as the office files it.

Titles and comments come from visitors, and a text that begins with ``=`` is a formula to a
spreadsheet: the workbook writes every text as text, and CSV puts an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from appliance.ratings.questions import QUESTIONS
from appliance.reports.rules import MonthReport, month_text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the report: sheet name, column heads, rows."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: MonthReport) -> Iterator[Table]:
    """Every table of the month, in the order of the page."""
    yield Table("Ringkasan", ("Butir", "Nilai"), tuple(_summary(report)))
    for breakdown in report.breakdowns:
        rows = tuple((line.choice.label_id, line.count) for line in breakdown.lines)
        yield Table(breakdown.name_id, (breakdown.name_id, "Kunjungan"), rows)
    yield Table(
        "Per hari", ("Tanggal", "Kunjungan"), tuple((d.isoformat(), n) for d, n in report.days)
    )
    names = {question.element: question.name_id for question in QUESTIONS}
    yield Table(
        "Penilaian SKM",
        ("Unsur", "Responden", "Nilai rata-rata"),
        tuple(
            (
                names[score.element],
                score.answered,
                None if score.mean is None else float(score.mean),
            )
            for score in report.ratings.elements
        ),
    )
    for name, head, used in (
        ("Paling dibaca", "Judul", report.titles),
        ("Subjek yang dibaca", "Subjek", report.subjects),
        ("Bacaan per bulan", "Bulan", report.months),
    ):
        lines = tuple((one.name or "(tanpa subjek)", one.times, one.visits) for one in used)
        yield Table(name, (head, "Dibaca", "Kunjungan"), lines)
    yield Table(
        "Dibaca di layar",
        ("Judul", "Dibuka", "Halaman dilihat"),
        tuple((one.title, one.opened, one.pages) for one in report.on_screen),
    )
    yield Table("Komentar", ("Komentar",), tuple((comment,) for comment in report.comments))


def write_csv(report: MonthReport, file: IO[bytes]) -> None:
    """One long table `bagian, butir, nilai`, in UTF-8 with the mark that spreadsheets look for."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(("bagian", "butir", "nilai", "keterangan"))
    for table in tables(report):
        for first, *rest in table.rows:
            rows.writerow([_inert(cell) for cell in (table.name, first, *rest)])
    text.flush()
    text.detach()


def write_xlsx(report: MonthReport, office: str, file: IO[bytes]) -> None:
    """A workbook with one sheet a table."""
    import xlsxwriter  # 2 MB that no other screen needs

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": f"Ruang Baca {month_text(report.month)}", "company": office})
    bold = book.add_format({"bold": True, "bottom": 1})
    for table in tables(report):
        sheet = book.add_worksheet(table.name[:31])
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, len(table.heads), 18)
        sheet.freeze_panes(1, 0)
        for row_number, row in enumerate((table.heads, *table.rows)):
            for column, cell in enumerate(row):
                style = bold if row_number == 0 else None
                if isinstance(cell, str):
                    sheet.write_string(row_number, column, cell, style)
                elif cell is not None:
                    sheet.write_number(row_number, column, cell, style)
    book.close()


def _summary(report: MonthReport) -> Iterator[tuple[Cell, ...]]:
    promise, ratings, use = report.promise, report.ratings, report.use
    yield "Bulan", month_text(report.month)
    yield "Kunjungan", report.visits
    yield "Dibatalkan", report.cancelled
    yield "Ditutup petugas", report.closed_by_staff
    yield "Tidak kembali", report.not_returned
    yield f"Dilayani paling lama {promise.minutes} menit", promise.kept
    yield "Waktu tunggu terukur", promise.measured
    yield "Waktu tunggu tidak diketahui", promise.unknown
    yield "Bagian tepat janji (persen)", _percent(promise.share)
    yield "Waktu tunggu median (detik)", promise.p50_s
    yield "Waktu tunggu persentil 90 (detik)", promise.p90_s
    yield "Responden SKM", ratings.respondents
    yield "Responden yang dianjurkan (Krejcie-Morgan)", report.sample
    yield "IKM", None if ratings.ikm is None else float(ratings.ikm)
    yield "Mutu pelayanan", None if ratings.grade is None else str(ratings.grade)
    yield "Bobot per unsur", ratings.weight.value
    yield "Pemakaian loker", use.lockers
    yield "Kartu dititipkan", use.cards
    yield "Baca di tempat", use.readings
    yield "Hasil pindai", use.scans
    yield "Halaman dipindai", use.scanned_pages
    yield "Permintaan softcopy", use.requests
    yield "Fotokopi", use.photocopies


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _inert(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell
