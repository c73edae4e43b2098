"""What making a PDF of twenty scanned pages costs: ``python -m tests.bench.bench_pdf``.

First whole processes, in turns: our assembling child, PyMuPDF's `insert_image`, and the `img2pdf`
command where there is one (it is no part of this project). Then the wait that a person has: from
"Selesai" to a PDF that can be fetched, through the real worker. Last, where Tesseract is
installed, one page of print; its time says nothing about a Pi, its memory does.
"""

import argparse
import hashlib
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from appliance.bootstrap import build_services, open_core
from appliance.config import Settings
from appliance.documents import assemble, read_page
from tests.documents_kit import STATION, Station, TellableScanner, a_visit, scan

PAGES = 20
ROUNDS = 5
READY_BUDGET_S = 1.0
SIZE_BUDGET = 1.02
RATIO_BUDGET = 1.0
MEMORY_BUDGET_MB = 20.0
DPI = 300
A4_PX = (2480, 3507)
# A process begins with the peak of who started it, so a small one must: it tells the child's own.
STARTER = """
import os, sys, time
begun = time.perf_counter()
child = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
print(status, time.perf_counter() - begun, used.ru_maxrss / 1024, file=sys.stderr)
"""
WITH_PYMUPDF = """
import sys, pymupdf
with pymupdf.open() as document:
    for name in sys.argv[2:]:
        page = document.new_page(width=595.2, height=841.68)
        page.insert_image(page.rect, filename=name)
    document.save(sys.argv[1])
"""


def printed_page(chance: random.Random) -> Image.Image:
    """A page of print on paper that is not quite white: about 1.3 MB of JPEG."""
    page = Image.effect_noise(A4_PX, 5).point(lambda grey: min(255, grey + 100))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=44)
    for top in range(220, A4_PX[1] - 300, 74):
        words = ("penduduk", "kabupaten", "menurut", "kecamatan", "jumlah", "statistics")
        draw.text((240, top), " ".join(chance.choices(words, k=9)), fill=30, font=font)
    return Image.merge("RGB", [page, page, page])


def run(command: Sequence[str], order: str = "") -> tuple[float, float]:
    """Wall seconds and peak MB of a whole process."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", STARTER, *command],
        input=order.encode(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
    )
    status, taken_s, peak_mb = done.stderr.split()[-3:]
    if int(status) != 0:
        raise SystemExit(done.stderr.decode())
    return float(taken_s), float(peak_mb)


def ways(folder: Path, pages: Sequence[Path]) -> dict[str, tuple[list[str], str]]:
    """Name -> the command and what it reads; each writes `<name>.pdf`."""
    names = [str(path) for path in pages]
    leaves = [
        {"path": name, "sha256": hashlib.sha256(Path(name).read_bytes()).hexdigest(),
         "resolution_dpi": DPI}
        for name in names
    ]  # fmt: skip
    part = {"target": str(folder / "ours.pdf"), "title": "Hasil pindai", "pages": leaves}
    order = json.dumps({"parts": [part], "footer": "Dipindai di BPS"})
    found = {
        "ours": ([sys.executable, "-m", assemble.__name__], order),
        "pymupdf": ([sys.executable, "-c", WITH_PYMUPDF, str(folder / "pymupdf.pdf"), *names], ""),
    }
    if program := shutil.which("img2pdf"):
        found["img2pdf"] = ([program, "-o", str(folder / "img2pdf.pdf"), *names], "")
    return found


def compare(folder: Path, pages: Sequence[Path]) -> bool:
    """Print a line a way; whether ours keeps its budgets."""
    measured: dict[str, list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for name, (command, order) in ways(folder, pages).items():
            measured.setdefault(name, []).append(run(command, order))
    seconds = {name: statistics.median(s for s, _ in all_) for name, all_ in measured.items()}
    memory = {name: max(mb for _, mb in all_) for name, all_ in measured.items()}
    whole = sum(path.stat().st_size for path in pages)
    peer = "img2pdf" if "img2pdf" in seconds else "pymupdf"
    for name, taken in seconds.items():
        size = (folder / f"{name}.pdf").stat().st_size / whole
        print(
            f"{name:8} {taken:6.3f} s  {taken / seconds[peer]:5.2f} of {peer}  "
            f"peak {memory[name]:6.1f} MB  size {size:7.5f} of its {whole / 1e6:.1f} MB of pictures"
        )
    is_small = (folder / "ours.pdf").stat().st_size <= SIZE_BUDGET * whole
    is_fast = seconds["ours"] <= RATIO_BUDGET * seconds[peer]
    return is_small and is_fast and memory["ours"] <= MEMORY_BUDGET_MB


class PaperScanner(TellableScanner):
    """Its pages are there already."""

    def __init__(self, pages: Sequence[Path]) -> None:
        super().__init__()
        self._pages = list(pages)

    def scan(self, request, target, on_progress, cancelled):
        """The next page, copied."""
        made = super().scan(request, target, on_progress, cancelled)
        data = self._pages.pop(0).read_bytes()
        target.write_bytes(data)
        values = {"size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        return type(made)(
            **{name: getattr(made, name) for name in made.__slots__}
            | values | {"width_px": A4_PX[0], "height_px": A4_PX[1], "resolution_dpi": DPI}
        )  # fmt: skip


def wait_for_pdf(folder: Path, pages: Sequence[Path]) -> float:
    """Seconds from "Selesai" to a PDF that can be fetched."""
    core = open_core(Settings(data=str(folder / "data"), announce=False))
    services = build_services(core)
    documents = services.documents
    job_uuid = documents.open_job(a_visit(core, services), "colour", by=STATION).uuid
    station = Station(core, PaperScanner(pages))
    for _ in pages:
        scan(documents, station, job_uuid)
    started = time.perf_counter()
    documents.finish(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).is_ready)
    taken = time.perf_counter() - started
    station.stop()
    core.close()
    return taken


def main() -> None:
    """Measure and print one line a figure; exit code 1 when a budget is broken."""
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    chance = random.Random(1309)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = [folder / f"{number:02}.jpg" for number in range(PAGES)]
        for path in pages:
            printed_page(chance).save(path, quality=85, dpi=(DPI, DPI))
        is_kept = compare(folder, pages)
        ready_s = wait_for_pdf(folder, pages)
        print(f"ready    {ready_s:6.3f} s after the last page, budget {READY_BUDGET_S:.0f} s")
        if shutil.which(read_page.PROGRAM):
            command = [sys.executable, "-m", read_page.__name__, str(pages[0]), str(DPI), "0", ""]
            taken, peak = run(command)
            print(f"words    {taken:6.3f} s a page  peak {peak:6.1f} MB")
    raise SystemExit(int(not is_kept or ready_s > READY_BUDGET_S))


if __name__ == "__main__":
    main()
