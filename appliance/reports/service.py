"""The figures of today and of a month, and a month as a file."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO, Any

from peewee import Expression, Model, ModelSelect, fn

from appliance.actor import Actor
from appliance.deposits.rules import IN_TRAY
from appliance.offices import Office
from appliance.ratings.rules import sample_size
from appliance.ratings.service import RatingService
from appliance.record import Books
from appliance.reports import print_use, rules, spreadsheet
from appliance.reports.rules import MonthReport
from appliance.storage.among import among
from appliance.storage.models import (
    Deposit,
    LockerSession,
    PageReading,
    Photocopy,
    Publication,
    Reading,
    ScanJob,
    SoftcopyRequest,
    Visit,
)
from appliance.visits.rules import DayFigures, VisitState
from appliance.visits.service import VisitService

MOST_TITLES = 10
_COLUMNS = ("state", "business_date", "wait_s", *(key for key, *_ in rules.BREAKDOWNS))


class Format(StrEnum):
    """How a month is handed out."""

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
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._ratings = ratings

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

    def this_month(self) -> dt.date:
        """The first day of the month that it is at the office."""
        return self._office.business_date(self._clock.now()).replace(day=1)

    def month(self, month: dt.date) -> MonthReport:
        """Everything of the month that begins on this day. Cancelled visits are told apart."""
        rows = self._rows(month)
        counted = [row for row in rows if row["state"] != VisitState.CANCELLED]
        states = [row["state"] for row in rows]
        text = rules.month_text(month)
        return MonthReport(
            month=month,
            visits=len(counted),
            cancelled=len(rows) - len(counted),
            closed_by_staff=states.count(VisitState.CLOSED_BY_STAFF),
            not_returned=states.count(VisitState.NOT_RETURNED),
            days=rules.days_of(month, (row["business_date"] for row in counted)),
            breakdowns=tuple(
                rules.breakdown(key, name_id, name_en, [row[key] for row in counted])
                for key, name_id, name_en in rules.BREAKDOWNS
            ),
            promise=rules.promise(
                [row["wait_s"] for row in counted], self._office.policy.promise_minutes
            ),
            use=_use(month),
            titles=print_use.titles(month),
            subjects=print_use.subjects(month),
            months=print_use.months(month),
            on_screen=_on_screen(month),
            ratings=self._ratings.index(text),
            sample=sample_size(len(counted)),
            comments=self._ratings.comments(text),
        )

    def export(self, month: dt.date, form: Format, *, by: Actor) -> ReportFile:
        """The month as a file. That it was taken out is written down."""
        report = self.month(month)
        file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        if form is Format.CSV:
            spreadsheet.write_csv(report, file)
        else:
            spreadsheet.write_xlsx(report, self._office.name, file)
        file.seek(0)
        text = rules.month_text(month)
        self._writer.run(
            lambda: self._recorder.fact(
                "report.exported", f"report/{text}", {"kind": f"month-{form}"}, by=by
            )
        )
        name = f"ruang-baca-{self._office.domain}-{text}.{form}"
        return ReportFile(file, name, _CONTENT_TYPES[form])

    @staticmethod
    def _rows(month: dt.date) -> list[dict[str, Any]]:
        columns = [getattr(Visit, name) for name in _COLUMNS]
        return list(Visit.select(*columns).where(_within(month)).dicts().iterator())


def _within(month: dt.date) -> Expression:
    first, after = month.isoformat(), rules.neighbour(month, 1).isoformat()
    condition: Expression = (Visit.business_date >= first) & (Visit.business_date < after)
    return condition


def _joined(model: type[Model], *columns: object) -> "ModelSelect[Any]":
    return model.select(*columns).join(Visit)


def _was_made() -> Expression:
    """Whether a scan became a PDF; the file is deleted soon, the count of its pages stays."""
    condition: Expression = ScanJob.page_count.is_null(False)
    return condition


def _use(month: dt.date) -> rules.Use:
    within = _within(month)
    scans = _joined(ScanJob, fn.COUNT(ScanJob.id), fn.SUM(ScanJob.page_count)).where(
        within, _was_made()
    )
    (scan_count, page_count) = next(scans.tuples().iterator())
    lockers, cards, readings, requests, photocopies = (
        _joined(model).where(within).count()
        for model in (LockerSession, Deposit, Reading, SoftcopyRequest, Photocopy)
    )
    return rules.Use(
        lockers=lockers,
        cards=cards,
        readings=readings,
        scans=scan_count,
        scanned_pages=page_count or 0,
        requests=requests,
        photocopies=photocopies,
    )


def _on_screen(month: dt.date) -> tuple[rules.OnScreen, ...]:
    first, after = month.isoformat(), rules.neighbour(month, 1).isoformat()
    opened, pages, searches = (
        fn.SUM(column) for column in (PageReading.opened, PageReading.pages, PageReading.searches)
    )
    query = (
        PageReading.select(Publication.title, opened, pages, searches)
        .join(Publication)
        .where((PageReading.day >= first) & (PageReading.day < after))
        .group_by(PageReading.publication)
        .order_by(opened.desc(), pages.desc(), Publication.title)
    )
    rows = query.limit(MOST_TITLES).tuples().iterator()
    return tuple(rules.OnScreen(*row) for row in rows)
