"""What a visitor's copy costs once prepared: ``python -m tests.bench.bench_watermark``.

Marks a publication of 300 pages and measures, in turns on the same machine: our tail with the
checksum of the whole copy, and reading the copy through as the server does; beside them what
others do for every visitor, `qpdf --overlay` and PyMuPDF page by page. The budgets are those of
the project: 25 ms and 15 MB for a visitor.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PAGES = 300
ROUNDS = 5
VISITORS = 20
BUDGET_MS, BUDGET_MB = 25.0, 15.0
NUMBER = "1309-2026-7K3M9QXA"
# In a process of its own: what making and reading copies needs in memory, and how long it takes.
VISITOR = """
import json, sys, time
def rss_mb():  # of this program, without what its parent had when it was forked
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
before = rss_mb()
from pathlib import Path
from appliance.documents.mark_drawing import Drawing
from appliance.watermarks.joined import Checksums, JoinedFile
from appliance.watermarks.tail import Plan, append
path, plan, expected = Path(sys.argv[1]), Plan(**json.loads(sys.argv[2])), sys.argv[3]
checksums, times, read = Checksums(), [], []
for visitor in range(int(sys.argv[4])):
    number = f"1309-2026-{visitor:08d}"
    started = time.perf_counter()
    end = append(plan, Drawing(number, "BPS", f"Salinan {number}", "normal"), number)
    checksums.sha256(path, expected, end)
    times.append(time.perf_counter() - started)
    with JoinedFile(path, end) as file:
        while file.read(1 << 16):
            pass
    read.append(time.perf_counter() - started)
print(json.dumps([times, read, rss_mb() - before, rss_mb()]))
"""


def publication(path: Path, pages: int) -> None:
    """A publication as offices make them: text, tables and rules on every page."""
    import pymupdf

    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page(width=595, height=842)
            page.insert_text((72, 80), f"Tabel {number + 1}", fontsize=16)
            for row in range(40):
                cells = "   ".join(f"{number * row % 977:>6}" for _ in range(8))
                page.insert_text((72, 120 + row * 16), cells, fontsize=9)
                page.draw_line((72, 124 + row * 16), (520, 124 + row * 16), width=0.3)
        document.save(path, deflate=True, garbage=2)


def ours(prepared: Path, plan: str, checksum: str) -> tuple[float, float, float, float, float]:
    """First visitor, later visitors, the copy read through (all ms); added and whole memory."""
    import json

    command = [sys.executable, "-c", VISITOR, prepared, plan, checksum, str(VISITORS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    times, read, added_mb, whole_mb = json.loads(done.stdout)
    later, through = statistics.median(times[1:]), statistics.median(read[1:])
    return times[0] * 1000, later * 1000, through * 1000, added_mb, whole_mb


def by_qpdf(source: Path, target: Path, stamp: Path) -> None:
    overlay = ["--overlay", stamp, "--repeat=1-z", "--"]
    subprocess.run(["qpdf", source, *overlay, target], check=True)


def by_pymupdf(source: Path, target: Path, stamp: Path) -> None:
    import pymupdf

    with pymupdf.open(source) as document:
        for page in document:
            page.insert_text((200, 400), NUMBER, fontsize=40, fill_opacity=0.2)
        document.save(target)


def others() -> dict[str, Callable[[Path, Path, Path], None]]:
    """Those that are here."""
    found: dict[str, Callable[[Path, Path, Path], None]] = {"PyMuPDF insert_text": by_pymupdf}
    if shutil.which("qpdf"):
        found["qpdf --overlay"] = by_qpdf
    return found


def in_child(work: Callable[[Path, Path, Path], None], paths: tuple[Path, Path, Path]) -> float:
    """How long one file takes, in ms, the start of a process left out."""
    started = time.perf_counter()
    work(*paths)
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Measure, print, and say whether the budgets hold; exit code 1 when one does not."""
    import hashlib
    import json

    from appliance.offices import load_office
    from appliance.watermarks import rules
    from appliance.watermarks.pages import prepare

    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--source", type=Path, help="a PDF of yours instead of a made one")
    given = arguments.parse_args().source
    office = load_office("pasaman")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, stamp = given or folder / "source.pdf", folder / "stamp.pdf"
        if given is None:
            publication(source, PAGES)
        publication(stamp, 1)
        started = time.perf_counter()
        prepared = folder / "prepared.pdf"
        pages, plan = prepare(
            source, prepared, rules.general(office), rules.parts(office), signed=True
        )
        print(f"{pages} pages, {source.stat().st_size} B; prepared once in"
              f" {time.perf_counter() - started:.2f} s: {plan.length} B")  # fmt: skip
        checksum = hashlib.sha256(prepared.read_bytes()).hexdigest()
        rounds = [ours(prepared, json.dumps(plan.as_dict()), checksum) for _ in range(ROUNDS)]
        first, later, through, added, whole = map(statistics.median, zip(*rounds, strict=True))
        print(f"ours: first {first:.1f} ms, then {later:.2f} ms, sent {through:.1f} ms;"
              f" {added:.1f} MB over a bare process, {whole:.1f} MB in all")  # fmt: skip
        for label, work in others().items():
            took = min(in_child(work, (source, folder / "other.pdf", stamp)) for _ in range(ROUNDS))
            size = (folder / "other.pdf").stat().st_size
            print(
                f"{label:20} {took:8.0f} ms a visitor, {size} B, ours is {later / took:.6f} of it"
            )
        is_broken = max(first, through) > BUDGET_MS or added > BUDGET_MB
        print("OVER" if is_broken else "ok")
    raise SystemExit(int(is_broken))


if __name__ == "__main__":
    main()
