"""Scans pages with SANE's own `scanimage`, one process group a page, watched by its bytes."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import Image

from hardware.interfaces import (
    ScanError,
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
from hardware.pnm_page import PageBuilder, PnmError, PnmHeader
from hardware.sane_config import sane_environment
from hardware.sane_problems import LAST_WORDS, problem_of_exit, problem_of_open, scan_error
from hardware.watched_child import ASK_EVERY_S, Cancelled, Silence, WatchedChild

PROGRESS_EVERY_S = 0.2
SIZE_TOLERANCE = 0.05
"""A page may differ that much from what was asked before it counts as another page."""
MM_PER_INCH = 25.4
PACKAGE_PARENT = Path(__file__).resolve().parent.parent


class SaneScanner:
    """One SANE device; libsane is loaded in children only. See `DocumentScanner`."""

    def __init__(self, options: SaneScannerOptions) -> None:
        self._options = options
        self._in_use = Lock()

    def describe(self) -> ScannerDescription:
        """Ask a child that loads python-sane; see `DocumentScanner.describe`."""
        argv = [sys.executable, "-P", "-m", "hardware.sane_describe", self._options.device]
        with self._claimed(), self._child(argv, lambda: False) as child:
            try:
                return _description(*_read_all(child, self._options.describe_s))
            except Silence as silence:
                raise ScanFailed(
                    ScanProblem.STALLED,
                    f"{self._options.device} did not say in {self._options.describe_s:g} s "
                    "what it can do",
                ) from silence

    def scan(
        self,
        request: ScanRequest,
        target: Path,
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        """Scan one page; see `DocumentScanner.scan`."""
        if shutil.which(self._options.program) is None:
            raise ScannerUnavailable(
                ScanProblem.ABSENT, f"{self._options.program} is not installed", permanent=True
            )
        with self._claimed():
            try:
                return self._scan_page(request, target, _Progress(on_progress), cancelled)
            finally:
                give_memory_back()

    def _scan_page(
        self,
        request: ScanRequest,
        target: Path,
        progress: "_Progress",
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        return write_page(
            self._read_patiently(request, progress, cancelled),
            target,
            resolution_dpi=request.resolution_dpi,
            jpeg_quality=self._options.jpeg_quality,
        )

    def _read_patiently(
        self, request: ScanRequest, progress: "_Progress", cancelled: Callable[[], bool]
    ) -> Image.Image:
        """Ask a busy scanner again after growing pauses, and one that would not open once."""
        waits_s = list(self._options.busy_waits_s)
        reopened = False
        while True:
            try:
                return self._read_page(request, progress, cancelled)
            except ScannerBusy:
                if progress.has_begun or not waits_s:
                    raise
                _pause(waits_s.pop(0), cancelled)
            except ScannerUnavailable as error:
                if progress.has_begun or reopened or error.problem is not ScanProblem.UNPLUGGED:
                    raise
                reopened = True

    def _read_page(
        self, request: ScanRequest, progress: "_Progress", cancelled: Callable[[], bool]
    ) -> Image.Image:
        page = PageBuilder()
        with self._child(self._command(request), cancelled) as child:
            try:
                self._read_rows(child, page, request, progress)
                returncode, stderr = child.finish(self._options.end_s)
            except Silence as silence:
                # A driver that hangs in its last step has still delivered, or said why not.
                if not page.is_full and not child.has_said_last_words:
                    raise self._stalled(page) from silence
                returncode, stderr = (0 if page.is_full else 1), child.stderr
            except Cancelled as stop:
                raise ScanFailed(ScanProblem.CANCELLED, "the scan was cancelled") from stop
        if returncode != 0:
            raise scan_error(
                problem_of_exit(returncode, stderr),
                f"scanimage of {self._options.device} ended with {returncode}: {stderr}",
            )
        try:
            return page.image()
        except PnmError as error:
            raise ScanFailed(ScanProblem.INCOMPLETE, f"the page is not whole: {error}") from error

    def _read_rows(
        self,
        child: WatchedChild,
        page: PageBuilder,
        request: ScanRequest,
        progress: "_Progress",
    ) -> None:
        silence_s = self._options.first_byte_s
        while chunk := child.read(silence_s):
            self._take(chunk, page, request, progress)
            silence_s = self._options.end_s if page.is_full else self._options.next_byte_s

    def _take(
        self, chunk: bytes, page: PageBuilder, request: ScanRequest, progress: "_Progress"
    ) -> None:
        knew_size = page.header is not None
        try:
            page.feed(chunk)
        except PnmError as error:
            raise ScanFailed(ScanProblem.UNSUPPORTED, f"unreadable page: {error}") from error
        if page.header is None:
            return
        if not knew_size:
            _require_asked_size(page.header, request)
        if page.excess_bytes:
            raise ScanFailed(ScanProblem.INCOMPLETE, "more data than announced: rows carry padding")
        progress.report(page.rows_done, page.header.height_px)

    def _command(self, request: ScanRequest) -> list[str]:
        command = [
            self._options.program,
            f"--device-name={self._options.device}",
            "--format=pnm",
            f"--resolution={request.resolution_dpi}",
        ]
        if request.mode is not None:
            command.append(f"--mode={request.mode}")
        if request.source is not None:
            command.append(f"--source={request.source}")
        # Geometry comes last: mode and source change what the glass measures.
        command += self._options.extra_options
        return [*command, "-l", "0", "-t", "0", "-x", f"{request.width_mm:g}",
                "-y", f"{request.height_mm:g}"]  # fmt: skip

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
        return _Claim(self._in_use, self._options.device)

    def _stalled(self, page: PageBuilder) -> ScanFailed:
        return ScanFailed(
            ScanProblem.STALLED,
            f"{self._options.device} sent nothing more after {page.rows_done} rows",
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


class _Progress:
    """Passes rows on, five times a second at most, and always the first and the last."""

    def __init__(self, on_progress: Callable[[ScanProgress], None]) -> None:
        self._on_progress = on_progress
        self._next_s = 0.0
        self.has_begun = False

    def report(self, rows_done: int, rows_total: int) -> None:
        now_s = time.monotonic()
        if not self.has_begun:
            self.has_begun = True
            self._on_progress(ScanProgress(0, rows_total))
        elif now_s < self._next_s and rows_done < rows_total:
            return
        self._next_s = now_s + PROGRESS_EVERY_S
        self._on_progress(ScanProgress(rows_done, rows_total))


def _require_asked_size(header: PnmHeader, request: ScanRequest) -> None:
    """Refuse a page of another size: SANE rounds what it cannot do and says nothing."""
    asked = (request.width_mm, request.height_mm)
    for got_px, asked_mm in zip((header.width_px, header.height_px), asked, strict=True):
        asked_px = asked_mm / MM_PER_INCH * request.resolution_dpi
        if abs(got_px - asked_px) > SIZE_TOLERANCE * asked_px:
            raise ScanFailed(
                ScanProblem.UNSUPPORTED,
                f"the scanner announces {header.width_px} x {header.height_px} pixels for "
                f"{asked[0]:g} x {asked[1]:g} mm at {request.resolution_dpi} dpi",
            )


def _pause(wait_s: float, cancelled: Callable[[], bool]) -> None:
    end_s = time.monotonic() + wait_s
    while (left_s := end_s - time.monotonic()) > 0:
        if cancelled():
            raise ScanFailed(ScanProblem.CANCELLED, "the scan was cancelled while waiting")
        time.sleep(min(left_s, ASK_EVERY_S))


def _read_all(child: WatchedChild, silence_s: float) -> tuple[int, str, bytes]:
    output = b""
    while chunk := child.read(silence_s):
        output += chunk
    return *child.finish(silence_s), output


def _description(returncode: int, stderr: str, output: bytes) -> ScannerDescription:
    if returncode not in (0, 1):
        raise scan_error(problem_of_exit(returncode, stderr), f"asking it crashed: {stderr}")
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError as error:
        raise ScanFailed(ScanProblem.IO, f"no answer from the scanner: {stderr}") from error
    if "failed" in answer:
        raise _open_error(answer["failed"])
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in answer.items()
    }
    return ScannerDescription(**fields)


def _open_error(text: str) -> ScanError:
    return scan_error(problem_of_open(text), f"the scanner cannot be opened: {text}")
