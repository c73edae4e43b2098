"""Takes the page that is asked for, has it scanned on a thread, and writes down how it went."""

import dataclasses
import errno
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.clock import Stamp
from appliance.documents import files, rules
from appliance.documents.rules import JobState, PageState, Problem
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import ScanJob, ScanPage
from hardware.interfaces import (
    DocumentScanner,
    ScanError,
    ScanFailed,
    ScannedPage,
    ScannerDescription,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)

log = get_logger("documents")
PROGRESS_EVERY_S = 1.0  # every report is a commit on the card
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Claim:
    """A page taken from the row, with all that its thread needs to know."""

    id: int
    uuid: str
    job_uuid: str
    request: ScanRequest


class PageScanner:
    """Serves one scanner. `look` and `stop` belong on one thread; the scan runs on another."""

    def __init__(
        self,
        *,
        books: Books,
        scanner: DocumentScanner,
        scans_dir: Path,
        poke: Callable[[], object],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._scanner = scanner
        self._scans_dir = scans_dir
        self._poke = poke
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scan")
        self._running: Future[None] | None = None
        self._claim: Claim | None = None
        self._stop_page = threading.Event()
        self._known: ScannerDescription | None = None

    def look(self) -> None:
        """Start the page that waits, or stop the one that shall end; never blocks for long.

        Raises whatever the scanning thread did not expect.
        """
        if self._running is not None:
            if not self._running.done():
                self._heed_cancel()
                return
            finished, self._running, self._claim = self._running, None, None
            finished.result()
        if not ScanPage.select().where(ScanPage.state == PageState.WAITING).exists():
            return
        self._claim = self._writer.run(self._take)
        if self._claim is not None:
            self._stop_page.clear()
            self._running = self._thread.submit(self._scan, self._claim)
            self._running.add_done_callback(lambda _: self._poke())

    def stop(self) -> None:
        """End the page under way, which is then marked as interrupted, and the thread."""
        self._stop_page.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    # On the calling thread ----------------------------------------------------------------

    def _heed_cancel(self) -> None:
        assert self._claim is not None  # noqa: S101 - set together with _running
        asked = ScanPage.select(ScanPage.cancel_asked).where(ScanPage.id == self._claim.id)
        if asked.scalar():
            self._stop_page.set()

    def _take(self) -> Claim | None:
        now = self._clock.stamp()
        for page in ScanPage.select().where(ScanPage.state == PageState.WAITING):
            asked = Stamp(page.asked_at, page.boot_id, page.asked_boot_ms, now.quality)
            if rules.is_overdue(asked, now):
                self._end(page.id, page.job.uuid, PageState.FAILED, Problem.EXPIRED)
                continue
            _update(page.id, PageState.WAITING, state=PageState.SCANNING)
            request = ScanRequest(
                resolution_dpi=page.resolution_dpi,
                mode=page.mode,
                width_mm=page.width_mm,
                height_mm=page.height_mm,
            )
            return Claim(page.id, page.uuid, page.job.uuid, request)
        return None

    # On the scanning thread, which reaches the rows through the writer only -------------------

    def _scan(self, claim: Claim) -> None:
        folder = self._scans_dir / claim.job_uuid
        image = folder / rules.image_name(claim.uuid)
        small = folder / rules.thumbnail_name(claim.uuid)
        kept = False
        try:
            files.make_folder(folder)
            request = self._fitted(claim.request)
            progress = _Progress(lambda done: self._report(claim, done))
            page = self._scanner.scan(request, image, progress, self._stop_page.is_set)
            files.make_thumbnail(image, small)
            kept = self._writer.run(lambda: self._keep(claim, page))
        except ScanError as error:
            self._known = None  # another scanner may be on the cable next time
            log.warning("page not scanned", problem=str(error.problem), reason=str(error))
            self._failed(claim, str(error.problem))
        except files.DamagedImage as error:
            log.warning("page not readable", reason=str(error))
            self._failed(claim, str(ScanProblem.INCOMPLETE))
        except OSError as error:
            log.error("page not stored", reason=str(error))
            self._failed(claim, Problem.DISK_FULL if error.errno in FULL else Problem.STORAGE)
        finally:
            if not kept:
                files.remove(image, small)

    def _fitted(self, wanted: ScanRequest) -> ScanRequest:
        """The request in this scanner's own words and within its glass."""
        if self._known is None:
            try:
                self._known = self._scanner.describe()
            except ScanFailed as error:
                # Some backends cannot be asked and scan well all the same.
                log.warning("scanner not described", problem=str(error.problem), reason=str(error))
                return wanted
        known = self._known
        return dataclasses.replace(
            wanted,
            resolution_dpi=rules.nearest_resolution(wanted.resolution_dpi, known.resolutions_dpi),
            mode=rules.spelled_mode(wanted.mode or "Color", known.modes),
            width_mm=min(wanted.width_mm, known.max_width_mm),
            height_mm=min(wanted.height_mm, known.max_height_mm),
        )

    def _report(self, claim: Claim, done: ScanProgress) -> None:
        values = {"rows_done": done.rows_done, "rows_total": done.rows_total}
        self._writer.run(lambda: _update(claim.id, PageState.SCANNING, **values))

    def _keep(self, claim: Claim, scanned: ScannedPage) -> bool:
        page = ScanPage.get_by_id(claim.id)
        job = ScanJob.get_by_id(page.job_id)
        if page.cancel_asked or job.state != JobState.OPEN or page.state != PageState.SCANNING:
            self._end(claim.id, claim.job_uuid, PageState.CANCELLED, None)
            return False
        position = page.position
        if page.replaces_id is not None:
            old = ScanPage.get_by_id(page.replaces_id)
            position = old.position
            _update(old.id, PageState.KEPT, state=PageState.REMOVED, finished_at=self._clock.now())
        _update(
            claim.id,
            PageState.SCANNING,
            state=PageState.KEPT,
            position=position,
            image_name=scanned.path.name,
            width_px=scanned.width_px,
            height_px=scanned.height_px,
            resolution_dpi=scanned.resolution_dpi,
            rows_done=scanned.height_px,
            rows_total=scanned.height_px,
            size_bytes=scanned.size_bytes,
            sha256=scanned.sha256,
            finished_at=self._clock.now(),
        )
        fact = {
            "position": position,
            "resolution_dpi": scanned.resolution_dpi,
            "mode": page.mode,
        }
        self._recorder.fact("scan.page", f"scan/{claim.job_uuid}", fact, by=SYSTEM)
        return True

    def _failed(self, claim: Claim, problem: str) -> None:
        def fail() -> None:
            page = ScanPage.get_by_id(claim.id)
            if page.cancel_asked:
                self._end(claim.id, claim.job_uuid, PageState.CANCELLED, None)
            else:
                # Cancelled without being asked to: this process is being stopped.
                reason = Problem.INTERRUPTED if problem == ScanProblem.CANCELLED else problem
                self._end(claim.id, claim.job_uuid, PageState.FAILED, reason)

        self._writer.run(fail)

    def _end(self, page_id: int, job_uuid: str, state: PageState, problem: str | None) -> None:
        values = {"state": state, "problem": problem, "finished_at": self._clock.now()}
        ScanPage.update(values).where(
            (ScanPage.id == page_id) & ScanPage.state.in_(rules.ACTIVE)
        ).execute()
        if problem is not None:
            data = {"problem": problem}
            self._recorder.fact("scan.failed", f"scan/{job_uuid}", data, by=SYSTEM)


class _Progress:
    """Passes on what a scanner reports, once a second at most."""

    def __init__(self, report: Callable[[ScanProgress], None]) -> None:
        self._report = report
        self._next_s = 0.0

    def __call__(self, progress: ScanProgress) -> None:
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + PROGRESS_EVERY_S
            self._report(progress)


def _update(page_id: int, expected: PageState, **values: object) -> None:
    """Change a page only while it is in the state its writer believes."""
    ScanPage.update(**values).where(
        (ScanPage.id == page_id) & (ScanPage.state == expected)
    ).execute()
