"""What scanning costs beside the bare program: ``python -m tests.bench.bench_scan``.

SANE's own test device sends an A4 page at 300 dpi in colour as fast as it is taken, to
``scanimage`` writing PNM into nothing, and in turns to us, ending with a JPEG and a thumbnail that
are synced to the disk. A stack of ten is then read at the pace of a real feeder. A scanner takes
seconds for what takes the test device milliseconds, so the ratios are the worst there can be.
"""

import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from appliance.documents import files
from hardware.interfaces import ScannedPage, ScanProgress, ScanRequest
from hardware.options import SaneScannerOptions
from hardware.sane_config import sane_environment, write_test_config
from hardware.scanner_sane import SaneScanner

ROUNDS = 11
RAW_BYTES = 2480 * 3507 * 3
PAGE = ("--mode=Color", "--resolution=300", "-l", "0", "-t", "0", "-x", "210", "-y", "297")
FEEDER = ("--source=Automatic Document Feeder", *PAGE)
PICTURE = ("--test-picture=Color pattern",)
PACE = ("--test-picture=Solid white", "--read-delay=yes", "--read-delay-duration=2000")
BUDGETS = {"page": 6.0, "thumbnail_s": 0.5, "stack": 1.15}


class Rig:
    """The bare program and our scanner on one device, each into a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = write_test_config(folder / "sane")

    def bare(self, *words: str) -> None:
        subprocess.run(
            ["scanimage", "--device-name=test:0", "--format=pnm", *words],
            env=sane_environment(self.config),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )

    def scanner(self, *words: str) -> SaneScanner:
        return SaneScanner(
            SaneScannerOptions(device="test:0", config_dir=self.config, extra_options=words)
        )

    def page(self) -> tuple[float, float]:
        """Scan one page: the seconds of that, and from its last row to its thumbnail's file."""
        last_row_s = 0.0

        def progress(done: ScanProgress) -> None:
            nonlocal last_row_s
            if done.rows_done == done.rows_total:
                last_row_s = time.monotonic()

        target = self.folder / "page.jpg"
        begun_s = time.monotonic()
        page = self.scanner(*PICTURE).scan(ScanRequest(300), target, progress, lambda: False)
        ended_s = time.monotonic()
        files.make_thumbnail(page.path, self.folder / "page.small.jpg")
        return ended_s - begun_s, time.monotonic() - last_row_s

    def stack(self) -> list[float]:
        """Read the feeder empty; when each of its ten sheets was there, thumbnail and all."""
        arrived: list[float] = []

        def on_page(page: ScannedPage) -> None:
            files.make_thumbnail(page.path, page.path.with_suffix(".small.jpg"))
            arrived.append(time.monotonic())

        self.scanner(*PACE).scan_stack(
            ScanRequest(300, source="Automatic Document Feeder"),
            lambda: self.folder / f"{len(arrived)}.jpg",
            on_page,
            lambda _: None,
            lambda: False,
            most=50,
        )
        return arrived


class Memory:
    """Watches from a thread how much this process and its children hold."""

    def __enter__(self) -> Self:
        self.peak = self.start = _held_bytes("self", "VmRSS")
        self.child_peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.002):
            self.peak = max(self.peak, _held_bytes("self", "VmRSS"))
            for task in Path("/proc/self/task").iterdir():
                for child in (task / "children").read_text(encoding="ascii").split():
                    self.child_peak = max(self.child_peak, _held_bytes(child, "VmRSS", "scanimage"))


def _held_bytes(process: str, field: str, program: str = "") -> int:
    """What it holds; 0 when it has gone or is not that program yet."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    values = dict(line.split(":", 1) for line in text.splitlines())
    if program not in values["Name"] or field not in values:
        return 0
    return int(values[field].split()[0]) * 1024


def seconds(work: Callable[[], object]) -> float:
    begun_s = time.monotonic()
    work()
    return time.monotonic() - begun_s


def one_page(rig: Rig) -> None:
    bare, pages = [], []
    rig.page()
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: rig.bare(*PICTURE, *PAGE)))
        pages.append(rig.page())
    ours, late = zip(*pages, strict=True)
    for name, of in (("median", statistics.median), ("quickest", min)):
        ratio = of(ours) / of(bare)
        print(
            f"A4 300 dpi colour, {name}: bare {1000 * of(bare):.0f} ms, ours "
            f"{1000 * of(ours):.0f} ms, {ratio:.1f}x (budget {BUDGETS['page']:g}x)"
        )
    print(
        f"thumbnail after the last row: {1000 * max(late):.0f} ms at worst "
        f"(budget {1000 * BUDGETS['thumbnail_s']:.0f} ms)"
    )
    with Memory() as memory:
        rig.page()
    more = (memory.peak - memory.start) / 1e6
    print(
        f"memory: the child {memory.child_peak / 1e6:.0f} MB, this process +{more:.0f} MB; "
        f"a raw page is {RAW_BYTES / 1e6:.0f} MB"
    )


def ten_sheets(rig: Rig) -> None:
    begun_s = time.monotonic()
    rig.bare(*PACE, *FEEDER, f"--batch={rig.folder}/%d.pnm")
    bare_s = time.monotonic() - begun_s
    for path in rig.folder.glob("*.pnm"):
        path.unlink()
    with Memory() as memory:
        begun_s = time.monotonic()
        arrived = rig.stack()
        ours_s = time.monotonic() - begun_s
    print(
        f"feeder of {len(arrived)}: bare {bare_s:.1f} s, ours {ours_s:.1f} s, "
        f"{ours_s / bare_s:.2f}x (budget {BUDGETS['stack']:g}x), first sheet after "
        f"{arrived[0] - begun_s:.1f} s, +{(memory.peak - memory.start) / 1e6:.0f} MB"
    )


def main() -> None:
    """Print every figure beside its floor and its budget."""
    if shutil.which("scanimage") is None:
        raise SystemExit("scanimage (Debian: sane-utils) is not installed")
    with tempfile.TemporaryDirectory() as name:
        rig = Rig(Path(name))
        one_page(rig)
        ten_sheets(rig)


if __name__ == "__main__":
    main()
