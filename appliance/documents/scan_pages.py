"""Pages of open jobs: asked of a scanner, in turn and one at a time, then turned, cut and moved."""

from collections.abc import Callable

from appliance.actor import Actor
from appliance.documents import collating, job_changes, looks, rows, rules
from appliance.documents.job_changes import editable_job, put_in_order, set_page, subject
from appliance.documents.looks import Sheet, Trims
from appliance.documents.new_pages import QUEUED, NewPages, Queued
from appliance.documents.presets import ScanPresets
from appliance.documents.rules import OWNER, JobState, PageState, Problem
from appliance.documents.scan_room import ScanRoom
from appliance.documents.scanners import Scanners, ScannerView
from appliance.documents.turns import ScanTurns
from appliance.documents.views import PageView
from appliance.errors import N_, NotFound, Refused, Unavailable
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ScanJob, ScanPage
from appliance.storage.once import once
from appliance.visits.service import VisitService


class ScanPages:
    """Puts pages before the owner of the scanner, and changes them; any thread may call it.

    Editing changes rows only: the pictures stay as they were read, and the PDF follows the rows.
    Every edit names how the page shall be, not by how much it differs, so that a second tap
    changes nothing. All raise NotFound for a page of another job, and Refused once the job is
    past scanning or while a page of it is on the scanner.
    """

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        visits: VisitService,
        scanners: Scanners,
        presets: ScanPresets,
        room: ScanRoom,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._visits = visits
        self._scanners = scanners
        self._presets = presets
        self._new = NewPages(
            books=books, visits=visits, scanners=scanners, presets=presets, room=room
        )
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
            made.append(self._new.make(job_uuid, replaces, by))
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
            job_changes.end_page(page, self._clock.now())
            self._note("scan.cancelled", page.job, by)

        self._writer.run(cancel)
        self._waker.wake(OWNER)

    def choose_scanner(self, job_uuid: str, scanner: str, *, by: Actor) -> None:
        """Scan the further pages on another scanner; whoever waits for the old one moves up.

        Raises Refused for a name that no scanner has.
        """
        self._scanners.named(scanner)

        def choose() -> None:
            job = editable_job(job_uuid)
            if self._new.scanner_of(job) != scanner:
                self._turns.give_back(job)
                job_changes.set_job(job, scanner=scanner)
                self._note("scan.scanner_chosen", job, by)

        self._writer.run(choose)

    def other_scanners(self, job_uuid: str) -> tuple[ScannerView, ...]:
        """The scanners that this job may change to."""
        job = rows.job_row(job_uuid)
        preset = self._presets.stored(job.preset)
        return self._scanners.others_than(self._new.scanner_of(job), preset)

    def scanner_of(self, job_uuid: str) -> str:
        """The name of the scanner that reads the pages of this job."""
        return self._new.scanner_of(rows.job_row(job_uuid))

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
                job_changes.end_page(page, self._clock.now())
                self._note("scan.cancelled", job, by)
            self._turns.give_back(job)

        row = ScanJob.get_or_none(ScanJob.uuid == job_uuid)
        if row is not None and (rows.turn_row(row) or rows.active_page(row)):
            self._writer.run(leave)

    def turn_page(self, job_uuid: str, page_uuid: str, turned: int | None, *, by: Actor) -> None:
        """Show the page turned clockwise by 0, 90, 180 or 270 degrees."""
        wanted = looks.checked_turn(turned)

        def turn(page: ScanPage) -> None:
            if page.turned != wanted:
                set_page(page, turned=wanted, view_name=None)
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
                set_page(page, crop=wanted, view_name=None)
                self._note("scan.page_cropped", page.job, by)

        self._edit(job_uuid, page_uuid, crop)

    def cut_of(self, job_uuid: str, page_uuid: str) -> tuple[Sheet, Trims]:
        """How large the page was read, and what is cut from it now. Raises NotFound."""
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        if page.state != PageState.KEPT:
            raise NotFound(rows.NOT_FOUND)
        sheet = rows.sheet(page)
        return sheet, looks.trims_of(page.crop, sheet, page.turned)

    def move_page(self, job_uuid: str, page_uuid: str, place: int, *, by: Actor) -> None:
        """Make this page the `place`-th of the file, from 1; the nearest there is."""

        def move(page: ScanPage) -> None:
            pages = rows.kept_pages(page.job)
            order = [one for one in pages if one.id != page.id]
            order.insert(min(max(place - 1, 0), len(order)), page)
            if [one.id for one in order] != [one.id for one in pages]:
                put_in_order(order, [one.position for one in pages])
                self._note("scan.page_moved", page.job, by)

        self._edit(job_uuid, page_uuid, move)

    def collate(self, job_uuid: str, *, by: Actor) -> None:
        """Make one document of the two stacks fed last: fronts, and backs from the last sheet on.

        Raises Refused when they differ in length. Nothing happens when there are no two stacks.
        """

        def collate() -> None:
            job = editable_job(job_uuid)
            backs, fronts = collating.last_stacks(rows.kept_pages(job))
            if not backs or not fronts:
                return  # a second tap
            order = collating.interleaved(fronts, backs)
            put_in_order(order, sorted(page.position for page in order))
            for page in order:
                set_page(page, batch=None)  # so that they are not collated once more
            self._note("scan.collated", job, by)

        self._writer.run(collate)
        self._waker.wake(OWNER)

    def keep_blank(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Somebody has looked: the page that seemed blank stays."""
        self._edit(job_uuid, page_uuid, lambda page: set_page(page, is_blank=False))

    def remove_page(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Take a page out of the job; its picture is deleted a minute later by its owner."""

        def remove() -> None:
            job = editable_job(job_uuid)
            page = rows.page_row(job, page_uuid)
            if page.state == PageState.REMOVED:
                return  # a second tap
            rules.check_page_move(PageState(page.state), PageState.REMOVED)
            set_page(page, state=PageState.REMOVED, finished_at=self._clock.now())
            self._note("scan.page_removed", job, by)

        self._writer.run(remove)
        self._waker.wake(OWNER)

    def restore_page(self, job_uuid: str, page_uuid: str, *, by: Actor) -> None:
        """Bring a removed page back to its place. Raises Refused once its picture is deleted."""

        def restore() -> None:
            job = editable_job(job_uuid)
            page = rows.page_row(job, page_uuid)
            if page.state == PageState.KEPT:
                return  # a second tap
            if not rows.is_restorable(page):
                raise Refused(N_("Gambar halaman itu sudah dihapus. Pindai sekali lagi."))
            kept = rows.kept_pages(job)
            rules.check_room(len(kept), sum(one.size_bytes or 0 for one in kept))
            is_free = all(one.position != page.position for one in kept)
            position = page.position if is_free else rows.next_position(job)
            set_page(page, state=PageState.KEPT, position=position)
            self._note("scan.page_restored", job, by)

        self._writer.run(restore)
        self._waker.wake(OWNER)

    # Inside a function of the writer --------------------------------------------------------

    def _edit(self, job_uuid: str, page_uuid: str, change: Callable[[ScanPage], None]) -> None:
        def edit() -> None:
            page = rows.page_row(editable_job(job_uuid), page_uuid)
            if page.state != PageState.KEPT:
                raise NotFound(rows.NOT_FOUND)
            change(page)

        self._writer.run(edit)
        self._waker.wake(OWNER)

    def _take_turn(self, job_uuid: str, replaces: str) -> int:
        """0 when the scanner is this job's, or it needs none; else its place in the queue."""
        job = rows.job_row(job_uuid)
        if replaces:
            rows.page_row(job, replaces)
        if job.state != JobState.OPEN or not self._visits.by_id(job.visit_id).is_open:
            return 0  # a repeated tap gets its first answer, another one its reason
        return self._turns.take(job, self._new.scanner_of(job))

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
                data = {"problem": problem}
                self._recorder.fact("scan.failed", subject(page.job), data, by=by)

        self._writer.run(fail)

    def _note(self, action: str, job: ScanJob, by: Actor) -> None:
        self._recorder.note(action, subject(job), by=by)
