"""Scan jobs: opened for a visit, filled page by page, finished, fetched, deleted."""

import shutil
import uuid as uuids
from collections.abc import Callable
from pathlib import Path

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.documents import presets, rows, rules
from appliance.documents.lookup import ScanLookup
from appliance.documents.rules import JobState, PageState, Problem
from appliance.documents.views import JobView, PageView
from appliance.errors import N_, Refused, Unavailable
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.among import among
from appliance.storage.models import ScanJob, ScanPage
from appliance.storage.once import once
from appliance.visits.service import VisitService

OWNER = "documents"
DiskSpace = Callable[[Path], tuple[int, int]]
"""Total and free bytes of the disk that holds a folder."""


def disk_space(folder: Path) -> tuple[int, int]:
    """Total and free bytes, as far as this process may use them."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


class DocumentsService(ScanLookup):
    """What the station, the visitor's page and the desk may do; any thread may call it.

    Every change that the scanner's owner must act on is a row first and a wake-up afterwards.
    """

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        office: Office,
        visits: VisitService,
        scans_dir: Path,
        scanner: str,
        space: DiskSpace = disk_space,
    ) -> None:
        super().__init__(
            books=books,
            office=office,
            visits=visits,
            scans_dir=scans_dir,
        )
        self._waker = waker
        self._scanner = scanner
        self._space = space

    # Scanning -----------------------------------------------------------------------------

    def open_job(self, visit_id: int, preset: str, *, by: Actor) -> JobView:
        """The visit's open job with this preset: a new one, or the one left behind, resumed.

        Stops the promise clock of the visit. Raises NotFound for an unknown visit, Refused for
        one that is closed or a preset that does not exist.
        """
        chosen = presets.named(preset)

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

    def ask_page(
        self, job_uuid: str, *, by: Actor, replaces: str = "", idempotency_key: str = ""
    ) -> PageView:
        """The page that the scanner shall read next, waiting; a repeated key gets the first one.

        `replaces` is the uuid of a kept page that gives way once the new one is on disk. Raises
        Refused while the scanner is in use, the file is full or the disk nearly so; Unavailable
        at once when nobody serves the scanner, and the page is marked failed then.
        """
        made: list[ScanPage] = []

        def ask() -> str:
            made.append(self._new_page(job_uuid, replaces, by))
            return str(made[0].uuid)

        uuid = self._writer.run(
            lambda: once(f"scan-page/{job_uuid}", idempotency_key, self._clock, ask)
        )
        page = rows.page_row(rows.job_row(job_uuid), uuid)
        if made and not self._waker.wake(OWNER):
            self._fail(page, Problem.UNATTENDED, by)
            raise Unavailable(rules.sentence(Problem.UNATTENDED))
        return rows.page_view(page)

    def cancel_page(self, job_uuid: str, *, by: Actor) -> None:
        """Stop the page that waits or is being read; nothing happens when there is none.

        A page on the scanner ends within seconds, by its owner's hand.
        """

        def cancel() -> None:
            page = rows.active_page(rows.job_row(job_uuid))
            if page is None:
                return
            if page.state == PageState.WAITING:
                self._set_page(page, state=PageState.CANCELLED, finished_at=self._clock.now())
            else:
                self._set_page(page, cancel_asked=True)
            self._recorder.note("scan.cancelled", f"scan/{page.job.uuid}", by=by)

        self._writer.run(cancel)
        self._waker.wake(OWNER)

    def remove_page(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Take a kept page out of the job; its picture is deleted at once by its owner."""

        def remove() -> None:
            job = self._open_job(job_uuid)
            page = rows.page_row(job, page_uuid)
            rules.check_page_move(PageState(page.state), PageState.REMOVED)
            self._set_page(page, state=PageState.REMOVED, finished_at=self._clock.now())
            self._note("scan.page_removed", job, by)

        self._writer.run(remove)
        self._waker.wake(OWNER)

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
                raise Refused(N_("Halaman masih dipindai. Tunggu sampai selesai, atau batalkan."))
            if not rows.kept_pages(job):
                raise Refused(N_("Belum ada halaman yang tersimpan. Pindai satu halaman dahulu."))
            self._set_job(job, state=JobState.FINISHING, problem=None)
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
            self._set_job(job, state=JobState.DISCARDED, closed_at=self._clock.now())
            self._note("scan.discarded", job, by, why=reason)

        self._writer.run(discard)
        self._waker.wake(OWNER)

    # Inside a function of the writer --------------------------------------------------------

    def _new_page(self, job_uuid: str, replaces: str, by: Actor) -> ScanPage:
        job = self._open_job(job_uuid)
        self._require_open_visit(job.visit_id)
        now = self._clock.stamp()
        old = rows.page_row(job, replaces) if replaces else None
        if old is not None:
            rules.check_page_move(PageState(old.state), PageState.REMOVED)
        self._require_free_scanner(job, now)
        self._require_space()
        kept = rows.kept_pages(job)
        if old is None:
            rules.check_room(len(kept), sum(page.size_bytes or 0 for page in kept))
        wanted = presets.stored(job.preset)
        page = ScanPage.create(
            uuid=str(uuids.uuid4()),
            job=job,
            position=kept[-1].position + 1 if kept else 1,
            scanner=self._scanner,
            state=PageState.WAITING,
            resolution_dpi=wanted.resolution_dpi,
            mode=wanted.mode,
            source=wanted.source,
            width_mm=wanted.width_mm,
            height_mm=wanted.height_mm,
            asked_at=now.at,
            boot_id=now.boot_id,
            asked_boot_ms=now.boot_ms,
            replaces=old,
        )
        self._note("scan.asked", job, by)
        return page

    def _require_free_scanner(self, job: ScanJob, now: Stamp) -> None:
        taken = ScanPage.get_or_none(
            (ScanPage.scanner == self._scanner) & among(ScanPage.state, rules.ACTIVE)
        )
        if taken is None:
            return
        asked = Stamp(taken.asked_at, taken.boot_id, taken.asked_boot_ms, now.quality)
        if taken.state == PageState.WAITING and rules.is_overdue(asked, now):
            self._set_page(
                taken, state=PageState.FAILED, problem=Problem.EXPIRED, finished_at=now.at
            )
        elif taken.job_id == job.id:
            raise Refused(N_("Halaman masih dipindai. Tunggu sampai selesai, atau batalkan."))
        else:
            raise Refused(
                N_("Pemindai sedang dipakai, giliran berikutnya Anda. Coba lagi sebentar lagi.")
            )

    def _require_space(self) -> None:
        total, free = self._space(self._scans_dir.parent)
        if free < rules.reserve_bytes(total):
            raise Refused(
                N_("Ruang penyimpanan hampir penuh, jadi belum bisa memindai. Panggil petugas.")
            )

    def _require_open_visit(self, visit_id: int) -> None:
        if not self._visits.by_id(visit_id).is_open:
            raise Refused(N_("Kunjungan ini sudah ditutup. Isi buku tamu lagi untuk memindai."))

    def _open_job(self, uuid: str) -> ScanJob:
        job = rows.job_row(uuid)
        if job.state != JobState.OPEN:
            rules.check_job_move(JobState(job.state), JobState.OPEN)
        return job

    def _fail(self, page: ScanPage, problem: str, by: Actor) -> None:
        def fail() -> None:
            changed = (
                ScanPage.update(
                    state=PageState.FAILED, problem=problem, finished_at=self._clock.now()
                )
                .where((ScanPage.id == page.id) & (ScanPage.state == PageState.WAITING))
                .execute()
            )
            if changed:
                subject = f"scan/{page.job.uuid}"
                self._recorder.fact("scan.failed", subject, {"problem": problem}, by=by)

        self._writer.run(fail)

    def _note(self, action: str, job: ScanJob, by: Actor, why: str = "") -> None:
        self._recorder.note(action, f"scan/{job.uuid}", by=by, why=why)

    @staticmethod
    def _set_page(page: ScanPage, **values: object) -> None:
        ScanPage.update(**values).where(ScanPage.id == page.id).execute()

    @staticmethod
    def _set_job(job: ScanJob, **values: object) -> None:
        ScanJob.update(**values).where(ScanJob.id == job.id).execute()
