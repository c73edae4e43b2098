"""Pages asked of a scanner: in turn, one at a time, never when the disk is nearly full."""

import shutil
import uuid as uuids
from collections.abc import Callable
from pathlib import Path

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.documents import life, rows, rules
from appliance.documents.pages import STILL_SCANNING, PageEditing
from appliance.documents.presets import ScanPresets
from appliance.documents.rules import OWNER, JobState, PageState, Problem
from appliance.documents.scanners import Scanners, ScannerView
from appliance.documents.turns import ScanTurns
from appliance.documents.views import PageView
from appliance.errors import N_, Refused, Unavailable
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.among import among
from appliance.storage.models import ScanJob, ScanPage
from appliance.storage.once import once
from appliance.visits.service import VisitService

QUEUED = N_("Pemindai sedang dipakai. Anda urutan ke-%(place)s dalam antrean.")
DiskSpace = Callable[[Path], tuple[int, int]]
"""Total and free bytes of the disk that holds a folder."""


def disk_space(folder: Path) -> tuple[int, int]:
    """Total and free bytes, as far as this process may use them."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


class Queued(Refused):
    """Raised when another job has the scanner; this one has its place in the queue now."""


class PageAsking(PageEditing):
    """Puts pages before the owner of the scanner; any thread may call it."""

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        office: Office,
        visits: VisitService,
        scans_dir: Path,
        scanners: Scanners,
        presets: ScanPresets,
        space: DiskSpace = disk_space,
    ) -> None:
        super().__init__(
            waker=waker,
            books=books,
            office=office,
            visits=visits,
            scans_dir=scans_dir,
        )
        self._scanners = scanners
        self._presets = presets
        self._space = space
        self._turns = ScanTurns(books.clock)

    def ask_page(
        self,
        job_uuid: str,
        *,
        by: Actor,
        replaces: str = "",
        idempotency_key: str = "",
    ) -> PageView:
        """The page that the scanner shall read next, waiting; a repeated key gets the first one.

        `replaces` is the uuid of a kept page that gives way once the new one is on disk. While
        another job has the scanner this one gets a place in the queue, which Queued tells.
        Raises Refused when the file is full or the disk nearly so; Unavailable at once when
        nobody serves the scanner, and the page is marked failed then.
        """
        made: list[ScanPage] = []
        place = self._writer.run(lambda: self._take_turn(job_uuid, replaces))
        if place:
            raise Queued(QUEUED, place=place)

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

    def choose_scanner(self, job_uuid: str, scanner: str, *, by: Actor) -> None:
        """Scan the further pages on another scanner; whoever waits for the old one moves up.

        Raises Refused for a name that no scanner has.
        """
        self._scanners.named(scanner)

        def choose() -> None:
            job = self._editable_job(job_uuid)
            if self._scanner_of(job) != scanner:
                self._turns.give_back(job)
                ScanJob.update(scanner=scanner).where(ScanJob.id == job.id).execute()
                self._note("scan.scanner_chosen", job, by)

        self._writer.run(choose)

    def other_scanners(self, job_uuid: str) -> tuple[ScannerView, ...]:
        """The scanners that this job may change to."""
        job = rows.job_row(job_uuid)
        preset = self._presets.stored(job.preset)
        return self._scanners.others_than(self._scanner_of(job), preset)

    def scanner_of(self, job_uuid: str) -> str:
        """The name of the scanner that reads the pages of this job."""
        return self._scanner_of(rows.job_row(job_uuid))

    def seen(self, job_uuid: str) -> None:
        """Somebody still looks at this job's screen, so that its turn at a scanner stays."""
        turn = rows.turn_row(rows.job_row(job_uuid))
        if turn is not None and self._turns.is_stale(turn):
            self._writer.run(lambda: self._turns.seen(rows.job_row(job_uuid)))

    def leave(self, job_uuid: str, *, by: Actor) -> None:
        """Nobody stands before this job any more: the scanner is the next one's.

        A page that waits is not scanned any more, for the paper on the glass may soon be somebody
        else's; one that is being read is read to its end. The job stays to be gone on with.
        """

        def leave() -> None:
            job = rows.job_row(job_uuid)
            page = rows.active_page(job)
            if page is not None and page.state == PageState.WAITING:
                self._set_page(page, state=PageState.CANCELLED, finished_at=self._clock.now())
                self._note("scan.cancelled", job, by)
            self._turns.give_back(job)

        row = ScanJob.get_or_none(ScanJob.uuid == job_uuid)
        if row is not None and (rows.turn_row(row) or rows.active_page(row)):
            self._writer.run(leave)

    # Inside a function of the writer --------------------------------------------------------

    def _take_turn(self, job_uuid: str, replaces: str) -> int:
        """0 when the scanner is this job's, or it needs none; else its place in the queue."""
        job = rows.job_row(job_uuid)
        if replaces:
            rows.page_row(job, replaces)
        if job.state != JobState.OPEN or not self._visits.by_id(job.visit_id).is_open:
            return 0  # a repeated tap gets its first answer, another one its reason
        return self._turns.take(job, self._scanner_of(job))

    def _scanner_of(self, job: ScanJob) -> str:
        return job.scanner or self._scanners.first

    def _new_page(self, job_uuid: str, replaces: str, by: Actor) -> ScanPage:
        job = self._open_job(job_uuid)
        self._require_open_visit(job.visit_id)
        now = self._clock.stamp()
        old = rows.page_row(job, replaces) if replaces else None
        if old is not None:
            rules.check_page_move(PageState(old.state), PageState.REMOVED)
        self._require_free_scanner(job, now)
        self._require_space()
        if old is None:
            self._require_room(job)
        wanted = self._presets.stored(job.preset)
        scanner = self._scanners.named(self._scanner_of(job))
        page = ScanPage.create(
            uuid=str(uuids.uuid4()),
            job=job,
            position=rows.next_position(job),
            scanner=scanner.name,
            state=PageState.WAITING,
            resolution_dpi=wanted.resolution_dpi,
            mode=wanted.mode,
            source=scanner.source_for(wanted.source),
            width_mm=wanted.width_mm,
            height_mm=wanted.height_mm,
            asked_at=now.at,
            boot_id=now.boot_id,
            asked_boot_ms=now.boot_ms,
            replaces=old,
        )
        self._note("scan.asked", job, by)
        return page

    def _require_room(self, job: ScanJob) -> None:
        kept = rows.kept_pages(job)
        rules.check_room(len(kept), sum(page.size_bytes or 0 for page in kept))
        life.check_quota(*rows.pages_of_visit(job.visit_id), self._office.policy)

    def _require_free_scanner(self, job: ScanJob, now: Stamp) -> None:
        taken = ScanPage.get_or_none(
            (ScanPage.scanner == self._scanner_of(job)) & among(ScanPage.state, rules.ACTIVE)
        )
        if taken is None:
            return
        is_overdue = rules.is_overdue(rows.asked_stamp(taken, now), now)
        if taken.state == PageState.WAITING and is_overdue:
            self._set_page(
                taken, state=PageState.FAILED, problem=Problem.EXPIRED, finished_at=now.at
            )
        elif taken.job_id == job.id:
            raise Refused(STILL_SCANNING)
        else:
            raise Queued(QUEUED, place=1)  # its holder has just asked

    def _require_space(self) -> None:
        total, free = self._space(self._scans_dir.parent)
        if free < rules.reserve_bytes(total):
            raise Refused(
                N_("Ruang penyimpanan hampir penuh, jadi belum bisa memindai. Panggil petugas.")
            )

    def _require_open_visit(self, visit_id: int) -> None:
        if not self._visits.by_id(visit_id).is_open:
            raise Refused(N_("Kunjungan ini sudah ditutup. Isi buku tamu lagi untuk memindai."))

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
