"""The pages of one scanner in the database: taken, reported on, kept, failed."""

from dataclasses import dataclass, replace
from uuid import uuid4

from peewee import ModelSelect, fn

from appliance.actor import SYSTEM
from appliance.documents import rows, rules
from appliance.documents.looks import MM_PER_INCH
from appliance.documents.rules import JobState, PageState, Problem
from appliance.record import Books
from appliance.storage.models import ScanJob, ScanPage
from hardware.interfaces import ScannedPage, ScanProblem, ScanProgress, ScanRequest


@dataclass(frozen=True, slots=True)
class Claim:
    """A page taken from its row, with all that the scanning thread needs to know."""

    id: int
    uuid: str
    job_uuid: str
    request: ScanRequest
    is_stack: bool
    """Whether further sheets follow it out of the feeder; not when it replaces one page."""


class PageBook:
    """Writes down what happens to the pages of the scanner with this name."""

    def __init__(self, *, books: Books, scanner: str) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._scanner = scanner

    def is_asked(self) -> bool:
        """Whether a page waits for this scanner."""
        return bool(self._waiting().exists())

    def is_cancel_asked(self, claim: Claim) -> bool:
        """Whether somebody wants this page to end."""
        asked = ScanPage.select(ScanPage.cancel_asked).where(ScanPage.id == claim.id)
        return bool(asked.scalar())

    def take(self) -> Claim | None:
        """The page that has waited longest, being scanned from now on; overdue ones fail."""
        return self._writer.run(self._take)

    def report(self, claim: Claim, done: ScanProgress) -> None:
        """How far it has come."""
        values = {"rows_done": done.rows_done, "rows_total": done.rows_total}
        self._writer.run(lambda: _update(claim.id, PageState.SCANNING, **values))

    def keep(self, claim: Claim, scanned: ScannedPage, *, is_blank: bool) -> bool:
        """Keep a page that is on disk; False when nobody wants it any more: it is cancelled."""
        return self._writer.run(lambda: self._keep(claim, scanned, is_blank=is_blank))

    def keep_sheet(self, claim: Claim, scanned: ScannedPage, *, is_blank: bool) -> Claim | None:
        """Keep a sheet, and begin the row of the next one in the same breath.

        None when nobody wants it any more: it is cancelled.
        """

        def keep() -> Claim | None:
            if not self._keep(claim, scanned, is_blank=is_blank):
                return None
            return self._begin_next(claim)

        return self._writer.run(keep)

    def is_full(self, claim: Claim) -> bool:
        """Whether its job takes no further page."""
        kept = ScanPage.select(fn.COUNT(ScanPage.id), fn.SUM(ScanPage.size_bytes)).where(
            (ScanPage.job == ScanPage.select(ScanPage.job).where(ScanPage.id == claim.id))
            & (ScanPage.state == PageState.KEPT)
        )
        pages, size_bytes = kept.scalar(as_tuple=True)
        return rules.is_full(pages, size_bytes or 0)

    def withdraw(self, claim: Claim) -> None:
        """Forget the sheet that did not come: the feeder was empty."""
        unused = ScanPage.delete().where(  # type: ignore[misc]
            (ScanPage.id == claim.id) & (ScanPage.state == PageState.SCANNING)
        )
        self._writer.run(unused.execute)

    def fail(self, claim: Claim, problem: str) -> None:
        """The page did not come, for this reason."""

        def fail() -> None:
            page = ScanPage.get_by_id(claim.id)
            if page.cancel_asked:
                self._end(claim.id, claim.job_uuid, PageState.CANCELLED, None)
            else:
                # Cancelled without being asked to: this process is being stopped.
                reason = Problem.INTERRUPTED if problem == ScanProblem.CANCELLED else problem
                self._end(claim.id, claim.job_uuid, PageState.FAILED, reason)

        self._writer.run(fail)

    # Inside a function of the writer --------------------------------------------------------

    def _waiting(self) -> "ModelSelect[ScanPage]":
        return ScanPage.select().where(
            (ScanPage.state == PageState.WAITING) & (ScanPage.scanner == self._scanner)
        )

    def _take(self) -> Claim | None:
        now = self._clock.stamp()
        for page in self._waiting().order_by(ScanPage.id):
            if rules.is_overdue(rows.asked_stamp(page, now), now):
                self._end(page.id, page.job.uuid, PageState.FAILED, Problem.EXPIRED)
                continue
            is_stack = page.source in rules.FED and page.replaces_id is None
            batch = page.uuid if is_stack else None
            _update(page.id, PageState.WAITING, state=PageState.SCANNING, batch=batch)
            request = ScanRequest(
                resolution_dpi=page.resolution_dpi,
                mode=page.mode,
                source=page.source,
                width_mm=page.width_mm,
                height_mm=page.height_mm,
            )
            return Claim(page.id, page.uuid, page.job.uuid, request, is_stack)
        return None

    def _keep(self, claim: Claim, scanned: ScannedPage, *, is_blank: bool) -> bool:
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
        mode = _kept_mode(page.mode, scanned)
        _update(
            claim.id,
            PageState.SCANNING,
            state=PageState.KEPT,
            position=position,
            mode=mode,
            is_blank=is_blank,
            finished_at=self._clock.now(),
            **_as_read(scanned),
        )
        fact = {"position": position, "resolution_dpi": scanned.resolution_dpi, "mode": mode}
        self._recorder.fact("scan.page", f"scan/{claim.job_uuid}", fact, by=SYSTEM)
        return True

    def _begin_next(self, claim: Claim) -> Claim:
        sheet, now = ScanPage.get_by_id(claim.id), self._clock.stamp()
        highest = ScanPage.select(fn.MAX(ScanPage.position)).where(ScanPage.job == sheet.job_id)
        following = ScanPage.create(
            uuid=str(uuid4()),
            job=sheet.job_id,
            position=highest.scalar() + 1,
            scanner=sheet.scanner,
            state=PageState.SCANNING,
            resolution_dpi=claim.request.resolution_dpi,
            mode=claim.request.mode,
            source=sheet.source,
            batch=sheet.batch,
            width_mm=claim.request.width_mm,
            height_mm=claim.request.height_mm,
            asked_at=now.at,
            boot_id=now.boot_id,
            asked_boot_ms=now.boot_ms,
        )
        return replace(claim, id=following.id, uuid=following.uuid)

    def _end(self, page_id: int, job_uuid: str, state: PageState, problem: str | None) -> None:
        values = {"state": state, "problem": problem, "finished_at": self._clock.now()}
        ScanPage.update(values).where(
            (ScanPage.id == page_id) & ScanPage.state.in_(rules.ACTIVE)
        ).execute()
        if problem is not None:
            data = {"problem": problem}
            self._recorder.fact("scan.failed", f"scan/{job_uuid}", data, by=SYSTEM)


def _update(page_id: int, expected: PageState, **values: object) -> None:
    """Change a page only while it is in the state its writer believes."""
    ScanPage.update(**values).where(
        (ScanPage.id == page_id) & (ScanPage.state == expected)
    ).execute()


def _as_read(scanned: ScannedPage) -> dict[str, object]:
    """The columns that say what came out of the scanner."""
    dpi = scanned.resolution_dpi
    return {
        "image_name": scanned.path.name,
        "width_px": scanned.width_px,
        "height_px": scanned.height_px,
        "width_mm": round(scanned.width_px / dpi * MM_PER_INCH, 1),
        "height_mm": round(scanned.height_px / dpi * MM_PER_INCH, 1),
        "resolution_dpi": dpi,
        "rows_done": scanned.height_px,
        "rows_total": scanned.height_px,
        "size_bytes": scanned.size_bytes,
        "sha256": scanned.sha256,
    }


def _kept_mode(asked: str, scanned: ScannedPage) -> str:
    """What the page is: a scanner without black and white gives grey."""
    if scanned.is_bilevel:
        return "Lineart"
    return "Gray" if asked == "Lineart" else asked
