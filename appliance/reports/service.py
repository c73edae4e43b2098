"""The figures of today and of any period, and a period as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO, Any

from peewee import Expression, Model, ModelSelect

from appliance.actor import Actor
from appliance.deposits.rules import IN_TRAY
from appliance.offices import Office
from appliance.ratings.rules import Index, sample_size
from appliance.ratings.service import RatingService
from appliance.ratings.skd_service import SkdService
from appliance.record import Books
from appliance.reports import (
    figures,
    print_use,
    rating_sections,
    spreadsheet,
    use_sections,
    visit_sections,
)
from appliance.reports.periods import Period, Span, containing
from appliance.reports.phrases import Phrase
from appliance.reports.rules import Report, Section
from appliance.reports.use_counts import UseCounts
from appliance.reports.visit_counts import by_part, by_question, visit_counts
from appliance.storage.among import among
from appliance.storage.models import Deposit, LockerSession, Reading, ScanJob, Visit
from appliance.visits.rules import DayFigures
from appliance.visits.service import VisitService

TOPICS = {
    "service": Phrase("Pelayanan petugas", "Service by staff"),
    "facility": Phrase("Sarana dan prasarana", "Facilities"),
    "collection": Phrase("Koleksi dan data", "Collection and data"),
    "integrity": Phrase("Pungutan, gratifikasi, atau calo", "Levies, gratuities or brokers"),
    "suggestion": Phrase("Saran", "Suggestions"),
    "other": Phrase("Hal lain", "Something else"),
}


class Format(StrEnum):
    """How a period is handed out as a file at once."""

    CSV = "csv"
    XLSX = "xlsx"


_CONTENT_TYPES = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
        ratings: RatingService,
        skd: SkdService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._ratings = ratings
        self._skd = skd

    def today(self) -> TodayFigures:
        """The figures of the business day so far."""
        date = self._office.business_date(self._clock.now()).isoformat()
        of_today = Visit.business_date == date
        return TodayFigures(
            visits=self._visits.today(),
            rated=Visit.select().where(of_today, Visit.rated_at.is_null(False)).count(),
            readings=_joined(Reading).where(of_today).count(),
            scans=_joined(ScanJob).where(of_today, _was_made()).count(),
            lockers_in_use=LockerSession.select().where(LockerSession.ended_at.is_null()).count(),
            cards_held=Deposit.select().where(among(Deposit.state, IN_TRAY)).count(),
        )

    def present(self, span: Span) -> Period:
        """The period of this length that it is at the office."""
        return containing(self._office.business_date(self._clock.now()), span)

    def report(self, period: Period) -> Report:
        """Everything of a period. Cancelled visits are told apart and count nowhere else."""
        minutes, now = self._office.policy.promise_minutes, self._clock.now()
        visits = visit_counts(period, minutes)
        use = UseCounts(period, self._office.zone, now)
        index = self._index(period)
        sections = (
            visit_sections.course(period, by_part(period, minutes, self._office.zone)),
            visit_sections.block_one(visits, by_question(period)),
            self._block_two(period, index),
            use_sections.block_three(use),
            visit_sections.promise(visits, minutes),
            use_sections.lockers_and_cards(use),
            use_sections.collection(
                print_use.titles(period), print_use.subjects(period), print_use.on_screen(period)
            ),
            use_sections.copies(use),
            use_sections.complaints(use, TOPICS),
        )
        return Report(
            period=period,
            made_at=now,
            is_running=self._office.business_date(now) < period.after,
            is_empty=all(table.is_empty for section in sections for table in section.tables),
            figures=figures.compared(
                figures.measured(period, visits, use, index),
                self._measured(period.neighbour(-1)),
                minutes,
            ),
            sections=sections,
        )

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

    def _measured(self, period: Period) -> Mapping[str, figures.Measure]:
        use = UseCounts(period, self._office.zone, self._clock.now())
        visits = visit_counts(period, self._office.policy.promise_minutes)
        return figures.measured(period, visits, use, self._index(period))

    def _index(self, period: Period) -> Index | None:
        return self._ratings.index(*period.months) if period.is_of_whole_months else None

    def _block_two(self, period: Period, index: Index | None) -> Section:
        if index is None:
            return rating_sections.of_a_day()
        course = {}
        if period.span in (Span.QUARTER, Span.YEAR):
            for part in period.parts():
                course[part] = self._ratings.index(part.isoformat()[:7])
        ratings = rating_sections.Ratings(
            index=index,
            sample=sample_size(self._ratings.users(*period.months)),
            skd=self._skd.figures(*period.months),
            course=course,
            channels=self._ratings.channels(*period.months),
            refusals=self._ratings.refusals(*period.months),
        )
        return rating_sections.block_two(ratings)


def _joined(model: type[Model], *columns: object) -> "ModelSelect[Any]":
    return model.select(*columns).join(Visit)


def _was_made() -> Expression:
    """Whether a scan became a PDF; the file is deleted soon, the count of its pages stays."""
    condition: Expression = ScanJob.page_count.is_null(False)
    return condition
