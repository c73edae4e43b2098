"""Scan jobs found again: their pages and their pictures."""

from pathlib import Path

from appliance.documents import life, rows, rules
from appliance.documents.fetching import ScanFetching
from appliance.documents.rules import JobState, PageState
from appliance.documents.views import JobView, StaffJob, VisitScans
from appliance.errors import NotFound
from appliance.storage.models import ScanJob

RECENT_JOBS = 200  # more than one scanner makes in a day


class ScanLookup(ScanFetching):
    """The reading side; any thread may ask."""

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
        due = life.due(self._visits.by_id(visit_id), self._office, self._clock.stamp())
        return VisitScans(
            jobs=rows.job_views(found.order_by(ScanJob.id)),
            grace_minutes=self._office.policy.scan_grace_minutes,
            deleted_at=due.at if due is not None else None,
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
