"""What the tests of scanning stand on: a visit, SANE's test backend, a scanner that can be told."""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from appliance.actor import Actor, Role
from appliance.bootstrap import Core, build_services
from appliance.documents.rules import PageState
from appliance.documents.scan_pages import ScanPages
from appliance.documents.service import DocumentsService
from appliance.documents.views import JobView
from appliance.documents.worker import DocumentsWorker
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import ScanFile, ScanJob, ScanPage
from hardware.interfaces import (
    ScanError,
    ScanFailed,
    ScannedPage,
    ScannerDescription,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.page_file import write_page
from hardware.page_strips import EncodedPage, strips_of
from tests.services.library import STATISTICS

STATION = Actor(Role.STATION, "station")
LONGEST_S = 60.0


def a_visit(core: Core, services: Services) -> int:
    """The id of a fresh open visit."""
    return core.writer.run(lambda: services.visits.open(STATISTICS, channel="kiosk"))


def encoded(image: Image.Image) -> EncodedPage:
    """A page as drivers write it."""
    strips = strips_of(image.mode, image.size, resolution_dpi=40, jpeg_quality=85)
    strips.add(memoryview(image.tobytes()))
    return strips.page()


class TellableScanner:
    """A scanner in memory.

    Put what the next pages shall do into `plan`: an exception to raise, or `hold` (an Event) to
    wait for before the page is done; anything else, or nothing, makes a page. A stack has as many
    `sheets`; `away` is raised instead of a description.
    """

    def __init__(self) -> None:
        self.plan: list[object] = []
        self.requests: list[ScanRequest] = []
        self.away: ScanError | None = None
        self.sheets = 3
        self.description = ScannerDescription(
            "test:0", "Noname", "tellable", (), ("Lineart", "Gray", "24bit Color"), (150, 300, 600),
            216.0, 300.0,
        )  # fmt: skip

    def describe(self, cancelled: Callable[[], bool]) -> ScannerDescription:
        if self.away is not None:
            raise self.away
        return self.description

    def scan(
        self,
        request: ScanRequest,
        target: Path,
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        self.requests.append(request)
        told = self.plan.pop(0) if self.plan else None
        if isinstance(told, Exception):
            raise told
        on_progress(ScanProgress(0, 400))
        while hasattr(told, "wait") and not told.wait(0.05):
            if cancelled():
                raise ScanFailed(ScanProblem.CANCELLED, "cancelled")
        size = tuple(round(mm / 25.4 * 40) for mm in (request.width_mm, request.height_mm))
        image = Image.frombytes(
            "L", size, bytes(x * 255 // (size[0] * size[1]) for x in range(size[0] * size[1]))
        )
        return write_page(encoded(image), target, resolution_dpi=40)

    def scan_stack(
        self,
        request: ScanRequest,
        next_target: Callable[[], Path],
        on_page: Callable[[ScannedPage], None],
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
        *,
        most: int,
    ) -> int:
        for _ in range(min(self.sheets, most)):
            on_page(self.scan(request, next_target(), on_progress, cancelled))
        return min(self.sheets, most)


class Station:
    """A documents process without the process: its worker, its wake-ups, its patience."""

    def __init__(self, core: Core, scanner: object, **further: object) -> None:
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.wake = WakeSocket(core.settings.run_dir, "documents")
        self.services = build_services(core)
        self.worker = DocumentsWorker(
            books=core.books,
            visits=self.services.visits,
            office=core.office,
            scanners={core.settings.scanners[0].name: scanner, **further},
            scans_dir=core.settings.scans_dir,
            poke=self.wake.poke,
        )

    def run_until(self, reached: Callable[[], bool]) -> None:
        """Step, as the loop of the process does, until something is so."""
        deadline = time.monotonic() + LONGEST_S
        self.worker.step()
        while not reached():
            assert time.monotonic() < deadline, "it never happened"
            self.wake.wait(0.1)
            self.worker.step()

    def start(self, core: Core) -> None:
        """Step on a thread until `stop`, as the process would."""

        def loop() -> None:
            while not self._ending.is_set():
                self.worker.step()
                self.wake.wait(0.1)
            core.database.close()

        self._thread = threading.Thread(target=loop, name="documents")
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        if self._thread is not None:
            self._thread.join(LONGEST_S)
        self.worker.stop()
        self.wake.close()


def scan(documents: DocumentsService, station: Station, job_uuid: str, **how: str) -> PageState:
    """Have one page scanned; how it ended."""
    page = station.services.scan_pages.ask_page(job_uuid, by=STATION, **how)
    station.run_until(lambda: documents.job(job_uuid).active is None)
    return PageState(ScanPage.get(ScanPage.uuid == page.uuid).state)


def made_pdf(documents: DocumentsService, station: Station, job_uuid: str) -> None:
    """Have the job finished."""
    documents.finish(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).is_ready)


def put_pdf(core: Core, job_uuid: str, *contents: bytes) -> None:
    """Let the job be ready with these files, as if its pages had been scanned."""
    folder = core.settings.scans_dir / job_uuid
    folder.mkdir(parents=True, exist_ok=True)

    def ready() -> None:
        job = ScanJob.get(ScanJob.uuid == job_uuid)
        ScanJob.update(state="ready", page_count=3 * len(contents)).where(
            ScanJob.id == job.id
        ).execute()
        for part, content in enumerate(contents, start=1):
            (folder / f"scan-{part}.pdf").write_bytes(content)
            ScanFile.create(
                job=job.id,
                part=part,
                name=f"scan-{part}.pdf",
                pages=3,
                size_bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )

    core.writer.run(ready)


def at_rest(job: JobView) -> bool:
    """Whether nothing more will be made of the job by itself."""
    return not (job.is_busy or job.is_reading)


def files_of(core: Core, job_uuid: str) -> set[str]:
    """The names in the job's folder, without the pictures drawn for screens."""
    names = _names(core, job_uuid)
    return {name for name in names if ".view." not in name and ".strip." not in name}


def drawings_of(core: Core, job_uuid: str) -> set[str]:
    """The names of the pictures drawn for screens."""
    return _names(core, job_uuid) - files_of(core, job_uuid)


def _names(core: Core, job_uuid: str) -> set[str]:
    folder = core.settings.scans_dir / job_uuid
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def keep_page(core: Core, scan_pages: ScanPages, job_uuid: str, **values: object) -> str:
    """The uuid of a page asked for and kept, as if its scanner had read an A4 page at 100 dpi."""
    page = scan_pages.ask_page(job_uuid, by=STATION)
    read = {
        "state": PageState.KEPT,
        "finished_at": core.clock.now(),
        "image_name": f"{page.uuid}.jpg",
        "width_px": 827,
        "height_px": 1169,
        "resolution_dpi": 100,
    }
    row = ScanPage.update(**(read | values)).where(ScanPage.uuid == page.uuid)
    core.writer.run(row.execute)
    return page.uuid
