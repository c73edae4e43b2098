"""Takes what is asked of one scanner, has it done on a thread, and writes down how it went."""

import errno
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from appliance.documents import files, rules
from appliance.documents.blank import is_blank
from appliance.documents.page_book import Claim, PageBook
from appliance.documents.reserve import has_reserve
from appliance.documents.rules import Problem
from appliance.documents.scanner_book import ScannerBook
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.files import FULL
from hardware.interfaces import (
    DocumentScanner,
    ScanError,
    ScanFailed,
    ScannedPage,
    ScannerDescription,
    ScannerUnavailable,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.scan_fitting import fitted, sources_of

log = get_logger("documents")
PROGRESS_EVERY_S = 1.0  # every report is a commit on the card
STACK_MOST = 100  # pages of one run; feeders take fifty sheets
ASK_AGAIN_S = 60.0  # how soon a scanner that could not be asked is asked again


class PageScanner:
    """Serves one scanner. `look` and `stop` belong on one thread; the scan runs on another."""

    def __init__(
        self,
        *,
        books: Books,
        name: str,
        scanner: DocumentScanner,
        scans_dir: Path,
        poke: Callable[[], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages = PageBook(books=books, scanner=name)
        self._self = ScannerBook(books=books, name=name)
        self._scanner = scanner
        self._scans_dir = scans_dir
        self._monotonic = monotonic
        self._thread = SideThread("scan", poke)
        self._claim: Claim | None = None
        self._stop_page = threading.Event()
        self._known: ScannerDescription | None = None
        self._ask_due_s: float | None = monotonic()

    def is_busy(self) -> bool:
        """Whether its thread works; raises whatever that did not expect."""
        return self._thread.is_busy()

    def look(self) -> None:
        """Start what waits, or stop the page that shall end; never blocks for long.

        Raises whatever the scanning thread did not expect.
        """
        if self._thread.is_busy():
            self._heed_cancel()
            return
        self._claim = None
        if self._pages.is_asked():
            self._claim = self._pages.take()
            if self._claim is not None:
                self._stop_page.clear()
                work = self._scan_stack if self._claim.is_stack else self._scan
                self._thread.start(work, self._claim)
        elif self._self.is_asked() or self._is_ask_due():
            self._stop_page.clear()
            self._thread.start(self._ask)

    def stop(self) -> None:
        """End the page under way, which is then marked as interrupted, and the thread."""
        self._stop_page.set()
        self._thread.stop()

    # On the calling thread ----------------------------------------------------------------

    def _heed_cancel(self) -> None:
        claim = self._claim
        if claim is not None and self._pages.is_cancel_asked(claim):
            self._stop_page.set()

    def _is_ask_due(self) -> bool:
        return self._ask_due_s is not None and self._monotonic() >= self._ask_due_s

    # On the scanning thread, which reaches the rows through the books only --------------------

    def _ask(self) -> None:
        """Have the scanner say what it can do, for the screens and for the next page."""
        self._known, self._ask_due_s = None, None
        try:
            self._describe()
        except ScanError as error:
            log.warning("scanner not described", problem=str(error.problem), reason=str(error))
            if error.problem is not ScanProblem.ABSENT:
                self._ask_due_s = self._monotonic() + ASK_AGAIN_S

    def _describe(self) -> ScannerDescription:
        try:
            self._known = self._scanner.describe(self._stop_page.is_set)
        except ScanError as error:
            if error.problem is not ScanProblem.CANCELLED:
                self._self.failed(str(error.problem))
            raise
        self._self.described(self._known)
        return self._known

    def _scan(self, claim: Claim) -> None:
        with _Sheet(self._scans_dir, claim) as sheet:
            try:
                files.make_folder(sheet.folder)
                request = self._fitted(claim.request)
                progress = _Progress(lambda done: self._pages.report(claim, done))
                page = self._scanner.scan(request, sheet.image, progress, self._stop_page.is_set)
                blank = sheet.take(page)
                sheet.is_kept = self._pages.keep(claim, page, is_blank=blank)
            except (ScanError, files.DamagedImage, OSError) as error:
                self._pages.fail(claim, self._problem(error, claim.request))

    def _scan_stack(self, claim: Claim) -> None:
        """Read every sheet; the row of the next one is there while it is awaited."""
        current = claim

        def next_target() -> Path:
            return _Sheet(self._scans_dir, current).image

        def on_page(page: ScannedPage) -> None:
            nonlocal current
            current = self._claim = self._kept_sheet(current, page)
            self._require_room(current)

        try:
            files.make_folder(self._scans_dir / claim.job_uuid)
            request = self._fitted(claim.request)
            progress = _Progress(lambda done: self._pages.report(current, done))
            cancelled = self._stop_page.is_set
            with suppress(_StackOver):
                self._scanner.scan_stack(
                    request, next_target, on_page, progress, cancelled, most=STACK_MOST
                )
            self._pages.withdraw(current)
        except (ScanError, files.DamagedImage, OSError) as error:
            self._pages.fail(current, self._problem(error, claim.request))
        finally:
            with _Sheet(self._scans_dir, current):
                pass  # its files, if there are any, belong to no page

    def _kept_sheet(self, claim: Claim, page: ScannedPage) -> Claim:
        """Keep a sheet; what is taken is the next one then. Raises _StackOver: nobody wants it."""
        with _Sheet(self._scans_dir, claim) as sheet:
            blank = sheet.take(page)
            following = self._pages.keep_sheet(claim, page, is_blank=blank)
            if following is None:
                raise _StackOver
            sheet.is_kept = True
        return following

    def _require_room(self, claim: Claim) -> None:
        """Stop before the job is too long for anybody, or the disk too full for the guest book."""
        if self._pages.is_full(claim):
            raise _StackOver
        if not has_reserve(self._scans_dir):
            raise OSError(errno.ENOSPC, "scans leave the rest of the disk free")

    def _fitted(self, wanted: ScanRequest) -> ScanRequest:
        """The request in this scanner's own words and within its glass."""
        try:
            return fitted(wanted, self._known or self._describe())
        except ScanFailed as error:
            # Some backends cannot be asked and scan well all the same.
            log.warning("scanner not described", problem=str(error.problem), reason=str(error))
            return replace(wanted, source=None) if wanted.source == rules.FLATBED else wanted

    def _problem(self, error: Exception, asked: ScanRequest) -> str:
        """The code of what went wrong, after writing it to the log."""
        if isinstance(error, ScanError):
            code = self._code(error.problem, asked)
            self._known = None  # another scanner may be on the cable next time
            if isinstance(error, ScannerUnavailable):
                self._self.failed(str(error.problem))
            if error.problem is not ScanProblem.CANCELLED:
                self._ask_due_s = self._monotonic() + ASK_AGAIN_S
                log.warning("page not scanned", problem=str(error.problem), reason=str(error))
            return code
        if isinstance(error, files.DamagedImage):
            log.warning("page not readable", reason=str(error))
            return str(ScanProblem.INCOMPLETE)
        log.error("page not stored", reason=str(error))
        is_full = isinstance(error, OSError) and error.errno in FULL
        return Problem.DISK_FULL if is_full else Problem.STORAGE

    def _code(self, problem: ScanProblem, asked: ScanRequest) -> str:
        """To a backend, a feeder that is not there is a setting like any other."""
        sources = () if self._known is None else sources_of(self._known)
        is_feeder_missing = bool(sources) and not {*sources} & {*rules.FED}
        if problem is ScanProblem.UNSUPPORTED and asked.source in rules.FED and is_feeder_missing:
            return Problem.NO_FEEDER
        return str(problem)


class _StackOver(Exception):
    """Raised to end a stack of which the pages so far are wanted, and no more."""


class _Sheet:
    """The files of one page; leaving the context deletes them unless they are kept."""

    def __init__(self, scans_dir: Path, claim: Claim) -> None:
        self.folder = scans_dir / claim.job_uuid
        self.image = self.folder / rules.image_name(claim.uuid, "Color")
        self.is_kept = False
        self._bilevel = self.folder / rules.image_name(claim.uuid, "Lineart")
        self._small = self.folder / rules.thumbnail_name(claim.uuid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.is_kept:
            files.remove(self.image, self._bilevel, self._small)

    def take(self, page: ScannedPage) -> bool:
        """Make the small picture; tells whether the page looks blank."""
        return is_blank(files.make_thumbnail(page.path, self._small))


class _Progress:
    """Passes on what a scanner reports, once a second at most, and the begin of every page."""

    def __init__(self, report: Callable[[ScanProgress], None]) -> None:
        self._report = report
        self._next_s = 0.0

    def __call__(self, progress: ScanProgress) -> None:
        if not progress.rows_done or time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + PROGRESS_EVERY_S
            self._report(progress)
