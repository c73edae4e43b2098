"""Scans pages with SANE's own `scanimage`, one process group a scan, watched by its bytes."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TypeVar

from hardware import sane_device
from hardware.interfaces import (
    ScanFailed,
    ScannedPage,
    ScannerBusy,
    ScannerDescription,
    ScannerUnavailable,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.memory import give_memory_back
from hardware.options import SaneScannerOptions
from hardware.page_file import write_page
from hardware.page_strips import EncodedPage
from hardware.sane_config import sane_environment
from hardware.sane_problems import LAST_WORDS
from hardware.sane_reading import PageReader, Progress, SheetPipes
from hardware.watched_child import ASK_EVERY_S, Cancelled, WatchedChild

Read = TypeVar("Read")
PACKAGE_PARENT = Path(__file__).resolve().parent.parent
SAME_SHEETS_MOST = 12
"""Drivers exist that send the last sheet for ever; no real two scans have the same bytes."""


class SaneScanner:
    """One SANE device; libsane is loaded in children only. See `DocumentScanner`."""

    def __init__(self, options: SaneScannerOptions) -> None:
        self._options = options
        self._in_use = Lock()
        self._device = options.device

    def describe(self, cancelled: Callable[[], bool] = lambda: False) -> ScannerDescription:
        """Ask a child that loads python-sane; see `DocumentScanner.describe`."""
        with self._claimed():
            try:
                self._find(cancelled)
                with self._asking(cancelled, self._device) as child:
                    return sane_device.describe(child, self._device, self._options.describe_s)
            except ScannerUnavailable:
                self._forget()
                raise
            except Cancelled as stop:
                raise ScanFailed(ScanProblem.CANCELLED, "asking it was cancelled") from stop

    def scan(
        self,
        request: ScanRequest,
        target: Path,
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        """Scan one page; see `DocumentScanner.scan`."""
        self._require_program()
        progress = Progress(on_progress)
        with self._claimed():
            try:
                page = self._patiently(
                    lambda: self._read_page(request, progress, cancelled), progress, cancelled
                )
                return self._write(page, target, request)
            finally:
                give_memory_back()

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
        """Scan what lies in the feeder; see `DocumentScanner.scan_stack`."""
        self._require_program()
        progress = Progress(on_progress)
        sheets = _Sheets(lambda page: self._write(page, next_target(), request), on_page)
        with self._claimed():
            try:
                self._patiently(
                    lambda: self._read_stack(request, sheets, progress, cancelled, most),
                    progress,
                    cancelled,
                )
            finally:
                give_memory_back()
        return sheets.count

    def _patiently(
        self, read: Callable[[], Read], progress: Progress, cancelled: Callable[[], bool]
    ) -> Read:
        """Ask a busy scanner again after growing pauses, and one that would not open once."""
        waits_s = list(self._options.busy_waits_s)
        reopened = False
        while True:
            try:
                self._find(cancelled)
                return read()
            except ScannerBusy:
                if progress.has_begun or not waits_s:
                    raise
                _pause(waits_s.pop(0), cancelled)
            except ScannerUnavailable as error:
                self._forget()
                if progress.has_begun or reopened or error.problem is not ScanProblem.UNPLUGGED:
                    raise
                reopened = True
            except Cancelled as stop:
                raise ScanFailed(ScanProblem.CANCELLED, "the scan was cancelled") from stop

    def _read_page(
        self, request: ScanRequest, progress: Progress, cancelled: Callable[[], bool]
    ) -> EncodedPage:
        with self._child(self._command(request), cancelled) as child:
            reader = PageReader(child, request, progress, self._known_options())
            page = reader.next()
            reader.finish()
            if page is None:
                raise ScanFailed(ScanProblem.INCOMPLETE, "the scanner ended without a page")
            return page

    def _read_stack(
        self,
        request: ScanRequest,
        sheets: "_Sheets",
        progress: Progress,
        cancelled: Callable[[], bool],
        most: int,
    ) -> None:
        with SheetPipes(most) as pipes:
            command = self._command(
                request, f"--batch={pipes.pattern}", "--batch-start=1", f"--batch-count={most}"
            )
            with self._child(command, cancelled) as child:
                reader = PageReader(child, request, progress, self._known_options())
                pipes.listen(child)
                while sheets.count < most and (page := reader.next()) is not None:
                    if sheets.count + 1 < most:
                        pipes.listen(child)  # the scanner goes on while this one is written
                    sheets.take(page)
                    del page
                try:
                    reader.finish()
                except ScanFailed as error:
                    if error.problem is not ScanProblem.NO_DOCUMENT or not sheets.count:
                        raise
        if not sheets.count:
            raise ScanFailed(ScanProblem.NO_DOCUMENT, "there is no paper in the feeder")

    def _write(self, page: EncodedPage, target: Path, request: ScanRequest) -> ScannedPage:
        return write_page(page, target, resolution_dpi=request.resolution_dpi)

    def _command(self, request: ScanRequest, *batch: str) -> list[str]:
        command = [
            self._options.program,
            f"--device-name={self._device}",
            "--format=pnm",
            *batch,
        ]
        # The source first: it changes which modes there are, and both what can be measured.
        if request.source is not None:
            command.append(f"--source={request.source}")
        if request.mode is not None:
            command.append(f"--mode={request.mode}")
        command += [f"--resolution={request.resolution_dpi}", *request.extra_words]
        command += self._options.extra_options
        return [*command, "-l", "0", "-t", "0", "-x", f"{request.width_mm:g}",
                "-y", f"{request.height_mm:g}"]  # fmt: skip

    def _find(self, cancelled: Callable[[], bool]) -> None:
        """Look for a device that is known by its model only; it is another name every time."""
        if not self._device:
            words = self._options.match
            with self._asking(cancelled, "--find", words) as child:
                self._device = sane_device.found(child, words, self._options.describe_s)

    def _forget(self) -> None:
        self._device = self._options.device

    def _known_options(self) -> SaneScannerOptions:
        return replace(self._options, device=self._device)

    def _asking(self, cancelled: Callable[[], bool], *words: str) -> WatchedChild:
        return self._child([sys.executable, *sane_device.ASK, *words], cancelled)

    def _child(self, argv: Sequence[str], cancelled: Callable[[], bool]) -> WatchedChild:
        environment = sane_environment(self._options.config_dir)
        # For `-m hardware...` wherever this process was started.
        path = (str(PACKAGE_PARENT), environment.get("PYTHONPATH"))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        return WatchedChild(
            argv,
            environment,
            cancelled,
            stop_s=self._options.stop_s,
            end_s=self._options.end_s,
            last_words=LAST_WORDS,
        )

    def _claimed(self) -> "_Claim":
        return _Claim(self._in_use, self._options.device or self._options.match)

    def _require_program(self) -> None:
        if shutil.which(self._options.program) is None:
            raise ScannerUnavailable(
                ScanProblem.ABSENT, f"{self._options.program} is not installed", permanent=True
            )


class _Claim:
    """Holds the scanner for one call; a second one is told at once."""

    def __init__(self, lock: Lock, device: str) -> None:
        self._lock = lock
        self._device = device

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise ScannerBusy(f"{self._device} is being used by this process")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _Sheets:
    """Writes the sheets of a stack and passes them on; stops a driver that repeats the last."""

    def __init__(
        self, write: Callable[[EncodedPage], ScannedPage], on_page: Callable[[ScannedPage], None]
    ) -> None:
        self._write = write
        self._on_page = on_page
        self._last_sha256 = ""
        self._same = 0
        self.count = 0

    def take(self, encoded: EncodedPage) -> None:
        """Raises ScanFailed(IO) when too many sheets are alike to the last bit."""
        page = self._write(encoded)
        self.count += 1
        self._on_page(page)
        self._same = self._same + 1 if page.sha256 == self._last_sha256 else 1
        self._last_sha256 = page.sha256
        if self._same >= SAME_SHEETS_MOST:
            raise ScanFailed(ScanProblem.IO, f"the scanner sent one sheet {self._same} times")


def _pause(wait_s: float, cancelled: Callable[[], bool]) -> None:
    end_s = time.monotonic() + wait_s
    while (left_s := end_s - time.monotonic()) > 0:
        if cancelled():
            raise ScanFailed(ScanProblem.CANCELLED, "the scan was cancelled while waiting")
        time.sleep(min(left_s, ASK_EVERY_S))
