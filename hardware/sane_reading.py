"""Reads pages out of a scanimage child, and says why when one does not come."""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.interfaces import (
    FED,
    ScanError,
    ScanFailed,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.options import SaneScannerOptions
from hardware.page_strips import EncodedPage, Strips, strips_of
from hardware.pnm_page import PageBuilder, PnmError, PnmHeader
from hardware.sane_problems import problem_of_exit, scan_error
from hardware.scan_fitting import source_kind
from hardware.watched_child import PIPE_BYTES, Silence, WatchedChild

PROGRESS_EVERY_S = 0.2
SIZE_TOLERANCE = 0.05
"""A page may differ that much from what was asked before it counts as another page."""
MM_PER_INCH = 25.4
SHEET = "%d.pnm"
SOON_S = 1.0
"""How long a child that crashed takes to be gone, after its page has ended."""


class Progress:
    """Passes rows on, five times a second at most, and always the first and the last of a page."""

    def __init__(self, on_progress: Callable[[ScanProgress], None]) -> None:
        self._on_progress = on_progress
        self._next_s = 0.0
        self.has_begun = False

    def begin(self, rows_total: int) -> None:
        """A page with that many rows begins."""
        self.has_begun = True
        self._next_s = time.monotonic() + PROGRESS_EVERY_S
        self._on_progress(ScanProgress(0, rows_total))

    def report(self, rows_done: int, rows_total: int) -> None:
        """So many rows of it have come."""
        now_s = time.monotonic()
        if now_s >= self._next_s or rows_done >= rows_total:
            self._next_s = now_s + PROGRESS_EVERY_S
            self._on_progress(ScanProgress(rows_done, rows_total))


class PageReader:
    """The pages of one child, one after the other, encoded as they come."""

    def __init__(
        self,
        child: WatchedChild,
        request: ScanRequest,
        progress: Progress,
        options: SaneScannerOptions,
    ) -> None:
        self._child = child
        self._request = request
        self._progress = progress
        self._options = options
        self._page = PageBuilder(self._strips_of)

    def next(self) -> EncodedPage | None:
        """The next page, whole; None when the child ends without one: ask `finish` why.

        Raises ScanFailed for a page that is no page, of another size, too short, or too slow.
        """
        self._page = page = PageBuilder(self._strips_of)
        try:
            self._read_rows(page)
        except Silence as silence:
            # A driver that hangs in its last step has still delivered, or said why not.
            if not page.is_full and not self._child.has_said_last_words:
                raise self._stalled() from silence
        if not page.is_full:
            if page.header is not None:
                raise self._short(page, page.header)
            return None
        return page.page()

    def finish(self) -> None:
        """Wait for the child's end; raises the reason when it did not end well."""
        try:
            returncode, stderr = self._child.finish(self._options.end_s)
        except Silence as silence:
            if not self._page.is_full and not self._child.has_said_last_words:
                raise self._stalled() from silence
            returncode, stderr = (0 if self._page.is_full else 1), self._child.stderr
        if not returncode and not self._page.is_full and self._child.has_said_last_words:
            # A reader thread of the driver that writes on into a closed pipe makes it end with 0.
            returncode = 1
        if returncode != 0:
            raise scan_error(
                problem_of_exit(returncode, stderr),
                f"scanimage of {self._options.device} ended with {returncode}: {stderr}",
            )

    def _short(self, page: PageBuilder, header: PnmHeader) -> ScanError:
        """Why the page ended early: the child's reason if it ends over it, else just that."""
        if not self._child.has_said_last_words:
            try:
                self._child.finish(SOON_S)
            except Silence:  # it goes on to the next sheet
                return _incomplete(page, header)
        try:
            self.finish()
        except ScanError as error:
            return error
        return _incomplete(page, header)

    def _read_rows(self, page: PageBuilder) -> None:
        silence_s = self._options.first_byte_s
        while count := self._child.read_into(page.room, silence_s):
            self._take(count, page)
            silence_s = self._options.end_s if page.is_full else self._options.next_byte_s

    def _strips_of(self, mode: str, size: tuple[int, int]) -> Strips:
        return strips_of(
            mode,
            size,
            resolution_dpi=self._request.resolution_dpi,
            jpeg_quality=self._options.jpeg_quality,
        )

    def _take(self, count: int, page: PageBuilder) -> None:
        knew_size = page.header is not None
        try:
            page.took(count)
        except PnmError as error:
            raise ScanFailed(ScanProblem.UNSUPPORTED, f"unreadable page: {error}") from error
        if page.header is None:
            return
        if not knew_size:
            require_asked_size(page.header, self._request)
            self._progress.begin(page.header.height_px)
        if page.excess_bytes:
            raise ScanFailed(ScanProblem.INCOMPLETE, "more data than announced: rows carry padding")
        self._progress.report(page.rows_done, page.header.height_px)

    def _stalled(self) -> ScanFailed:
        return ScanFailed(
            ScanProblem.STALLED,
            f"{self._options.device} sent nothing more after {self._page.rows_done} rows",
        )


class SheetPipes:
    """Named pipes that scanimage takes for the files of a batch: no page goes over the disk.

    It opens `1.pnm.part` and so on, and waits in its writes until a page is taken. A context
    manager that leaves nothing behind.
    """

    def __init__(self, most: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="scan-feeder-"))
        self._fd = -1
        self._number = 0
        for number in range(1, most + 1):
            os.mkfifo(self._part(number), 0o600)

    @property
    def pattern(self) -> str:
        """What scanimage is told as the name of its files."""
        return str(self._folder / SHEET)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)
        self._folder.rmdir()

    def listen(self, child: WatchedChild) -> None:
        """Let the child be read from the pipe of its next sheet."""
        last = self._fd
        self._number += 1
        self._fd = os.open(self._part(self._number), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with suppress(OSError):  # beyond what a user may have, it stays small
            fcntl(self._fd, F_SETPIPE_SZ, PIPE_BYTES)
        child.listen_to(self._fd)
        if last >= 0:
            os.close(last)

    def _part(self, number: int) -> Path:
        return self._folder / f"{SHEET % number}.part"


def _incomplete(page: PageBuilder, header: PnmHeader) -> ScanFailed:
    return ScanFailed(
        ScanProblem.INCOMPLETE,
        f"the page is not whole: {page.rows_done} of {header.height_px} rows",
    )


def require_asked_size(header: PnmHeader, request: ScanRequest) -> None:
    """Refuse a page of another size: SANE rounds what it cannot do and says nothing.

    A sheet out of a feeder may be shorter than asked, where the scanner sees its end.
    """
    is_fed = request.source is not None and source_kind(request.source) in FED
    for got_px, asked_mm, may_be_less in (
        (header.width_px, request.width_mm, False),
        (header.height_px, request.height_mm, is_fed),
    ):
        asked_px = asked_mm / MM_PER_INCH * request.resolution_dpi
        excess_px = got_px - asked_px
        if excess_px > SIZE_TOLERANCE * asked_px or (
            not may_be_less and -excess_px > SIZE_TOLERANCE * asked_px
        ):
            raise ScanFailed(
                ScanProblem.UNSUPPORTED,
                f"the scanner announces {header.width_px} x {header.height_px} pixels for "
                f"{request.width_mm:g} x {request.height_mm:g} mm at "
                f"{request.resolution_dpi} dpi",
            )
