"""What a page of a publication takes as a picture: ``python -m tests.bench.bench_page_image``.

A real `documents` process draws text pages of A4 on demand; they are asked for over its socket as
the web process does, with its child warm. The peer of the same run, in turns, is a process of
``pdftoppm -png`` at the same width. Memory of the process is read when its child has ended.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from appliance.bootstrap import build_services, open_core
from appliance.config import Settings
from appliance.core import Core
from appliance.page_images.rules import WIDTH_PX, Format, Size
from appliance.page_images.service import PageImageService
from appliance.storage.models import Publication
from tests.hostile_pdfs import text_pdf
from tests.services.library import new_publication

PAGES = 40
BUDGET_MS = 150.0
BUDGET_MB = 60.0
LONGEST_S = 60.0


def main() -> None:
    """Measure and print one line a figure; exit code 1 when a budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=PAGES)
    pages = parser.parse_args().pages
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=folder, port=0, announce=False)
        core = open_core(settings)
        try:
            sys.exit(not measure(core, pages))
        finally:
            core.close()


def measure(core: Core, pages: int) -> bool:
    """Print every figure; tell whether all are within the budgets."""
    book = a_book(core, pages)
    process = started(core.settings)
    try:
        service = build_services(core).page_images
        first_ms = milliseconds(lambda: service.book(book))
        print(f"first look at a book, child not started: {first_ms:.0f} ms")
        print(f"documents with its child warm: {resident_mb(process.pid):.1f} MB, child", end=" ")
        print(f"{resident_mb(child_of(process.pid)):.1f} MB")
        is_good = []
        for size in (Size.PHONE, Size.DESKTOP):  # the others are seldom asked for
            before = cpu_ms(child_of(process.pid))
            is_good.append(drawn(core, service, book, pages, size))
            spent = (cpu_ms(child_of(process.pid)) - before) / pages
            print(f"  of which the child's processor time: {spent:.1f} ms a page")
        return all([*is_good, idle(process.pid)])
    finally:
        process.terminate()
        process.wait(LONGEST_S)


def drawn(core: Core, service: PageImageService, book: int, pages: int, size: Size) -> bool:
    """Ours and pdftoppm's way to every page of one size, in turns."""
    ours, theirs, kept, sizes = [], [], [], []
    for page in range(1, pages + 1):
        ask = partial(service.image, book, page, size, Format.WEBP)
        ours.append(milliseconds(ask))
        kept.append(milliseconds(ask))
        sizes.append(len(ask().data))
        theirs.append(milliseconds(partial(by_pdftoppm, core, page, WIDTH_PX[size])))
    middle, peer = statistics.median(ours), statistics.median(theirs)
    worst = statistics.quantiles(ours, n=20)[-1]
    print(
        f"{size} {WIDTH_PX[size]} px: median {middle:.1f} ms, p95 {worst:.1f} ms"
        f" (budget {BUDGET_MS:.0f}), kept {statistics.median(kept):.2f} ms,"
        f" {statistics.mean(sizes) / 1000:.0f} kB; pdftoppm -png {peer:.1f} ms,"
        f" ratio {middle / peer:.2f}"
    )
    return middle <= BUDGET_MS


def idle(pid: int) -> bool:
    """The process alone, as it is when nobody has read for a while."""
    os.kill(child_of(pid), 9)  # its end by itself takes two minutes and leaves the same
    megabytes = resident_mb(pid)
    print(f"documents with its child ended: {megabytes:.1f} MB (budget {BUDGET_MB:.0f})")
    return megabytes <= BUDGET_MB


def a_book(core: Core, pages: int) -> int:
    text_pdf(core.settings.data_dir / "book.pdf", pages)
    made = new_publication(build_services(core))
    core.writer.run(Publication.update(softcopy_path="book.pdf").execute)
    return made.id


def started(settings: Settings) -> "subprocess.Popen[bytes]":
    """The documents process over this data, when it answers."""
    config = settings.data_dir / "bench.toml"
    config.write_text(f'data = "{settings.data}"\nannounce = false\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", f"--config={config}", "documents"],
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + LONGEST_S
    while not (settings.run_dir / "page-images.sock").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("the documents process did not start")
        time.sleep(0.05)
    return process


def by_pdftoppm(core: Core, page: int, width_px: int) -> None:
    book, target = core.settings.data_dir / "book.pdf", core.settings.data_dir / "peer"
    which = ("-singlefile", "-f", str(page), "-l", str(page))
    scaled = ("-scale-to-x", str(width_px), "-scale-to-y", "-1")
    subprocess.run(["pdftoppm", "-png", *which, *scaled, book, target], check=True)


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def child_of(pid: int) -> int:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return next(int(child) for path in listed for child in path.read_text().split())


def cpu_ms(pid: int) -> float:
    """Processor time so far, which a busy machine does not stretch."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


if __name__ == "__main__":
    if shutil.which("pdftoppm") is None:
        sys.exit("pdftoppm is not here: apt install poppler-utils")
    main()
