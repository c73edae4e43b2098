"""The sections of a report that are about visits: when, who (block I of the SKD), the promise."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.guestbook.choices import LISTS
from appliance.offices.queue import Series
from appliance.reports.periods import Period, Span
from appliance.reports.phrases import Phrase
from appliance.reports.rules import (
    PERSONS,
    SHARE,
    VISITS,
    Cell,
    Chart,
    Column,
    Kind,
    Section,
    Table,
    by_choice,
    counted,
    head,
)
from appliance.reports.visit_counts import Count, VisitCounts

# The questions of the guest book in the order of block I, and what they are called.
QUESTIONS = (
    ("sex", Phrase("Jenis kelamin", "Sex")),
    ("age_band", Phrase("Umur", "Age")),
    ("disability", Phrase("Bantuan yang diperlukan", "Help needed")),
    ("education", Phrase("Pendidikan tertinggi", "Education")),
    ("occupation", Phrase("Pekerjaan utama", "Occupation")),
    ("agency_category", Phrase("Kategori instansi", "Kind of organisation")),
    ("purpose", Phrase("Pemanfaatan hasil kunjungan", "Use of the results")),
    ("services", Phrase("Jenis layanan", "Services")),
    ("channels", Phrase("Sarana yang dipakai", "Ways the service was used")),
)
SEVERAL_NOTE = Phrase(
    "Satu kunjungan dapat memilih lebih dari satu.", "One visit may choose more than one."
)
WAYS_IN = {
    "phone": Phrase("HP pengunjung", "The visitor's phone"),
    "kiosk": Phrase("Tablet di pintu", "The tablet at the door"),
    "desk": Phrase("Diketik petugas", "Typed by an officer"),
}
ENDS = {
    "finished": Phrase("Selesai", "Finished"),
    "closed_by_staff": Phrase("Ditutup petugas", "Closed by staff"),
    "not_returned": Phrase("Tidak kembali", "Not returned"),
    "cancelled": Phrase("Dibatalkan (tidak dihitung)", "Cancelled (not counted)"),
}
OPEN = ("registered", "called", "served", "leaving")
STILL_OPEN = Phrase("Masih terbuka", "Still open")
LATE = {
    "crowd": Phrase("Pengunjung lebih banyak daripada petugas", "More visitors than officers"),
    "long_service": Phrase("Layanan sebelumnya lama", "The service before took long"),
    "officer_away": Phrase("Petugas sedang tidak di meja", "The officer was away"),
    "system": Phrase("Gangguan listrik atau sistem", "Power or system failed"),
    "not_there": Phrase("Tidak ada saat dipanggil", "Not there when called"),
    "other": Phrase("Sebab lain", "Another reason"),
    "": Phrase("Belum dijelaskan", "Not explained"),
}
PART_HEADS = {
    Span.DAY: Phrase("Jam", "Hour"),
    Span.MONTH: Phrase("Tanggal", "Day"),
    Span.QUARTER: Phrase("Bulan", "Month"),
    Span.YEAR: Phrase("Bulan", "Month"),
}
PROMISE_NOTE = Phrase(
    "Bagian dan waktu tunggu dihitung hanya dari waktu tunggu yang terukur.",
    "Shares and waits are of the measured waits alone.",
)
_MEASURED = Column(Phrase("Waktu tunggu terukur", "Measured waits"))
_KEPT = Column(Phrase("Tepat janji", "Promise kept"))


def course(period: Period, parts: Mapping[str, Count]) -> Section:
    """How visits came: by hour, day or month."""
    rows = _hours(parts) if period.span is Span.DAY else _days(period, parts)
    name = PART_HEADS[period.span]
    columns = (Column(name, Kind.PART), VISITS, PERSONS, _MEASURED, _KEPT, SHARE)
    table = Table(
        "course",
        Phrase(f"Kunjungan per {name.id.lower()}", f"Visits by {name.en.lower()}"),
        columns,
        rows,
        Chart.COLUMNS,
        PROMISE_NOTE,
    )
    return Section("course", table.name, "Kunjungan", "chart", (table,))


def block_one(
    counts: VisitCounts, by_question: Mapping[str, Mapping[str, tuple[int, int]]]
) -> Section:
    """Who came and what for, question by question as the SKD asks them."""
    total = counts.total.visits
    tables = [
        by_choice(key, name, LISTS[key], _answers(key, by_question[key]), total)
        for key, name in QUESTIONS
    ]
    ways = {code: visits for code, (visits, _) in by_question["channel"].items()}
    tables.append(
        counted("ways_in", Phrase("Cara mendaftar", "How they registered"), WAYS_IN, ways)
    )
    name = Phrase("Blok I. Keterangan pengguna layanan", "Block I. Who used the service")
    return Section("block1", name, "Blok I Pengguna", "people", tuple(tables), SEVERAL_NOTE)


@dataclass(frozen=True, slots=True)
class Waits:
    """What the promise is told by: all visits, those of each lane, why they were late."""

    counts: VisitCounts
    lanes: Mapping[str, Count]
    reasons: Mapping[str, int]
    series: tuple[Series, ...]
    minutes: str


def promise(waited: Waits) -> Section:
    """How the promise was kept, at which desks, why not, and how visits ended."""
    counts, minutes = waited.counts, waited.minutes
    total = counts.total
    kept = Phrase(f"Dilayani paling lama {minutes} menit", f"Served within {minutes} minutes")
    waits = (
        (kept, total.kept, total.share),
        (Phrase("Terlambat", "Late"), total.measured - total.kept, _late_share(total)),
        (Phrase("Waktu tunggu tidak diketahui", "Wait unknown"), total.unknown, None),
        (Phrase("Tidak sampai dilayani", "Not served"), total.visits - total.served, None),
    )
    heads = (head("Waktu tunggu", "Wait"), VISITS, SHARE)
    times: tuple[tuple[Cell, ...], ...] = (
        (Phrase("Tunggu median", "Median wait"), counts.wait_p50_s),
        (Phrase("Tunggu persentil 90", "90th percentile of waits"), counts.wait_p90_s),
        (Phrase("Lama kunjungan median", "Median stay"), counts.stay_p50_s),
    )
    name = Phrase("Janji layanan", "The promise")
    ends = Phrase("Akhir kunjungan", "How visits ended")
    return Section(
        "promise",
        name,
        "Janji layanan",
        "clock",
        (
            Table("promise", name, heads, waits, Chart.BARS, PROMISE_NOTE),
            Table(
                "times",
                Phrase("Waktu", "Times"),
                (head("Butir", "Item"), head("Lama", "Length", Kind.SECONDS)),
                times,
            ),
            _lanes(waited),
            counted("late", Phrase("Sebab terlambat", "Why late"), LATE, waited.reasons),
            counted("ends", ends, {**ENDS, "open": STILL_OPEN}, _ends(counts)),
        ),
    )


def _lanes(waited: Waits) -> Table:
    names = {one.prefix: Phrase(one.label, one.label_en) for one in waited.series}
    rows = []
    for lane, one in sorted(waited.lanes.items()):
        words = names.get(lane, Phrase("", ""))
        name = Phrase(f"{lane} {words.id}".strip(), f"{lane} {words.en}".strip())
        rows.append((name, one.visits, one.measured, one.kept, one.share))
    name = Phrase("Antrean per layanan", "The queue by service")
    heads = (head("Seri", "Series"), VISITS, _MEASURED, _KEPT, SHARE)
    return Table("lanes", name, heads, tuple(rows), Chart.BARS)


def _ends(counts: VisitCounts) -> dict[str, int]:
    ended = {state: n for state, n in counts.by_state.items() if state not in OPEN}
    return {**ended, "open": sum(counts.by_state.get(state, 0) for state in OPEN)}


def _late_share(total: Count) -> float | None:
    return None if total.share is None else 1 - total.share


def _answers(key: str, counts: Mapping[str, tuple[int, int]]) -> Mapping[str, tuple[int, int]]:
    """Whoever needs no help has said nothing there: that is no missing answer."""
    if key != "disability":
        return counts
    return {code: pair for code, pair in counts.items() if code}


def _days(period: Period, parts: Mapping[str, Count]) -> tuple[tuple[Cell, ...], ...]:
    length = 10 if period.span is Span.MONTH else 7
    return tuple(_row(part, parts.get(part.isoformat()[:length])) for part in period.parts())


def _hours(parts: Mapping[str, Count]) -> tuple[tuple[Cell, ...], ...]:
    known = [int(hour) for hour in parts if hour]
    hours = range(min(known, default=8), max(known, default=15) + 1)
    rows = [_row(f"{hour:02}.00–{hour:02}.59", parts.get(f"{hour:02}")) for hour in hours]
    if "" in parts:
        rows.append(_row(Phrase("Jam tidak diketahui", "Hour unknown"), parts[""]))
    return tuple(rows)


def _row(part: dt.date | str | Phrase, count: Count | None) -> tuple[Cell, ...]:
    one = count or Count()
    return (part, one.visits, one.persons, one.measured, one.kept, one.share)
