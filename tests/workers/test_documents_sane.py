"""The documents worker on SANE's own test scanner: real pages, a hung driver, a killed process."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from appliance.bootstrap import Core
from appliance.clock import SystemClock
from appliance.documents.rules import JobState
from appliance.documents.service import DocumentsService
from appliance.services import Services
from appliance.storage.models import ScanPage
from hardware.factory import open_scanner
from hardware.options import SaneScannerOptions
from hardware.sane_config import write_test_config
from tests.documents_kit import STATION, Station, a_visit, files_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("scanimage") is None, reason="scanimage (sane-utils) is not installed"
    ),
]
ROOT = Path(__file__).parents[2]
PICTURE = ("--test-picture=Color pattern",)
SLOW = (*PICTURE, "--read-delay=yes", "--read-delay-duration=20000")


@pytest.fixture
def clock() -> SystemClock:
    """The machine's own: another process must agree on what boot this is."""
    return SystemClock()


@pytest.fixture
def documents(services: Services) -> DocumentsService:
    return services.documents


@pytest.fixture
def job_uuid(core: Core, services: Services) -> str:
    return services.documents.open_job(a_visit(core, services), "colour", by=STATION).uuid


def options(tmp_path: Path, *extra: str, **values: float) -> SaneScannerOptions:
    folder = tmp_path / "sane"
    if not folder.exists():
        write_test_config(folder)
    return SaneScannerOptions(device="test:0", config_dir=folder, extra_options=extra, **values)


@pytest.fixture
def station(core: Core, tmp_path: Path) -> Iterator[Station]:
    started = Station(core, open_scanner("sane", options(tmp_path, *PICTURE)))
    yield started
    started.stop()


def scan(documents: DocumentsService, station: Station, job_uuid: str) -> None:
    station.services.scan_pages.ask_page(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).active is None)


def judged(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def scanimage_children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text()
        except OSError:
            continue
        name, rest = stat[stat.index("(") + 1 :].rsplit(")", 1)
        if name == "scanimage" and int(rest.split()[1]) == parent:
            found.append(int(entry.name))
    return found


def test_two_colour_pages_become_one_pdf_with_their_very_bytes(
    core, documents, scan_files, station, job_uuid
):
    for _ in range(2):
        scan(documents, station, job_uuid)
    pages = list(ScanPage.select().order_by(ScanPage.position))
    folder = core.settings.scans_dir / job_uuid
    scanned = [(folder / page.image_name).read_bytes() for page in pages]

    visit_id = documents.finish(job_uuid, by=STATION).visit_id
    station.run_until(lambda: documents.job(job_uuid).is_ready)

    pdf = scan_files.pdf_file(visit_id, job_uuid)
    assert [page.sha256 for page in pages] == [hashlib.sha256(data).hexdigest() for data in scanned]
    assert [(page.width_px, page.height_px) for page in pages] == [(2480, 3507)] * 2
    with pymupdf.open(pdf.path) as document:
        streams = [document.xref_stream_raw(page.get_images()[0][0]) for page in document]
        placed = [page.get_image_rects(page.get_images()[0][0])[0] for page in document]
    assert streams == scanned
    assert [round(rect.width / 72 * 25.4) for rect in placed] == [210, 210]
    assert "No syntax or stream encoding errors found" in judged("qpdf", "--check", str(pdf.path))
    listed = judged("pdfimages", "-list", str(pdf.path)).splitlines()[2:]
    assert [(row.split()[8], row.split()[12]) for row in listed] == [("jpeg", "300")] * 2
    told = judged("pdfinfo", str(pdf.path))
    assert "Hasil pindai Ruang Baca" in told
    assert "Author" not in told
    assert "595.276 x 841.89 pts (A4)" in told
    assert "tanpa izin tertulis" in judged("pdftotext", str(pdf.path), "-")


def test_rows_are_counted_while_the_page_is_read(core, documents, scan_pages, tmp_path, job_uuid):
    station = Station(core, open_scanner("sane", options(tmp_path, *SLOW)))
    scan_pages.ask_page(job_uuid, by=STATION)
    seen: set[int] = set()

    def watch() -> bool:
        active = documents.job(job_uuid).active
        seen.add(active.rows_done if active else 0)
        return active is None

    station.run_until(watch)
    station.stop()

    assert len(documents.job(job_uuid).pages) == 1
    assert any(0 < rows < 3507 for rows in seen)


def test_a_hung_scanner_is_killed_and_the_next_page_works(
    core, documents, scan_pages, tmp_path, job_uuid
):
    scanner = open_scanner("sane", options(tmp_path, *SLOW, next_byte_s=2.0, stop_s=0.5))
    station = Station(core, scanner)
    scan(documents, station, job_uuid)
    scan_pages.ask_page(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).active.rows_done > 0)

    (child,) = scanimage_children(os.getpid())
    os.kill(child, signal.SIGSTOP)
    station.run_until(lambda: documents.job(job_uuid).active is None)

    job = documents.job(job_uuid)
    assert (len(job.pages), job.failed.problem) == (1, "stalled")
    assert job.failed.sentence.startswith("Pemindai tidak menjawab")
    assert scanimage_children(os.getpid()) == []
    scan(documents, station, job_uuid)
    station.stop()
    assert len(documents.job(job_uuid).pages) == 2


def test_a_killed_process_loses_only_the_page_on_the_glass(
    core, documents, scan_pages, tmp_path, job_uuid
):
    write_test_config(tmp_path / "sane")
    environment = os.environ | {
        "RUANGBACA_DATA": core.settings.data,
        "RUANGBACA_SCANNER__DRIVER": "sane",
        "RUANGBACA_SCANNER__DEVICE": "test:0",
        "RUANGBACA_SCANNER__CONFIG_DIR": str(tmp_path / "sane"),
    }
    program = (
        "from appliance.config import load_settings\n"
        "from appliance.processes import run_documents\n"
        "import msgspec\n"
        "settings = load_settings()\n"
        f"scanner = msgspec.structs.replace(settings.scanner, options={SLOW!r})\n"
        "run_documents(msgspec.structs.replace(settings, scanner=scanner))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=ROOT)
    waiting = core.settings.run_dir / "documents.sock"
    try:
        wait_for(waiting.exists, process)
        scan_pages.ask_page(job_uuid, by=STATION)
        wait_for(lambda: len(documents.job(job_uuid).pages) == 1, process)
        scan_pages.ask_page(job_uuid, by=STATION)
        wait_for(lambda: documents.job(job_uuid).active.rows_done > 0, process)
        children = scanimage_children(process.pid)
    finally:
        process.kill()
        process.wait()

    assert documents.job(job_uuid).active is not None
    station = Station(core, open_scanner("sane", options(tmp_path, *PICTURE)))
    station.worker.step()

    job = documents.job(job_uuid)
    assert (len(job.pages), job.failed.problem) == (1, "interrupted")
    assert len(children) == 1
    station.run_until(lambda: not Path(f"/proc/{children[0]}").exists())
    scan(documents, station, job_uuid)
    documents.finish(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).state is JobState.READY)
    station.stop()
    assert documents.job(job_uuid).page_count == 2


def wait_for(reached, process: subprocess.Popen) -> None:
    """Look until something is so; the process must live meanwhile."""
    pause = threading.Event()
    for _ in range(600):
        assert process.poll() is None, "the documents process has ended"
        if reached():
            return
        pause.wait(0.1)
    raise AssertionError("it never happened")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_really_full_disk_fails_the_page_and_keeps_the_earlier_one(
    core, documents, tmp_path, job_uuid
):
    scans = core.settings.scans_dir
    scans.mkdir(exist_ok=True)
    judged("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(scans))
    station = Station(core, open_scanner("sane", options(tmp_path, *PICTURE)))
    try:
        scan(documents, station, job_uuid)
        scan(documents, station, job_uuid)
        job = documents.job(job_uuid)
        left = files_of(core, job_uuid)
    finally:
        station.stop()
        judged("umount", str(scans))

    assert (len(job.pages), job.failed.problem) == (1, "disk_full")
    assert left == {f"{job.pages[0].uuid}.jpg", f"{job.pages[0].uuid}.small.jpg"}
