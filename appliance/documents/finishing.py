"""Makes the PDF of a job that is to be finished, in a child process, and writes it down."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.documents import assemble, files, rows, rules
from appliance.documents.assemble import Made, Order
from appliance.documents.rules import JobState, Problem
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import ScanJob

log = get_logger("documents")
TIMEOUT_S = assemble.WALL_S + 10  # the child's own alarm comes first
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Work:
    """A job to finish, with all that its thread needs to know."""

    id: int
    uuid: str
    pages: tuple[dict[str, object], ...]


class Finisher:
    """Finishes one job after the other. `look` and `stop` belong on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        scans_dir: Path,
        footer: str,
        poke: Callable[[], object],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._scans_dir = scans_dir
        self._footer = footer
        self._poke = poke
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pdf")
        self._running: Future[None] | None = None
        self._child: subprocess.Popen[str] | None = None
        self._stopping = False

    def look(self) -> None:
        """Start on the oldest job that wants its PDF; raises what its thread did not expect."""
        if self._running is not None:
            if not self._running.done():
                return
            finished, self._running = self._running, None
            finished.result()
        job = (
            ScanJob.select().where(ScanJob.state == JobState.FINISHING).order_by(ScanJob.id).first()
        )
        if job is not None:
            self._running = self._thread.submit(self._finish, self._work(job))
            self._running.add_done_callback(lambda _: self._poke())

    def stop(self) -> None:
        """Kill the child, if any; the job stays to be finished by the next process."""
        self._stopping = True
        if self._child is not None:
            _kill(self._child)
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _work(self, job: ScanJob) -> Work:
        folder = self._scans_dir / job.uuid
        return Work(
            id=job.id,
            uuid=job.uuid,
            pages=tuple(
                {
                    "path": str(folder / str(page.image_name)),
                    "sha256": page.sha256,
                    "width_px": page.width_px,
                    "height_px": page.height_px,
                    "resolution_dpi": page.resolution_dpi,
                }
                for page in rows.kept_pages(job)
            ),
        )

    # On the thread, which reaches the rows through the writer only -----------------------------

    def _finish(self, work: Work) -> None:
        target = self._scans_dir / work.uuid / rules.PDF_NAME
        part = target.with_name(target.name + files.PART)
        try:
            files.remove(part)
            code, answer = self._run_child(work, part)
            if self._stopping:
                return
            if code == 0:
                made = Made(**json.loads(answer))
                files.put_in_place(part, target)
                self._writer.run(lambda: self._ready(work, made))
                return
            problem = Problem.DAMAGED if code == assemble.DAMAGED_EXIT else Problem.ASSEMBLY
            log.error("PDF not made", code=code, reason=answer[-REASON_CHARS:])
            self._writer.run(lambda: self._failed(work, problem))
        finally:
            files.remove(part)

    def _run_child(self, work: Work, part: Path) -> tuple[int, str]:
        """Exit code, and what it answered (0) or complained about."""
        order = Order(str(part), rules.PDF_TITLE, self._footer, list(work.pages))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "appliance.documents.assemble"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PACKAGE_PARENT,
            start_new_session=True,
        )
        try:
            answer, complaint = self._child.communicate(json.dumps(asdict(order)), TIMEOUT_S)
        except subprocess.TimeoutExpired:
            _kill(self._child)
            self._child.communicate()
            return -signal.SIGKILL, f"no answer within {TIMEOUT_S} s"
        return self._child.returncode, answer if self._child.returncode == 0 else complaint

    def _ready(self, work: Work, made: Made) -> None:
        ScanJob.update(
            state=JobState.READY,
            closed_at=self._clock.now(),
            page_count=made.pages,
            pdf_name=rules.PDF_NAME,
            pdf_bytes=made.size_bytes,
            pdf_sha256=made.sha256,
            problem=None,
        ).where((ScanJob.id == work.id) & (ScanJob.state == JobState.FINISHING)).execute()
        data = {"pages": made.pages, "size_bytes": made.size_bytes}
        self._recorder.fact("scan.made", f"scan/{work.uuid}", data, by=SYSTEM)

    def _failed(self, work: Work, problem: str) -> None:
        ScanJob.update(state=JobState.FAILED, problem=problem).where(
            (ScanJob.id == work.id) & (ScanJob.state == JobState.FINISHING)
        ).execute()
        self._recorder.fact("scan.failed", f"scan/{work.uuid}", {"problem": problem}, by=SYSTEM)


def _kill(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
