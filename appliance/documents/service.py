"""Scan jobs: opened for a visit, found again, finished, thrown away."""

import uuid as uuids
from collections.abc import Callable

from appliance.actor import Actor
from appliance.documents import job_changes, life, rows, rules
from appliance.documents.job_changes import STILL_SCANNING, set_job, subject
from appliance.documents.life import Cause
from appliance.documents.presets import ScanPresets
from appliance.documents.rules import OWNER, JobState
from appliance.documents.turns import ScanTurns
from appliance.documents.views import JobView, StaffJob, VisitScans
from appliance.errors import N_, NotFound, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ScanJob
from appliance.visits.service import VisitService

RECENT_JOBS = 200  # more than one scanner makes in a day


class DocumentsService:
    """What the station, the visitor's page and the desk do with jobs; any thread may call it.

    Every change that the scanner's owner must act on is a row first and a wake-up afterwards.
    `thrown_away` is told, in the same transaction, the uuid of a job that somebody threw away.
    """

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        office: Office,
        visits: VisitService,
        presets: ScanPresets,
        thrown_away: Callable[[str, Actor], None],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._office = office
        self._visits = visits
        self._presets = presets
        self._thrown_away = thrown_away
        self._turns = ScanTurns(books.clock)

    def open_job(self, visit_id: int, preset: str, *, by: Actor) -> JobView:
        """The visit's open job with this preset: a new one, or the one left behind, resumed.

        It stops the promise clock of the visit. Raises NotFound for an unknown visit,
        Refused for one that is closed or a preset that does not exist.
        """
        chosen = self._presets.named(preset)

        def open_() -> JobView:
            job_changes.require_open_visit(self._visits, visit_id)
            self._visits.begin_service(visit_id, by=by, cause="scan")
            job = ScanJob.get_or_none(
                (ScanJob.visit == visit_id) & (ScanJob.state == JobState.OPEN)
            )
            if job is None:
                job = ScanJob.create(
                    uuid=str(uuids.uuid4()),
                    visit=visit_id,
                    state=JobState.OPEN,
                    preset=chosen.code,
                    opened_at=self._clock.now(),
                    opened_by=str(by),
                )
                self._recorder.note("scan.opened", subject(job), by=by)
            elif job.preset != chosen.code:
                set_job(job, preset=chosen.code)
            return rows.job_view(rows.job_row(job.uuid))

        return self._writer.run(open_)

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
        found = list(ScanJob.select().where(ScanJob.visit == visit_id).order_by(ScanJob.id))
        due = life.due(self._visits.by_id(visit_id), self._office, self._clock.stamp())
        return VisitScans(
            jobs=rows.job_views(job for job in found if job.state != JobState.DISCARDED),
            grace_minutes=self._office.policy.scan_grace_minutes,
            deleted_at=due.at if due is not None else None,
            has_expired=any(job.discarded_for in life.OVER for job in found),
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

    def finish(self, job_uuid: str, *, by: Actor) -> JobView:
        """The job on its way to a PDF; also after a failed attempt to make one.

        Raises Refused without pages, or while a page is still being scanned.
        """

        def finish() -> JobView:
            job = rows.job_row(job_uuid)
            if job.state in (JobState.FINISHING, JobState.READY):
                return rows.job_view(job)  # a second tap
            rules.check_job_move(JobState(job.state), JobState.FINISHING)
            if rows.active_page(job) is not None:
                raise Refused(STILL_SCANNING)
            if not rows.kept_pages(job):
                raise Refused(N_("Belum ada halaman yang tersimpan. Pindai satu halaman dahulu."))
            set_job(job, state=JobState.FINISHING, problem=None)
            self._turns.give_back(job)
            self._recorder.note("scan.finished", subject(job), by=by)
            return rows.job_view(rows.job_row(job_uuid))

        view = self._writer.run(finish)
        self._waker.wake(OWNER)
        return view

    def discard(self, job_uuid: str, *, by: Actor, reason: str = "") -> None:
        """Throw the job away with everything scanned; the files go at once. Repeating is fine."""

        def discard() -> None:
            job = rows.job_row(job_uuid)
            if job.state == JobState.DISCARDED:
                return
            rules.check_job_move(JobState(job.state), JobState.DISCARDED)
            now, page = self._clock.now(), rows.active_page(job)
            if page is not None:
                job_changes.end_page(page, now)
            set_job(job, state=JobState.DISCARDED, closed_at=now, discarded_for=Cause.ASKED)
            self._turns.give_back(job)
            self._recorder.note("scan.discarded", subject(job), by=by, why=reason)
            self._thrown_away(job.uuid, by)

        self._writer.run(discard)
        self._waker.wake(OWNER)
