"""Scan jobs found again: their pages, their pictures, the finished PDF."""

from pathlib import Path

from appliance.actor import Actor
from appliance.documents import rows, rules
from appliance.documents.rules import JobState, PageState
from appliance.documents.views import JobView, PdfFile, StaffJob, VisitScans
from appliance.errors import NotFound
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import ScanJob
from appliance.visits.service import VisitService

RECENT_JOBS = 200  # more than one scanner makes in a day


class ScanLookup:
    """The reading side; any thread may ask. Only that a PDF was fetched is written down."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        scans_dir: Path,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._scans_dir = scans_dir

    def job(self, uuid: str, *, visit_id: int | None = None) -> JobView:
        """The job as it stands. Raises NotFound, also when it is of another than `visit_id`."""
        row = rows.job_row(uuid)
        if visit_id is not None and row.visit_id != visit_id:
            raise NotFound(rows.NOT_FOUND)
        return rows.job_view(row)

    def open_job_of(self, visit_id: int) -> JobView | None:
        """The job that this visit left open, to go on with; None when there is none."""
        row = ScanJob.get_or_none((ScanJob.visit == visit_id) & (ScanJob.state == JobState.OPEN))
        return None if row is None else rows.job_view(row)

    def of_visit(self, visit_id: int) -> VisitScans:
        """What the visitor has scanned, oldest first, without what was thrown away."""
        found = ScanJob.select().where(
            (ScanJob.visit == visit_id) & (ScanJob.state != JobState.DISCARDED)
        )
        visit, now = self._visits.by_id(visit_id), self._clock.stamp()
        hours = self._office.policy.scans_kept_hours
        return VisitScans(
            jobs=rows.job_views(found.order_by(ScanJob.id)),
            kept_hours=hours,
            deleted_at=rules.deletion_time(visit.closed_at, now, hours),
        )

    def today(self) -> tuple[StaffJob, ...]:
        """The jobs of the open visits and of this business day, newest first."""
        today = self._office.business_date(self._clock.now())
        newest = list(ScanJob.select().order_by(ScanJob.id.desc()).limit(RECENT_JOBS))
        visits = self._visits.by_ids(row.visit_id for row in newest)
        return tuple(
            StaffJob(rows.job_view(row), visits[row.visit_id].label)
            for row in newest
            if visits[row.visit_id].business_date == today or visits[row.visit_id].is_open
        )

    def thumbnail(self, job_uuid: str, page_uuid: str) -> Path:
        """The small picture of a kept page. Raises NotFound."""
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        path = self._scans_dir / job_uuid / rules.thumbnail_name(page_uuid)
        if page.state != PageState.KEPT or not path.is_file():
            raise NotFound(rows.NOT_FOUND)
        return path

    def pdf(self, visit_id: int, job_uuid: str, *, by: Actor) -> PdfFile:
        """The finished PDF, its fetching on record. Raises NotFound unless it is this visit's."""
        found = self.pdf_file(visit_id, job_uuid)

        def fetched() -> None:
            data = {"pages": found.page_count, "size_bytes": found.size_bytes}
            self._recorder.fact("scan.fetched", f"scan/{job_uuid}", data, by=by)

        self._writer.run(fetched)
        return found

    def pdf_file(self, visit_id: int, job_uuid: str) -> PdfFile:
        """The finished PDF for the further parts of a download. Raises NotFound likewise."""
        row = rows.job_row(job_uuid)
        path = self._scans_dir / row.uuid / str(row.pdf_name)
        if row.visit_id != visit_id or row.state != JobState.READY or not path.is_file():
            raise NotFound(rows.NOT_FOUND)
        visit = self._visits.by_id(visit_id)
        part = ScanJob.select().where(
            (ScanJob.visit == visit_id) & (ScanJob.id <= row.id) & ScanJob.pdf_name.is_null(False)
        )
        name = rules.download_name(visit.label, visit.business_date, part.count())
        return PdfFile(path, name, row.pdf_bytes or 0, row.page_count or 0)
