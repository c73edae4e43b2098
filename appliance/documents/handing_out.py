"""Carries out what was asked at the station: finished files printed, or copied to a stick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from peewee import ModelSelect

from appliance.actor import SYSTEM
from appliance.config import StationSettings
from appliance.documents import hand_out_rules, parts, printing, rows
from appliance.documents.child import Child
from appliance.documents.hand_out_rules import (
    PENDING,
    HandOutKind,
    HandOutProblem,
    HandOutState,
)
from appliance.documents.rules import JobState
from appliance.documents.usb_stick import UsbStick
from appliance.record import Books
from appliance.runtime.side_thread import SideThread
from appliance.storage.among import among
from appliance.storage.models import ScanHandOut, ScanJob
from appliance.visits.directory import VisitDirectory

FACTS = {HandOutKind.PRINT: "scan.printed", HandOutKind.USB: "scan.copied"}


@dataclass(frozen=True, slots=True)
class Work:
    """One hand-out, with all that its thread needs to know."""

    id: int
    job_id: int
    job_uuid: str
    kind: HandOutKind
    pages: int
    files: tuple[tuple[Path, str], ...]


class HandingOut:
    """One hand-out after the other. `look` and `stop` belong on one thread.

    `stick` is given by tests alone.
    """

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        station: StationSettings,
        scans_dir: Path,
        run_dir: Path,
        poke: Callable[[], object],
        stick: UsbStick | None = None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._printer = station.printer
        self._scans_dir = scans_dir
        self._child = Child()
        self._stick = stick or UsbStick(run_dir, station.usb_folder, self._child)
        self._thread = SideThread("hand-out", poke)
        self._job_id = 0
        self._recovered = False

    def look(self) -> None:
        """Start on what has waited longest; raises what its thread did not expect."""
        if not self._recovered:
            self._writer.run(self._end_interrupted)
            self._recovered = True
        if self._thread.is_busy():
            if ScanJob.get_by_id(self._job_id).state != JobState.READY:
                self._child.kill()
            return
        work = self._writer.run(self._take) if _waiting().exists() else None
        if work is not None:
            self._job_id = work.job_id
            self._thread.start(self._hand_out, work)

    def stop(self) -> None:
        """Kill the child, if any; the next process says that it was interrupted."""
        self._child.end()
        self._stick.stop()
        self._thread.stop()

    # Inside a function of the writer --------------------------------------------------------

    def _end_interrupted(self) -> None:
        """Not done again: nobody knows how much of it was on paper already."""
        working = ScanHandOut.select().where(
            among(ScanHandOut.state, PENDING) & (ScanHandOut.state == HandOutState.WORKING)
        )
        for row in working:
            self._end(row.id, row.job.uuid, HandOutKind(row.kind), HandOutProblem.INTERRUPTED)

    def _take(self) -> Work | None:
        """The next to do; None when there is none, or it must not be done any more."""
        row = _waiting().order_by(ScanHandOut.id).first()
        if row is None:
            return None
        kind, job = HandOutKind(row.kind), row.job
        now = self._clock.stamp()
        if hand_out_rules.is_overdue(rows.asked_stamp(row, now), now):
            self._end(row.id, job.uuid, kind, HandOutProblem.EXPIRED)
            return None
        files = self._files(job)
        if not files:
            self._end(row.id, job.uuid, kind, HandOutProblem.GONE)
            return None
        ScanHandOut.update(state=HandOutState.WORKING).where(ScanHandOut.id == row.id).execute()
        return Work(row.id, job.id, job.uuid, kind, row.pages, files)

    def _files(self, job: ScanJob) -> tuple[tuple[Path, str], ...]:
        """The job's PDFs and what each is called outside; none once the visit has ended."""
        visit = self._visits.by_id(job.visit_id)
        if job.state != JobState.READY or not visit.is_open:
            return ()
        place = rows.place_of(job)
        return tuple(
            (
                self._scans_dir / job.uuid / str(file.name),
                parts.download_name(
                    visit.label, visit.business_date, "pdf", job=place, part=file.part
                ),
            )
            for file in rows.files_on_disk(job)
        )

    def _done(self, work: Work, problem: HandOutProblem | None) -> None:
        done = {"state": HandOutState.DONE, "problem": problem, "ended_at": self._clock.now()}
        if self._set_pending(work.id, done):
            subject = f"scan/{work.job_uuid}"
            self._recorder.fact(FACTS[work.kind], subject, {"pages": work.pages}, by=SYSTEM)

    def _end(self, row_id: int, job_uuid: str, kind: HandOutKind, problem: HandOutProblem) -> None:
        failed = {"state": HandOutState.FAILED, "problem": problem, "ended_at": self._clock.now()}
        if self._set_pending(row_id, failed):
            detail = {"kind": kind, "problem": problem}
            subject = f"scan/{job_uuid}"
            self._recorder.note("scan.hand_out_failed", subject, by=SYSTEM, detail=detail)

    @staticmethod
    def _set_pending(row_id: int, values: Mapping[str, object]) -> bool:
        pending = (ScanHandOut.id == row_id) & among(ScanHandOut.state, PENDING)
        return bool(ScanHandOut.update(**values).where(pending).execute())

    # On the thread, which reaches the rows through the writer only ------------------------------

    def _hand_out(self, work: Work) -> None:
        if work.kind is HandOutKind.PRINT:
            paths = [path for path, _ in work.files]
            problem = printing.print_files(self._child, self._printer, paths)
        else:
            problem = self._stick.copy(work.files)
        if self._child.is_ended and problem is not None:
            return  # the next process says so
        if problem is None or problem is HandOutProblem.NOT_RELEASED:
            self._writer.run(lambda: self._done(work, problem))
        else:
            self._writer.run(lambda: self._end(work.id, work.job_uuid, work.kind, problem))


def _waiting() -> "ModelSelect[ScanHandOut]":
    # Both states as the index has them: only those pending are looked through.
    return ScanHandOut.select().where(
        among(ScanHandOut.state, PENDING) & (ScanHandOut.state == HandOutState.WAITING)
    )
