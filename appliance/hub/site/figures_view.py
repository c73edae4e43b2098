"""The figures of a place and a period as tables, which the page and the files both show.

What is hidden comes here hidden already (`appliance.hub.figures`), and stays a text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from babel.dates import format_date

from appliance.errors import N_
from appliance.hub import figures
from appliance.hub.database import Database
from appliance.hub.figures import ByMonth, ByPlace, Ikm, Lockers, Part, Visits
from appliance.hub.periods import Period, Scope
from appliance.hub.site import labels
from appliance.hub.site.charts import Chart, Point, columns, share_of
from appliance.hub.site.language import language, number
from appliance.hub.site.pickers import today
from appliance.hub.site.sheets import Cell as FileCell
from appliance.hub.site.sheets import Sheet
from appliance.hub.site.words import UNKNOWN, said
from appliance.hub.small_cells import Cell
from appliance.ratings.questions import QUESTIONS
from appliance.reports.phrases import Phrase
from appliance.reports.rating_sections import GRADES

VISITS, PERSONS = N_("Kunjungan"), N_("Orang")
KEPT, WAIT, STAY = N_("Tepat janji (%)"), N_("Tunggu median (menit)"), N_("Lama median (menit)")
HIDDEN_NOTE = N_(
    "“<5” menandai angka yang disembunyikan demi privasi: 1 sampai 4 orang, atau angka lain yang"
    " membuatnya dapat dihitung."
)
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A table of the page; `links` are the codes of its rows' places, `bars` their lengths."""

    key: str
    sheet: Sheet
    bars: tuple[float, ...]
    links: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has nothing but noughts."""
        return all(row[1] in (0, None, "") for row in self.sheet.rows)

    @property
    def tells(self) -> bool:
        """Whether it says more than that nobody was asked."""
        unsaid = _said(labels.UNSAID)
        return any(row[1] != 0 and row[0] != unsaid for row in self.sheet.rows)


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the large numbers at the top."""

    name: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """All figures of a place and a period."""

    total: Visits
    ikm: Ikm
    lockers: Lockers
    months: Shown
    chart: Chart
    year: int
    by_place: Shown | None
    locker_ends: Shown
    alarms: Shown
    elements: Shown | None
    dates: Shown

    @property
    def tables(self) -> list[Shown]:
        """Every table, in the order of the page."""
        some = (self.by_place, self.months, self.elements)
        last = (self.locker_ends, self.alarms, self.dates)
        return [one for one in (*some, *last) if one is not None]

    @property
    def is_empty(self) -> bool:
        """Whether nobody came in this period."""
        return self.total.visits.number == 0


def board(database: Database, scope: Scope, period: Period) -> Board:
    """The figures; an office has no table of places."""
    by_place = figures.by_place(database, scope, period)
    ikm = figures.ikm(database, scope, period)
    lockers = figures.lockers(database, scope, period)
    year = period.first.year
    months = figures.by_month(database, scope, year)
    return Board(
        total=by_place.total,
        ikm=ikm,
        lockers=lockers,
        months=_months(months, year),
        chart=_chart(months),
        year=year,
        by_place=None if scope.office else _places(database, scope, period, by_place),
        locker_ends=_ends(lockers),
        alarms=_alarms(lockers),
        elements=_elements(ikm),
        dates=_dates(figures.estimated(database, scope, period)),
    )


def visitors(database: Database, scope: Scope, period: Period) -> tuple[Shown, ...]:
    """What visitors said of themselves; each question goes through all visits of a year."""
    return tuple(_trait(database, scope, period, name) for name in labels.TRAITS)


def headlines(one: Board) -> list[Headline]:
    """The large numbers; a dash for what nobody knows."""
    kept, wait = one.total.promise_percent, minutes(one.total.wait_p50_s)
    index = one.ikm.index
    grade = _said(GRADES[index.grade]) if index and index.grade else ""
    ikm = number(float(index.ikm)) if index and index.ikm is not None else UNKNOWN
    return [
        Headline(said(VISITS), text_of(one.total.visits)),
        Headline(said(PERSONS), text_of(one.total.persons)),
        Headline(said(N_("Dilayani tepat janji")), UNKNOWN if kept is None else f"{kept}%"),
        Headline(said(N_("Tunggu median")), _minutes(wait)),
        Headline(said(N_("IKM")), ikm, grade),
        Headline(said(N_("Loker dipinjamkan")), text_of(one.lockers.given)),
    ]


def long_sheet(tables: Iterable[Shown], place: str, period: str) -> Sheet:
    """Every number in a line of its own, always in these columns."""
    heads = tuple(map(said, (N_("tempat"), N_("periode"), N_("tabel"), N_("butir"), N_("ukuran"))))
    rows = tuple(
        (place, period, shown.sheet.title, row[0], head, cell)
        for shown in tables
        for row in shown.sheet.rows
        for head, cell in zip(shown.sheet.heads[1:], row[1:], strict=True)
    )
    return Sheet("Data", place, (*heads, said(N_("nilai"))), rows)


def minutes(seconds: float | None) -> float | None:
    """As tables write times."""
    return None if seconds is None else round(seconds / MINUTE_S, 1)


def _places(database: Database, scope: Scope, period: Period, found: ByPlace) -> Shown:
    """The busiest first; hidden ones before those without anybody."""
    indexes = {place.code: ikm for place, ikm in figures.ikm_by_place(database, scope, period)}
    lines = sorted(found.lines, key=lambda line: _size(line.figures.visits), reverse=True)
    rows = [
        (line.place.name, *_cells(line.figures), _ikm(indexes.get(line.place.code)))
        for line in lines
    ]
    title = said(N_("Per kantor")) if scope.province else said(N_("Per provinsi"))
    head = said(N_("Kantor")) if scope.province else said(N_("Provinsi"))
    heads = (head, *map(said, (VISITS, PERSONS, KEPT, WAIT)), said(N_("IKM")))
    return _shown("places", title, heads, rows, links=[line.place.code for line in lines])


def _months(found: ByMonth, year: int) -> Shown:
    day = today()
    rows = [
        (format_date(line.month, "MMMM y", locale=language()), *_cells(line.figures))
        for line in found.months
        if line.month <= day
    ]
    title = said(N_("Kunjungan per bulan, %(year)s"), year=year)
    heads = (said(N_("Bulan")), *map(said, (VISITS, PERSONS, KEPT, WAIT)))
    return _shown("months", title, heads, rows)


def _chart(found: ByMonth) -> Chart:
    """Months that are still to come keep their places, empty."""
    day, points = today(), []
    for line in found.months:
        name = format_date(line.month, "MMM", locale=language())
        visits = line.figures.visits
        is_to_come = line.month > day
        points.append(Point(name, UNKNOWN, None) if is_to_come else _point(name, visits))
    return columns(points)


def _trait(database: Database, scope: Scope, period: Period, name: str) -> Shown:
    found = figures.breakdown(database, scope, period, name)
    return _parts(f"trait-{name}", labels.trait(name), name, VISITS, found.parts)


def _ends(found: Lockers) -> Shown:
    words = Phrase("Akhir pemakaian loker", "How use of lockers ended")
    return _parts("lockers", words, "locker", N_("Kali"), found.ends)


def _alarms(found: Lockers) -> Shown:
    rows = [(_said(labels.part("alarm", one.kind)), one.times) for one in found.alarms]
    heads = (said(N_("Butir")), said(N_("Kali")))
    return _shown("alarms", said(N_("Peringatan pintu loker")), heads, rows)


def _dates(estimated: Cell) -> Shown:
    rows = [(said(N_("Tanggal diperkirakan")), plain(estimated))]
    heads = (said(N_("Butir")), said(VISITS))
    return _shown("dates", said(N_("Tanggal kunjungan")), heads, rows)


def _elements(found: Ikm) -> Shown | None:
    if found.index is None:
        return None
    names = {one.element: Phrase(one.name_id, one.name_en) for one in QUESTIONS}
    rows = [
        (_said(names[one.element]), None if one.mean is None else float(one.mean), one.answered)
        for one in found.index.elements
    ]
    heads = (said(N_("Unsur")), said(N_("Rata-rata (1–4)")), said(N_("Jawaban")))
    return _shown("elements", said(N_("Unsur IKM")), heads, rows, largest=4.0)


def _parts(key: str, words: Phrase, name: str, measure: str, parts: Iterable[Part]) -> Shown:
    rows = [(_said(labels.part(name, one.code)), plain(one.visits)) for one in parts]
    return _shown(key, _said(words), (said(N_("Butir")), said(measure)), rows)


def _shown(
    key: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[tuple[FileCell, ...]],
    *,
    links: Sequence[str] = (),
    largest: float | None = None,
) -> Shown:
    known = [row[1] if isinstance(row[1], int | float) else 0 for row in rows]
    most = max(known, default=0) if largest is None else largest
    sheet = Sheet(title, title, tuple(heads), tuple(rows), (said(HIDDEN_NOTE),))
    return Shown(key, sheet, tuple(share_of(one, most) for one in known), tuple(links))


def _cells(of: Visits) -> tuple[FileCell, ...]:
    return plain(of.visits), plain(of.persons), of.promise_percent, minutes(of.wait_p50_s)


def plain(cell: Cell) -> FileCell:
    """A number, or the text of a hidden one."""
    return str(cell) if cell.number is None else cell.number


def _point(name: str, cell: Cell) -> Point:
    return Point(name, text_of(cell), cell.number, cell.is_hidden)


def text_of(cell: Cell) -> str:
    """As the page writes it."""
    return str(cell) if cell.number is None else number(cell.number)


def _minutes(value: float | None) -> str:
    return UNKNOWN if value is None else said(N_("%(count)s menit"), count=number(value))


def _size(cell: Cell) -> float:
    return 0.5 if cell.number is None else cell.number


def _ikm(found: Ikm | None) -> FileCell:
    if found is None or found.index is None or found.index.ikm is None:
        return None
    return float(found.index.ikm)


def _said(words: Phrase) -> str:
    return words.said(language())
