"""What a page read on the screen costs: ``python -m tests.bench.bench_reader``.

A real server over a publication whose pictures are on the shelf, asked on one kept connection, in
turns, for: a picture of a page, a static file of the same bytes (served by WhiteNoise as our style
sheets are), the page around it, each again with its ETag, and a page that is made anew. Counted is
the processor time of the server alone; exit code 1 when the picture or the page around it costs
more than twice the file.
"""

import argparse
import http.client
import os
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
from appliance.page_images.renderer import Renderer
from appliance.page_images.rules import Format, Size
from appliance.storage.models import Publication
from tests.hostile_pdfs import text_pdf
from tests.page_images_kit import making
from tests.services.library import new_publication
from web.app import create_app
from web.assets import BUILD_DIR
from web.server import serve

PAGES = 40
ROUNDS = 7
ASKED = 400
BUDGET = 2.0
LONGEST_S = 60.0
STATIC_NAME = "page.0123abcd.webp"


def main() -> None:
    """Measure and print one line a figure; exit code 1 when the budget is broken."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--serve", default="", help=argparse.SUPPRESS)
    parser.add_argument("--asked", type=int, default=ASKED, help="requests a round")
    options = parser.parse_args()
    if options.serve:
        served(Path(options.serve))
        return
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as name:
        sys.exit(not measured(Path(name), options.asked))


def measured(folder: Path, asked: int) -> bool:
    """Print every figure; tell whether the budget is kept."""
    book, version = prepared(folder)
    command = [sys.executable, "-m", "tests.bench.bench_reader", "--serve", str(folder)]
    process = subprocess.Popen(command)
    try:
        line = http.client.HTTPConnection("127.0.0.1", port_of(folder, process))
        picture = f"/catalogue/{book}/read/2-phone.webp?v={version}"
        page = f"/catalogue/{book}/read?page=2"
        ways: dict[str, Callable[[], int]] = {
            "static file": partial(ask, line, f"/static/{STATIC_NAME}"),
            "picture of a page": partial(ask, line, picture),
            "static, not changed": partial(
                ask,
                line,
                f"/static/{STATIC_NAME}",
                {"If-None-Match": head_of(line, f"/static/{STATIC_NAME}", "ETag")},
            ),
            "picture, not changed": partial(
                ask, line, picture, {"If-None-Match": head_of(line, picture, "ETag")}
            ),
            "page around it": partial(ask, line, page),
            "page, not changed": partial(
                ask, line, page, {"If-None-Match": head_of(line, page, "ETag")}
            ),
            "page, made anew": partial(ask, line, page, {"HX-Request": "true"}),
        }
        took = in_turns(ways, process.pid, asked)
    finally:
        process.terminate()
        process.wait(LONGEST_S)
    for name, (cpu_ms, size) in took.items():
        ratio = cpu_ms / took["static file"][0]
        print(f"{name:22} {cpu_ms:.3f} ms of the processor, {size:6} bytes, ratio {ratio:.2f}")
    dearer = max(took["picture of a page"][0], took["page around it"][0])
    ratio = dearer / took["static file"][0]
    print(f"picture or page cost {ratio:.2f} of a static file (budget {BUDGET})")
    return ratio <= BUDGET


def in_turns(
    ways: dict[str, Callable[[], int]], pid: int, asked: int
) -> dict[str, tuple[float, int]]:
    """The median processor time of the server a request, and the bytes of an answer."""
    costs: dict[str, list[float]] = {name: [] for name in ways}
    sizes = {name: way() for name, way in ways.items()}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            before = cpu_ms(pid)
            for _ in range(asked):
                way()
            costs[name].append((cpu_ms(pid) - before) / asked)
    return {name: (statistics.median(found), sizes[name]) for name, found in costs.items()}


def prepared(folder: Path) -> tuple[int, str]:
    """A publication whose second page is on the shelf, and the same picture as a static file."""
    core = open_core(settings_in(folder))
    try:
        services = build_services(core)
        text_pdf(core.settings.data_dir / "book.pdf", PAGES)
        made = new_publication(services)
        core.writer.run(Publication.update(softcopy_path="book.pdf").execute)
        with making(core.settings, Renderer()):
            found = services.page_images.image(made.id, 2, Size.PHONE, Format.WEBP)
            services.page_images.book(made.id)
        build = shutil.copytree(
            BUILD_DIR, folder / "build", ignore=shutil.ignore_patterns("uml", "assets-src")
        )
        (build / "static" / STATIC_NAME).write_bytes(found.data)
        return made.id, found.version
    finally:
        core.close()


def served(folder: Path) -> None:
    """The server, in a process of its own, until it is told to stop."""
    core = open_core(settings_in(folder))
    try:
        app = create_app(build_services(core), core.settings, build_dir=folder / "build")
        note = folder / "port.part"

        def ready(address: str) -> None:
            note.write_text(address.rpartition(":")[2])
            note.replace(folder / "port")

        serve(app, "127.0.0.1", 0, on_ready=ready)
    finally:
        core.close()


def settings_in(folder: Path) -> Settings:
    return Settings(data=str(folder / "data"), port=0, announce=False)


def port_of(folder: Path, process: "subprocess.Popen[bytes]") -> int:
    """Where the server listens, once it does."""
    deadline = time.monotonic() + LONGEST_S
    while not (folder / "port").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("the server did not start")
        time.sleep(0.05)
    return int((folder / "port").read_text())


def ask(line: http.client.HTTPConnection, path: str, headers: dict[str, str] | None = None) -> int:
    line.request("GET", path, headers=headers or {})
    answer = line.getresponse()
    data = answer.read()
    if answer.status not in (200, 304):
        raise SystemExit(f"{path}: {answer.status}")
    return len(data)


def head_of(line: http.client.HTTPConnection, path: str, name: str) -> str:
    line.request("GET", path)
    answer = line.getresponse()
    answer.read()
    return answer.headers.get(name, "")


def cpu_ms(pid: int) -> float:
    """Processor time so far, of all threads, to the nanosecond."""
    listed = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in listed) / 1e6


if __name__ == "__main__":
    main()
