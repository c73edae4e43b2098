"""The figures of today and of any period, and a period as a file."""

from dataclasses import dataclass
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO

from appliance.actor import Actor
from appliance.deposits.rules import IN_TRAY
from appliance.offices import Office
from appliance.record import Books
from appliance.reports import spreadsheet
from appliance.reports.counting import PeriodCounter
from appliance.reports.periods import Period, Span, containing
from appliance.reports.recount import recount
from appliance.reports.recount_lines import Recount
from appliance.reports.rules import Report
from appliance.storage import statements
from appliance.storage.models.visits import OF_DAY
from appliance.visits.rules import DayFigures
from appliance.visits.service import VisitService


class Format(StrEnum):
    """How a period is handed out as a file at once."""

    CSV = "csv"
    XLSX = "xlsx"


_CONTENT_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_TRAY = ", ".join(f"'{state.value}'" for state in IN_TRAY)
# In the order of TodayFigures. A scan counts once it became a PDF, whose file is deleted soon.
_DONE_TODAY = f"""
WITH today AS (SELECT id, rated_at FROM visit v WHERE {OF_DAY} = ?1)
SELECT
    (SELECT COUNT(*) FROM today WHERE rated_at IS NOT NULL),
    (SELECT COUNT(*) FROM reading WHERE visit_id IN (SELECT id FROM today)),
    (SELECT COUNT(*) FROM scan_job
        WHERE visit_id IN (SELECT id FROM today) AND page_count IS NOT NULL),
    (SELECT COUNT(*) FROM locker_session WHERE ended_at IS NULL),
    (SELECT COUNT(*) FROM deposit WHERE state IN ({_TRAY}))
"""  # noqa: S608 - words of our own enum


@dataclass(frozen=True, slots=True)
class TodayFigures:
    """How the day goes: the visits, and what is in use or was done."""

    visits: DayFigures
    rated: int
    readings: int
    scans: int
    lockers_in_use: int
    cards_held: int

    @property
    def share(self) -> float | None:
        """The promise kept, of those whose wait is known; None without any."""
        known = self.visits.within_promise + self.visits.late
        return self.visits.within_promise / known if known else None


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to be sent: an unnamed temporary file, gone once it is closed."""

    file: IO[bytes]
    download_name: str
    content_type: str


class ReportService:
    """Reads; only an export is written down."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        counter: PeriodCounter,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._counter = counter

    def today(self, visits: DayFigures | None = None) -> TodayFigures:
        """The figures of the business day so far; those of its visits may be known already."""
        date = self._office.business_date(self._clock.now()).isoformat()
        counts = statements.first(_DONE_TODAY, (date,)) or (0,) * 5
        return TodayFigures(self._visits.today() if visits is None else visits, *counts)

    def present(self, span: Span) -> Period:
        """The period of this length that it is at the office."""
        return containing(self._office.business_date(self._clock.now()), span)

    def report(self, period: Period) -> Report:
        """Everything of a period. Cancelled visits are told apart and count nowhere else."""
        return self._counter.report(period)

    def recount(self, period: Period) -> Recount:
        """The period counted once more from the journal, beside its report."""
        return recount(self._counter.report(period), self._office)

    def export(self, period: Period, form: Format, *, by: Actor) -> ReportFile:
        """The period as a file. That it was taken out is written down."""
        report = self.report(period)
        file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        if form is Format.CSV:
            spreadsheet.write_csv(report, file)
        else:
            spreadsheet.write_xlsx(report, self._office.name, file)
        file.seek(0)
        self.note_export(period, form, by=by)
        return ReportFile(file, self.file_name(period, form), _CONTENT_TYPES[form])

    def note_export(self, period: Period, form: str, *, by: Actor) -> None:
        """Write down that somebody takes this period out in this form."""
        data = {"kind": f"{period.span}-{form}"}
        self._writer.run(
            lambda: self._recorder.fact("report.exported", f"report/{period.text}", data, by=by)
        )

    def file_name(self, period: Period, ending: str) -> str:
        """What a file of this period is called: office and period, and nobody's name."""
        return f"ruang-baca-{self._office.domain}-{period.text}.{ending}"
