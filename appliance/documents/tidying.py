"""Deletes what nobody may read any more, and puts right what a killed process left."""

import time
from collections.abc import Callable
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.documents import files, rows, rules
from appliance.documents.files import remove, remove_folder
from appliance.documents.parts import text_name
from appliance.documents.rules import JobState, PageState, Problem
from appliance.record import Books
from appliance.storage.models import ScanFile, ScanJob, ScanPage
from appliance.visits.directory import VisitDirectory

RETENTION_EVERY_S = 600.0


class Tidier:
    """The house-keeping of the scans folder; every method belongs on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        scans_dir: Path,
        kept_hours: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._scans_dir = scans_dir
        self._kept_hours = kept_hours
        self._monotonic = monotonic
        self._retention_due_s = float("-inf")

    def recover(self) -> None:
        """Call once at start, before anything is scanned: nothing is on the scanner now."""
        self._writer.run(self._fail_orphans)
        files.make_folder(self._scans_dir)
        for folder in self._scans_dir.iterdir():
            if folder.is_dir():
                self._sweep_folder(folder)

    def look(self) -> None:
        """Delete the files of removed pages and discarded jobs; now and then look at the clock."""
        self._delete_leftovers()
        if self._monotonic() >= self._retention_due_s:
            self._retention_due_s = self._monotonic() + RETENTION_EVERY_S
            if self.expire():
                self._delete_leftovers()

    def expire(self) -> int:
        """Close the jobs of closed visits and discard those kept long enough; how many."""
        changed = 0
        for job in ScanJob.select().where(ScanJob.state != JobState.DISCARDED):
            if not self._visits.by_id(job.visit_id).is_open:
                changed += self._writer.run(lambda job=job: self._age(job.id))  # type: ignore[misc]
        return changed

    def _fail_orphans(self) -> None:
        for page in ScanPage.select().where(ScanPage.state == PageState.SCANNING):
            ended = {"finished_at": self._clock.now()}
            if page.cancel_asked:
                ScanPage.update(state=PageState.CANCELLED, **ended).where(
                    ScanPage.id == page.id
                ).execute()
                continue
            ScanPage.update(state=PageState.FAILED, problem=Problem.INTERRUPTED, **ended).where(
                ScanPage.id == page.id
            ).execute()
            data = {"problem": Problem.INTERRUPTED}
            self._recorder.fact("scan.failed", f"scan/{page.job.uuid}", data, by=SYSTEM)

    def _sweep_folder(self, folder: Path) -> None:
        job = ScanJob.get_or_none(ScanJob.uuid == folder.name)
        if job is None or job.state == JobState.DISCARDED:
            remove_folder(folder)
            return
        wanted = rows.wanted_names(job)
        remove(*(path for path in folder.iterdir() if path.name not in wanted))

    def _delete_leftovers(self) -> None:
        unwanted = (
            ScanPage.select(ScanPage, ScanJob)
            .join(ScanJob)
            .where(
                ScanPage.image_name.is_null(False)
                & ((ScanPage.state != PageState.KEPT) | (ScanJob.state == JobState.DISCARDED))
            )
        )
        for page in unwanted:
            folder = self._scans_dir / page.job.uuid
            names = (str(page.image_name), rules.thumbnail_name(page.uuid), text_name(page.uuid))
            remove(*(folder / name for name in names))
            self._writer.run(lambda page=page: _forget(ScanPage, page.id, "image_name"))  # type: ignore[misc]
        gone = (
            ScanFile.select(ScanFile, ScanJob)
            .join(ScanJob)
            .where((ScanJob.state == JobState.DISCARDED) & ScanFile.name.is_null(False))
        )
        for file in gone:
            remove_folder(self._scans_dir / file.job.uuid)
            self._writer.run(lambda file=file: _forget(ScanFile, file.id, "name"))  # type: ignore[misc]

    def _age(self, job_id: int) -> int:
        job = ScanJob.get_by_id(job_id)
        now = self._clock.stamp()
        if job.state == JobState.OPEN and rows.active_page(job) is None:
            # Left on the glass: what was scanned is still the visitor's to fetch.
            state = JobState.FINISHING if rows.kept_pages(job) else JobState.DISCARDED
            return self._set(job, "scan.finished", state=state, closed_at=now.at)
        closed_at = self._visits.by_id(job.visit_id).closed_at
        if closed_at is None or not rules.is_credible(closed_at, now):
            closed_at = job.closed_at
        if not rules.is_credible(closed_at, now):
            # Closed while the clock was wrong: the time to keep it counts from now on.
            return self._set(job, "scan.redated", closed_at=now.at)
        if job.state in (JobState.OPEN, JobState.FINISHING):
            return 0
        if closed_at is not None and rules.may_be_deleted(closed_at, now, self._kept_hours):
            return self._set(job, "scan.expired", state=JobState.DISCARDED)
        return 0

    def _set(self, job: ScanJob, action: str, **values: object) -> int:
        self._recorder.note(action, f"scan/{job.uuid}", by=SYSTEM)
        return int(ScanJob.update(**values).where(ScanJob.id == job.id).execute())


def _forget(model: type[ScanPage] | type[ScanFile], row_id: int, column: str) -> None:
    model.update({column: None}).where(model.id == row_id).execute()
