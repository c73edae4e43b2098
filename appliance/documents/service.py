"""Scan jobs: opened for a visit, filled page by page, finished, fetched, deleted."""

import uuid as uuids

from appliance.actor import Actor
from appliance.documents import rows, rules
from appliance.documents.asking import PageAsking
from appliance.documents.life import Cause
from appliance.documents.pages import STILL_SCANNING
from appliance.documents.rules import OWNER, JobState, PageState
from appliance.documents.views import JobView
from appliance.errors import N_, Refused
from appliance.storage.models import ScanJob


class DocumentsService(PageAsking):
    """What the station, the visitor's page and the desk may do; any thread may call it.

    Every change that the scanner's owner must act on is a row first and a wake-up afterwards.
    """

    def open_job(self, visit_id: int, preset: str, *, by: Actor) -> JobView:
        """The visit's open job with this preset: a new one, or the one left behind, resumed.

        Stops the promise clock of the visit. Raises NotFound for an unknown visit, Refused for
        one that is closed or a preset that does not exist.
        """
        chosen = self._presets.named(preset)

        def open_() -> JobView:
            self._require_open_visit(visit_id)
            self._visits.begin_service(visit_id, by=by)
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
                self._note("scan.opened", job, by)
            elif job.preset != chosen.code:
                ScanJob.update(preset=chosen.code).where(ScanJob.id == job.id).execute()
            return rows.job_view(rows.job_row(job.uuid))

        return self._writer.run(open_)

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
            self._set_job(job, state=JobState.FINISHING, problem=None)
            self._turns.give_back(job)
            self._note("scan.finished", job, by)
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
            page = rows.active_page(job)
            if page is not None and page.state == PageState.WAITING:
                self._set_page(page, state=PageState.CANCELLED, finished_at=self._clock.now())
            elif page is not None:
                self._set_page(page, cancel_asked=True)
            ended = {"closed_at": self._clock.now(), "discarded_for": Cause.ASKED}
            self._set_job(job, state=JobState.DISCARDED, **ended)
            self._turns.give_back(job)
            self._note("scan.discarded", job, by, why=reason)

        self._writer.run(discard)
        self._waker.wake(OWNER)

    @staticmethod
    def _set_job(job: ScanJob, **values: object) -> None:
        ScanJob.update(**values).where(ScanJob.id == job.id).execute()
