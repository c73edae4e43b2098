"""What the drawing child is told: a report as plain texts, in the order of the paper."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from appliance.offices import Office
from appliance.reports.periods import Span
from appliance.reports.phrases import Phrase
from appliance.reports.rules import Cell, Chart, Kind, Report, Section, Table
from appliance.watermarks.rules import MONTHS

UNKNOWN = "–"
PLACE_LINE = "............................................"
SIGNERS = ("Petugas PST", "Kepala Kantor")


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One table; `bars` are the lengths of its bars from 0 to 1, empty without a chart."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True)
class PaperSection:
    """Tables that belong together."""

    name: str
    note: str
    tables: tuple[PaperTable, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on a printed report; `signers` are offices of people, never names."""

    title: str
    office: str
    facts: tuple[str, ...]
    number: str
    verify_url: str
    sections: tuple[PaperSection, ...]
    place: str
    signers: tuple[str, ...] = SIGNERS


def paper_of(report: Report, office: Office, number: str, verify_url: str, seq: int) -> Paper:
    """The report as it is printed, in Indonesian."""
    made = report.made_at.astimezone(office.zone)
    facts = [
        office.address,
        f"Nomor {number}",
        f"Dibuat {_day(made.date())} pukul {made:%H.%M} {office.zone_name}",
        f"Dihitung sampai baris jurnal {seq}. Kunjungan yang dibatalkan tidak dihitung.",
    ]
    if report.is_running:
        facts.append("Periode ini belum selesai: angkanya masih bertambah.")
    return Paper(
        title=f"Laporan Ruang Baca {report.period.name.id}",
        office=office.name,
        facts=tuple(facts),
        number=number,
        verify_url=verify_url,
        sections=(_summary(report), *(_section(report, one) for one in report.sections)),
        place=f"{office.district}, {_day(made.date())}",
    )


def told(cell: Cell, kind: Kind, span: Span) -> str:
    """A cell as Indonesian paper writes it: `1.204`, `95,3%`, `4 mnt 10 dtk`."""
    if cell is None:
        return UNKNOWN
    if isinstance(cell, Phrase | str):
        return cell.id if isinstance(cell, Phrase) else cell
    if isinstance(cell, dt.date):
        month = MONTHS[cell.month - 1]
        return f"{cell.day} {month}" if span is Span.MONTH else f"{month} {cell.year}"
    if kind is Kind.SHARE:
        return f"{cell * 100:.1f}%".replace(".", ",")
    if kind is Kind.SECONDS:
        minutes, seconds = divmod(round(cell), 60)
        return f"{minutes} mnt {seconds} dtk" if minutes else f"{seconds} dtk"
    if isinstance(cell, Decimal | float):
        return f"{cell:.2f}".replace(".", ",")
    return f"{cell:,}".replace(",", ".")


def _summary(report: Report) -> PaperSection:
    before = report.period.neighbour(-1).name.id
    rows = tuple(
        (one.name.id, *(told(v, one.kind, report.period.span) for v in (one.value, one.before)))
        for one in report.figures
    )
    heads = ("Butir", report.period.name.id, before)
    return PaperSection("Ringkasan", "", (PaperTable("Ringkasan", heads, rows, (), ""),))


def _section(report: Report, section: Section) -> PaperSection:
    """The tables with something in them; the others are named in one line."""
    empty = [table.name.id for table in section.tables if table.is_empty]
    notes = [section.note.id] if section.note else []
    if empty:
        notes.append(f"Tidak ada pada periode ini: {', '.join(empty)}.")
    tables = (table for table in section.tables if not table.is_empty)
    span = report.period.span
    return PaperSection(
        section.name.id, " ".join(notes), tuple(_table(table, span) for table in tables)
    )


def _table(table: Table, span: Span) -> PaperTable:
    kinds = [column.kind for column in table.columns]
    return PaperTable(
        name=table.name.id,
        heads=tuple(column.name.id for column in table.columns),
        rows=tuple(
            tuple(told(cell, kind, span) for cell, kind in zip(row, kinds, strict=True))
            for row in table.rows
        ),
        bars=() if table.chart is Chart.NONE else _bars(table),
        note=table.note.id if table.note else "",
    )


def _bars(table: Table) -> tuple[float, ...]:
    values: Sequence[Cell] = [row[1] for row in table.rows]
    return tuple(
        float(value) / table.largest if isinstance(value, int | float | Decimal) else 0.0
        for value in values
    )


def _day(day: dt.date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
