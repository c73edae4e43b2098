"""Deletes what nobody may read any more, and puts right what a killed process left."""

import time
from collections.abc import Callable
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.clock import ClockQuality, Stamp
from appliance.documents import files, life, rows, rules
from appliance.documents.files import remove, remove_folder
from appliance.documents.life import Cause
from appliance.documents.rules import JobState, PageState, Problem
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import ScanFile, ScanJob, ScanPage
from appliance.visits.directory import VisitDirectory
from appliance.visits.rules import VisitCard

RETENTION_EVERY_S = 60.0
log = get_logger("documents")


class Tidier:
    """The house-keeping of the scans folder; every method belongs on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        office: Office,
        scans_dir: Path,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._office = office
        self._scans_dir = scans_dir
        self._monotonic = monotonic
        self._retention_due_s = float("-inf")
        self._stubborn: set[str] = set()
        self._seen_closed_ms: dict[int, int] = {}

    def recover(self) -> None:
        """Call once at start, before anything is scanned: nothing is on the scanner now."""
        self._writer.run(self._fail_orphans)
        files.make_folder(self._scans_dir)
        for folder in self._scans_dir.iterdir():
            if folder.is_dir():
                self._sweep_folder(folder)

    def look(self) -> None:
        """Delete the files of removed pages and discarded jobs; now and then look at the clock."""
        self._delete_removed()
        self._delete_discarded()
        if self._monotonic() >= self._retention_due_s:
            self._retention_due_s = self._monotonic() + RETENTION_EVERY_S
            if self.expire():
                self._delete_discarded()

    def expire(self) -> int:
        """Close the jobs of closed visits and discard those whose time is over; how many."""
        changed = 0
        for job in ScanJob.select().where(ScanJob.state != JobState.DISCARDED):
            visit = self._visits.by_id(job.visit_id)
            age = self._age_left_open if visit.is_open else self._age_closed
            changed += self._writer.run(
                lambda age=age, job=job, visit=visit: age(ScanJob.get_by_id(job.id), visit)  # type: ignore[misc]
            )
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
        if job is None or (job.state == JobState.DISCARDED and not rows.is_on_disk(job)):
            remove_folder(folder)
        elif job.state != JobState.DISCARDED:  # those are for `look`, which writes it down
            wanted = rows.wanted_names(job)
            remove(*(path for path in folder.iterdir() if path.name not in wanted))

    # Files first, then the rows that name them: what a power cut interrupts is done again --------

    def _delete_removed(self) -> None:
        removed = (
            ScanPage.select(ScanPage, ScanJob)
            .join(ScanJob)
            .where(
                ScanPage.image_name.is_null(False)
                & (ScanPage.state != PageState.KEPT)
                & (ScanJob.state != JobState.DISCARDED)
            )
        )
        now = self._clock.stamp()
        for page in removed:
            is_open = page.job.state == JobState.OPEN
            may_come_back = is_open and rules.may_come_back(page.finished_at, now)
            if may_come_back and rows.is_restorable(page):
                continue
            remove(*(self._scans_dir / page.job.uuid).glob(f"{page.uuid}.*"))
            self._writer.run(lambda page=page: _forget_pictures(ScanPage.id == page.id))  # type: ignore[misc]

    def _delete_discarded(self) -> None:
        """A page still on the scanner is waited for: it would come down into an empty folder."""
        is_discarded = ScanJob.state == JobState.DISCARDED
        pages = ScanPage.select(ScanPage.job).join(ScanJob)
        parts = ScanFile.select(ScanFile.job).join(ScanJob)
        found = {
            row.job_id
            for query, name in ((pages, ScanPage.image_name), (parts, ScanFile.name))
            for row in query.where(is_discarded & name.is_null(False))
        }
        for job in ScanJob.select().where(ScanJob.id.in_(sorted(found))) if found else ():
            if rows.active_page(job) is None and self._is_deleted(self._scans_dir / job.uuid):
                self._writer.run(lambda job=job: self._deleted(job))  # type: ignore[misc]

    def _is_deleted(self, folder: Path) -> bool:
        """Whether nothing is left: else it is tried again, and never said to be done."""
        if remove_folder(folder):
            self._stubborn.discard(folder.name)
            return True
        if folder.name not in self._stubborn:
            self._stubborn.add(folder.name)
            log.warning("scans not deleted at once", job=folder.name)
        return False

    def _deleted(self, job: ScanJob) -> None:
        pictures = ScanPage.select().where(
            (ScanPage.job == job.id) & ScanPage.image_name.is_null(False)
        )
        detail = {
            "pages": pictures.count(),
            "files": len(rows.files_on_disk(job)),
            "cause": job.discarded_for or Cause.ASKED,
        }
        _forget_pictures(ScanPage.job == job.id)
        ScanFile.update(name=None).where(ScanFile.job == job.id).execute()
        self._recorder.note("scan.deleted", f"scan/{job.uuid}", by=SYSTEM, detail=detail)

    # Inside a function of the writer --------------------------------------------------------

    def _age_left_open(self, job: ScanJob, visit: VisitCard) -> int:
        """The visitor never checked out: at closing, when nobody scans any more, it is over."""
        if job.state == JobState.FINISHING or rows.active_page(job) is not None:
            return 0
        now = self._clock.stamp()
        due = life.due(visit, self._office, now, last_used=rows.last_used(job))
        return self._discard(job, due.cause) if due and life.is_over(due, now) else 0

    def _age_closed(self, job: ScanJob, visit: VisitCard) -> int:
        now = self._clock.stamp()
        if job.state == JobState.OPEN and rows.active_page(job) is None:
            # Left on the glass: what was scanned is still the visitor's to fetch.
            if not rows.kept_pages(job):
                return self._discard(job, Cause.EMPTY)
            return self._set(job, "scan.finished", state=JobState.FINISHING, closed_at=now.at)
        if now.quality is ClockQuality.UNSET:
            return self._age_without_clock(job, now)
        due = life.due(visit, self._office, now)
        if due is None and job.grace_from is not None:
            due = life.due_after(job.grace_from, self._office, now)
        if due is None:
            # Closed while the clock was wrong: the time to keep it counts from now on.
            return self._set(job, "scan.redated", grace_from=now.at)
        if job.state in (JobState.OPEN, JobState.FINISHING):
            return 0
        return self._discard(job, due.cause) if life.is_over(due, now) else 0

    def _age_without_clock(self, job: ScanJob, now: Stamp) -> int:
        """Nobody knows when the visit ended: the grace counts from when we saw that it has."""
        seen_ms = self._seen_closed_ms.setdefault(job.id, now.boot_ms)
        grace_ms = self._office.policy.scan_grace_minutes * 60_000
        if job.state in (JobState.OPEN, JobState.FINISHING) or now.boot_ms - seen_ms < grace_ms:
            return 0
        return self._discard(job, Cause.CHECKOUT)

    def _discard(self, job: ScanJob, cause: Cause) -> int:
        return self._set(job, "scan.expired", state=JobState.DISCARDED, discarded_for=cause)

    def _set(self, job: ScanJob, action: str, **values: object) -> int:
        self._recorder.note(action, f"scan/{job.uuid}", by=SYSTEM)
        return int(ScanJob.update(**values).where(ScanJob.id == job.id).execute())


def _forget_pictures(which: object) -> None:
    ScanPage.update(image_name=None, view_name=None).where(which).execute()
