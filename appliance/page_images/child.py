"""The child that opens PDFs and draws their pages: ``python -m appliance.page_images.child``.

Orders come in as lines of JSON and are answered one by one, until the input ends. It is a process
of its own because PyMuPDF costs 48 MB, holds the interpreter while it works, and reads files that
strangers made; nothing in them is ever executed.
"""

import os
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import msgspec
import pymupdf
from PIL import Image
from pymupdf import mupdf

from appliance.documents.child_limits import limit_myself
from appliance.page_images import rules
from appliance.page_images.child_book import BAD_FILE, described
from appliance.page_images.child_words import read_words
from appliance.page_images.orders import Answer, Order
from appliance.page_images.rules import Format, Problem
from appliance.storage.files import FULL

WALL_S = 40  # for an order; the parent's patience is shorter, this counts when the parent is gone
CPU_S = 900
NICENESS = 3  # somebody waits for a page, but not as one does at a door
RETIRES_AFTER_CPU_S = 600
RETIRES_ABOVE_KB = 400_000  # of resident memory at its highest
EASY_BYTES = 160 << 20  # resident; above it the pictures and fonts that MuPDF keeps are let go
HEAD_BYTES = 1024  # where the mark of a PDF must be found
WEBP_QUALITY, WEBP_METHOD = 70, 0  # a higher method takes twice the time for a sixth of the bytes
JPEG_QUALITY = 75


class Unreadable(Exception):
    """Raised with the reason why an order cannot be carried out."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class Reader:
    """Carries out orders; keeps the last file open, because opening costs more than a page."""

    def __init__(self) -> None:
        self._document: pymupdf.Document | None = None
        self._known_as: tuple[str, int, int] | None = None

    def obey(self, order: Order) -> Answer:
        """Do what is asked for; whatever is wrong with the file is in the answer."""
        try:
            return self._obey(order)
        except Unreadable as error:
            return Answer(problem=error.problem)
        except (MemoryError, mupdf.FzErrorSystem, mupdf.FzErrorLimit):
            # What a failed allocation left behind, nobody knows.
            return Answer(problem=Problem.TOO_HEAVY, is_last=True)
        except BAD_FILE:
            self._close()
            return Answer(problem=Problem.DAMAGED)
        except OSError as error:
            full = error.errno in FULL
            return Answer(problem=Problem.NO_ROOM if full else Problem.MISSING)

    def _obey(self, order: Order) -> Answer:
        document = self._opened(Path(order.path))
        if order.do == "inspect":
            return Answer(inspection=described(document))
        if not 1 <= order.page <= document.page_count:
            raise Unreadable(Problem.NO_SUCH_PAGE)
        if order.do == "read_words":
            read_words(document, order)
        else:
            _draw(document.load_page(order.page - 1), order)
        return Answer()

    def _opened(self, path: Path) -> "pymupdf.Document":
        found = path.stat()
        known_as = (str(path), found.st_mtime_ns, found.st_size)
        if self._document is None or self._known_as != known_as:
            self._close()
            self._document = _open(path)
            self._known_as = known_as
        return self._document

    def _close(self) -> None:
        document, self._document, self._known_as = self._document, None, None
        if document is not None and not document.is_closed:
            document.close()


def main() -> int:
    """Serve until the input ends, or until worn out; the last answer says so."""
    answers = _own_output()
    limit_myself(wall_s=0, cpu_s=CPU_S, niceness=NICENESS)
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    reader = Reader()
    for line in sys.stdin.buffer:
        signal.alarm(WALL_S)
        answer = reader.obey(msgspec.json.decode(line, type=Order))
        if _resident_bytes() > EASY_BYTES:
            pymupdf.TOOLS.store_shrink(100)
        if _is_worn_out():
            answer = msgspec.structs.replace(answer, is_last=True)
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()
        signal.alarm(0)
        if answer.is_last:
            break
    return 0


def _own_output() -> BinaryIO:
    """The pipe to the parent; what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    return answers


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _highest_resident_kb() -> int:
    # Not getrusage: its figure begins with that of the parent, which may have held a large scan.
    found = re.search(r"^VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def _is_worn_out() -> bool:
    is_old = time.process_time() > RETIRES_AFTER_CPU_S
    return is_old or _highest_resident_kb() > RETIRES_ABOVE_KB


def _open(path: Path) -> "pymupdf.Document":
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(HEAD_BYTES):
            raise Unreadable(Problem.DAMAGED)  # MuPDF reads a dozen other formats, too
    document = pymupdf.open(path, filetype="pdf")
    if document.needs_pass:
        raise Unreadable(Problem.ENCRYPTED)
    if not document.is_pdf or document.page_count < 1:
        raise Unreadable(Problem.DAMAGED)
    if document.page_count > rules.MAX_PAGES:
        raise Unreadable(Problem.TOO_LONG)
    return document


def _draw(page: "pymupdf.Page", order: Order) -> None:
    scale = rules.scale(page.rect.width, page.rect.height, order.width_px)
    drawn = page.get_pixmap(
        matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False
    )
    image = Image.frombuffer("RGB", (drawn.width, drawn.height), drawn.samples_mv)
    target = Path(order.target)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            if order.format is Format.WEBP:
                image.save(file, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
            else:
                image.save(file, "JPEG", quality=JPEG_QUALITY)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
