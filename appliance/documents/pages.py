"""What a person may do to the pages of an open job: turn, cut, move, remove, bring back."""

from collections.abc import Callable
from pathlib import Path

from appliance.actor import Actor
from appliance.documents import collating, looks, rows, rules
from appliance.documents.looks import Sheet, Trims
from appliance.documents.lookup import ScanLookup
from appliance.documents.rules import OWNER, JobState, PageState
from appliance.errors import N_, NotFound, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ScanJob, ScanPage
from appliance.visits.service import VisitService

STILL_SCANNING = N_("Halaman masih dipindai. Tunggu sampai selesai, atau batalkan.")


class PageEditing(ScanLookup):
    """Changes rows only: the pictures stay as they were read, and the PDF follows the rows.

    Every change names how the page shall be, not by how much it differs, so that a second tap
    changes nothing. All raise NotFound for a page of another job, and Refused once the job is
    past scanning or while a page of it is on the scanner.
    """

    def __init__(
        self,
        *,
        waker: Waker,
        books: Books,
        office: Office,
        visits: VisitService,
        scans_dir: Path,
    ) -> None:
        super().__init__(books=books, office=office, visits=visits, scans_dir=scans_dir)
        self._waker = waker

    def turn_page(self, job_uuid: str, page_uuid: str, turned: int | None, *, by: Actor) -> None:
        """Show the page turned clockwise by 0, 90, 180 or 270 degrees."""
        wanted = looks.checked_turn(turned)

        def turn(page: ScanPage) -> None:
            if page.turned != wanted:
                self._set_page(page, turned=wanted, view_name=None)
                self._note("scan.page_turned", page.job, by)

        self._edit(job_uuid, page_uuid, turn)

    def crop_page(self, job_uuid: str, page_uuid: str, trims: Trims | str, *, by: Actor) -> None:
        """Cut the edges of the page as it is seen; a word names a cut of `looks.ready_trims`."""

        def crop(page: ScanPage) -> None:
            sheet = rows.sheet(page)
            chosen = trims
            if isinstance(chosen, str):
                ready = looks.ready_trims(sheet, page.turned)
                if chosen not in ready:
                    raise Refused(N_("Pilih salah satu potongan."))
                chosen = ready[chosen]
            wanted = looks.crop_of(chosen, sheet, page.turned)
            if page.crop != wanted:
                self._set_page(page, crop=wanted, view_name=None)
                self._note("scan.page_cropped", page.job, by)

        self._edit(job_uuid, page_uuid, crop)

    def cut_of(self, job_uuid: str, page_uuid: str) -> tuple[Sheet, Trims]:
        """How large the page was read, and what is cut from it now. Raises NotFound."""
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        if page.state != PageState.KEPT:
            raise NotFound(rows.NOT_FOUND)
        sheet = rows.sheet(page)
        return sheet, looks.trims_of(page.crop, sheet, page.turned)

    def large_view(self, job_uuid: str, page_uuid: str) -> Path:
        """The picture of a kept page as the PDF will show it, for a screen. Raises NotFound.

        While it is being drawn, and when it cannot be, the small picture as it was read.
        """
        return self._view(job_uuid, page_uuid, lambda view_name: view_name)

    def small_view(self, job_uuid: str, page_uuid: str) -> Path:
        """As `large_view`, small. Raises NotFound."""
        return self._view(job_uuid, page_uuid, looks.small_view_name)

    def _view(self, job_uuid: str, page_uuid: str, named: Callable[[str], str]) -> Path:
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        if page.view_name:
            path = self._scans_dir / job_uuid / named(page.view_name)
            if page.state == PageState.KEPT and path.is_file():
                return path
        return self.thumbnail(job_uuid, page_uuid)

    def move_page(self, job_uuid: str, page_uuid: str, place: int, *, by: Actor) -> None:
        """Make this page the `place`-th of the file, from 1; the nearest there is."""

        def move(page: ScanPage) -> None:
            pages = rows.kept_pages(page.job)
            order = [one for one in pages if one.id != page.id]
            order.insert(min(max(place - 1, 0), len(order)), page)
            if [one.id for one in order] != [one.id for one in pages]:
                self._put_in_order(order, [one.position for one in pages])
                self._note("scan.page_moved", page.job, by)

        self._edit(job_uuid, page_uuid, move)

    def collate(self, job_uuid: str, *, by: Actor) -> None:
        """Make one document of the two stacks fed last: fronts, and backs from the last sheet on.

        Raises Refused when they differ in length. Nothing happens when there are no two stacks.
        """

        def collate() -> None:
            job = self._editable_job(job_uuid)
            backs, fronts = collating.last_stacks(rows.kept_pages(job))
            if not backs or not fronts:
                return  # a second tap
            order = collating.interleaved(fronts, backs)
            self._put_in_order(order, sorted(page.position for page in order))
            for page in order:
                self._set_page(page, batch=None)  # so that they are not collated once more
            self._note("scan.collated", job, by)

        self._writer.run(collate)
        self._waker.wake(OWNER)

    def keep_blank(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Somebody has looked: the page that seemed blank stays."""
        self._edit(job_uuid, page_uuid, lambda page: self._set_page(page, is_blank=False))

    def remove_page(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Take a page out of the job; its picture is deleted a minute later by its owner."""

        def remove() -> None:
            job = self._editable_job(job_uuid)
            page = rows.page_row(job, page_uuid)
            if page.state == PageState.REMOVED:
                return  # a second tap
            rules.check_page_move(PageState(page.state), PageState.REMOVED)
            self._set_page(page, state=PageState.REMOVED, finished_at=self._clock.now())
            self._note("scan.page_removed", job, by)

        self._writer.run(remove)
        self._waker.wake(OWNER)

    def restore_page(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Bring a removed page back to its place. Raises Refused once its picture is deleted."""

        def restore() -> None:
            job = self._editable_job(job_uuid)
            page = rows.page_row(job, page_uuid)
            if page.state == PageState.KEPT:
                return  # a second tap
            if not rows.is_restorable(page):
                raise Refused(N_("Gambar halaman itu sudah dihapus. Pindai sekali lagi."))
            kept = rows.kept_pages(job)
            rules.check_room(len(kept), sum(one.size_bytes or 0 for one in kept))
            is_free = all(one.position != page.position for one in kept)
            position = page.position if is_free else rows.next_position(job)
            self._set_page(page, state=PageState.KEPT, position=position)
            self._note("scan.page_restored", job, by)

        self._writer.run(restore)
        self._waker.wake(OWNER)

    # Inside a function of the writer --------------------------------------------------------

    def _edit(self, job_uuid: str, page_uuid: str, change: Callable[[ScanPage], None]) -> None:
        def edit() -> None:
            page = rows.page_row(self._editable_job(job_uuid), page_uuid)
            if page.state != PageState.KEPT:
                raise NotFound(rows.NOT_FOUND)
            change(page)

        self._writer.run(edit)
        self._waker.wake(OWNER)

    def _put_in_order(self, pages: list[ScanPage], positions: list[int]) -> None:
        """Share out the positions anew, by way of some that nobody has: they are unique."""
        beyond = rows.next_position(pages[0].job)
        for offset, page in enumerate(pages):
            self._set_page(page, position=beyond + offset)
        for position, page in zip(positions, pages, strict=True):
            self._set_page(page, position=position)

    def _editable_job(self, uuid: str) -> ScanJob:
        job = self._open_job(uuid)
        if rows.active_page(job) is not None:
            raise Refused(STILL_SCANNING)
        return job

    def _open_job(self, uuid: str) -> ScanJob:
        job = rows.job_row(uuid)
        if job.state != JobState.OPEN:
            rules.check_job_move(JobState(job.state), JobState.OPEN)
        return job

    def _note(self, action: str, job: ScanJob, by: Actor, why: str = "") -> None:
        self._recorder.note(action, f"scan/{job.uuid}", by=by, why=why)

    @staticmethod
    def _set_page(page: ScanPage, **values: object) -> None:
        ScanPage.update(**values).where(ScanPage.id == page.id).execute()
