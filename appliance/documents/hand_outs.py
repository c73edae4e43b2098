"""Finished scans printed or copied to a stick at the station: asked for here, done elsewhere."""

import shutil
import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass

from peewee import fn

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.config import StationSettings
from appliance.documents import hand_out_rules, printing, rows
from appliance.documents.hand_out_rules import (
    PENDING,
    HandOutKind,
    HandOutProblem,
    HandOutState,
)
from appliance.documents.rules import OWNER, JobState
from appliance.errors import N_, NotFound, Refused, Unavailable
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.among import among
from appliance.storage.models import ScanHandOut, ScanJob
from appliance.visits.service import VisitService

NOT_OFFERED = N_("Stasiun ini tidak bisa mencetak atau menyalin. Unduh PDF-nya dengan HP.")
NOT_READY = N_("PDF ini belum siap atau sudah dihapus.")


@dataclass(frozen=True, slots=True)
class HandOut:
    """One printing or copying of a file, as the station shows it."""

    uuid: str
    kind: HandOutKind
    state: HandOutState
    problem: str | None
    pages: int

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def is_done(self) -> bool:
        return self.state is HandOutState.DONE

    @property
    def sentence(self) -> str:
        """What to tell about its problem: an Indonesian msgid, empty without one."""
        return hand_out_rules.sentence(self.problem)

    @property
    def version(self) -> str:
        """Changes whenever anything shown of it does."""
        return f"{self.uuid[:8]}-{self.state}"


class HandOuts:
    """Any thread may call it. What is asked is carried out by the documents process alone."""

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        visits: VisitService,
        station: StationSettings,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._visits = visits
        self._station = station
        self._find = find

    @property
    def can_print(self) -> bool:
        """Whether this station has a printer; a button is shown only then."""
        return bool(self._station.printer)

    @property
    def can_copy(self) -> bool:
        """Whether visitors' sticks are served here; a button is shown only then."""
        return self._station.usb

    @property
    def is_offered(self) -> bool:
        return self.can_print or self.can_copy

    def of(self, job_uuid: str) -> HandOut | None:
        """The job's newest; None when nothing was asked yet. Raises NotFound."""
        newest = ScanHandOut.select().where(ScanHandOut.job == rows.job_row(job_uuid).id)
        row = newest.order_by(ScanHandOut.id.desc()).first()
        return None if row is None else self._view(row)

    def ask(self, job_uuid: str, kind: str, *, by: Actor, visit_id: int) -> HandOut:
        """Have the job's file handed out; while one is under way, that one.

        Raises NotFound, also for a job of another visit; Refused when it is not offered, the file
        is not ready, the visit has ended or has printed its share; Unavailable when nobody is
        there to do it, and it is marked failed then.
        """
        wanted = self._offered(kind)
        row, is_new = self._writer.run(lambda: self._ask(job_uuid, wanted, visit_id, by))
        if is_new and not self._waker.wake(OWNER):
            self._writer.run(lambda: self._end(row, HandOutProblem.UNATTENDED))
            raise Unavailable(hand_out_rules.sentence(HandOutProblem.UNATTENDED))
        return self._view(row)

    def _offered(self, kind: str) -> HandOutKind:
        if kind == HandOutKind.PRINT and self.can_print:
            if self._find(printing.PROGRAM) is None:
                raise Refused(hand_out_rules.sentence(HandOutProblem.NO_PROGRAM))
            return HandOutKind.PRINT
        if kind == HandOutKind.USB and self.can_copy:
            return HandOutKind.USB
        raise Refused(NOT_OFFERED)

    # Inside a function of the writer --------------------------------------------------------

    def _ask(
        self, job_uuid: str, kind: HandOutKind, visit_id: int, by: Actor
    ) -> tuple[ScanHandOut, bool]:
        job = rows.job_row(job_uuid)
        if job.visit_id != visit_id:
            raise NotFound(rows.NOT_FOUND)
        self._visits.require_open(visit_id)
        if job.state != JobState.READY:
            raise Refused(NOT_READY)
        now = self._clock.stamp()
        pending = ScanHandOut.get_or_none(
            (ScanHandOut.job == job.id) & among(ScanHandOut.state, PENDING)
        )
        if pending is not None and not self._is_overdue(pending, now):
            return pending, False
        if pending is not None:
            self._end(pending, HandOutProblem.EXPIRED)
        pages = sum(file.pages for file in rows.files_on_disk(job))
        if kind is HandOutKind.PRINT:
            limit = self._station.print_pages_limit
            hand_out_rules.check_print(pages, _printed(visit_id), limit)
        detail = {"kind": kind, "pages": pages}
        self._recorder.note("scan.hand_out_asked", f"scan/{job_uuid}", by=by, detail=detail)
        return _waiting(job, kind, pages, now), True

    def _end(self, row: ScanHandOut, problem: HandOutProblem) -> None:
        ended = {"state": HandOutState.FAILED, "problem": problem, "ended_at": self._clock.now()}
        still = among(ScanHandOut.state, PENDING)
        ScanHandOut.update(**ended).where((ScanHandOut.id == row.id) & still).execute()

    def _view(self, row: ScanHandOut) -> HandOut:
        state, problem = HandOutState(row.state), row.problem
        if self._is_overdue(row, self._clock.stamp()):
            state, problem = HandOutState.FAILED, HandOutProblem.EXPIRED
        return HandOut(row.uuid, HandOutKind(row.kind), state, problem, row.pages)

    @staticmethod
    def _is_overdue(row: ScanHandOut, now: Stamp) -> bool:
        """Whether it still waits although nobody will carry it out any more."""
        is_overdue = hand_out_rules.is_overdue(rows.asked_stamp(row, now), now)
        return row.state == HandOutState.WAITING and is_overdue


def _waiting(job: ScanJob, kind: HandOutKind, pages: int, asked: Stamp) -> ScanHandOut:
    return ScanHandOut.create(
        uuid=str(uuids.uuid4()),
        job=job,
        kind=kind,
        state=HandOutState.WAITING,
        pages=pages,
        asked_at=asked.at,
        boot_id=asked.boot_id,
        asked_boot_ms=asked.boot_ms,
    )


def _printed(visit_id: int) -> int:
    """How many pages of a visit went to the printer, or are about to."""
    printed = (
        ScanHandOut.select(fn.SUM(ScanHandOut.pages))
        .join(ScanJob)
        .where(
            (ScanJob.visit == visit_id)
            & (ScanHandOut.kind == HandOutKind.PRINT)
            & (ScanHandOut.state != HandOutState.FAILED)
        )
    )
    return int(printed.scalar() or 0)
