"""The page that a scanner shall read next: its row, made when nothing stands against it."""

import uuid as uuids

from appliance.actor import Actor
from appliance.clock import Stamp
from appliance.documents import job_changes, rows, rules
from appliance.documents.job_changes import STILL_SCANNING, set_page, subject
from appliance.documents.presets import ScanPresets
from appliance.documents.rules import PageState, Problem
from appliance.documents.scan_room import ScanRoom
from appliance.documents.scanners import Scanners
from appliance.errors import N_, Refused
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import ScanJob, ScanPage
from appliance.visits.service import VisitService

QUEUED = N_("Pemindai sedang dipakai. Anda urutan ke-%(place)s dalam antrean.")


class Queued(Refused):
    """Raised when another job has the scanner; this one has its place in the queue now."""


class NewPages:
    """Belongs inside a function given to the writer."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitService,
        scanners: Scanners,
        presets: ScanPresets,
        room: ScanRoom,
    ) -> None:
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._scanners = scanners
        self._presets = presets
        self._room = room

    def scanner_of(self, job: ScanJob) -> str:
        """The name of the one that reads this job's pages."""
        return job.scanner or self._scanners.first

    def make(self, job_uuid: str, replaces: str, by: Actor) -> ScanPage:
        """The new row, waiting; `replaces` is the uuid of the page that it is for, or empty.

        Raises NotFound, Refused with the reason, Queued when the scanner was taken just now.
        """
        job = job_changes.open_job(job_uuid)
        job_changes.require_open_visit(self._visits, job.visit_id)
        now = self._clock.stamp()
        old = rows.page_row(job, replaces) if replaces else None
        if old is not None:
            rules.check_page_move(PageState(old.state), PageState.REMOVED)
        self._require_free_scanner(job, now)
        self._room.check_disk()
        if old is None:
            self._room.check_job(job)
        page = self._insert(job, old, now)
        self._recorder.note("scan.asked", subject(job), by=by)
        return page

    def _insert(self, job: ScanJob, old: ScanPage | None, now: Stamp) -> ScanPage:
        wanted = self._presets.stored(job.preset)
        scanner = self._scanners.named(self.scanner_of(job))
        return ScanPage.create(
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

    def _require_free_scanner(self, job: ScanJob, now: Stamp) -> None:
        taken = ScanPage.get_or_none(
            (ScanPage.scanner == self.scanner_of(job)) & among(ScanPage.state, rules.ACTIVE)
        )
        if taken is None:
            return
        is_overdue = rules.is_overdue(rows.asked_stamp(taken, now), now)
        if taken.state == PageState.WAITING and is_overdue:
            set_page(taken, state=PageState.FAILED, problem=Problem.EXPIRED, finished_at=now.at)
        elif taken.job_id == job.id:
            raise Refused(STILL_SCANNING)
        else:
            raise Queued(QUEUED, place=1)  # its holder has just asked
