"""The documents worker with a scanner that can be told what to do."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pymupdf
import pytest

from appliance.documents import finishing, parts
from appliance.documents.rules import UNDO_S, JobState, PageState
from appliance.errors import NotFound
from appliance.storage.models import Outbox, ScanFile, ScanPage
from hardware.interfaces import ScanFailed, ScannerUnavailable, ScanProblem
from tests.documents_kit import STATION, Station, files_of, made_pdf, scan


def event_types() -> list[str]:
    return [row.type.split(".")[-2] for row in Outbox.select().order_by(Outbox.id)]


def test_a_page_is_kept_with_its_thumbnail(core, documents, scan_files, station, job_uuid):
    state = scan(documents, station, job_uuid)

    job = documents.job(job_uuid)
    assert state is PageState.KEPT
    assert [page.rows_done == page.rows_total > 0 for page in job.pages] == [True]
    uuid = job.pages[0].uuid
    assert files_of(core, job_uuid) == {f"{uuid}.jpg", f"{uuid}.small.jpg"}
    assert scan_files.thumbnail(job_uuid, uuid).stat().st_size < 25_000


def test_the_request_is_put_in_the_scanners_own_words(documents, station, scanner, job_uuid):
    scan(documents, station, job_uuid)

    asked = scanner.requests[0]
    assert (asked.mode, asked.resolution_dpi, asked.width_mm) == ("24bit Color", 300, 210.0)


def test_a_finished_job_has_one_pdf_beside_its_pages(core, documents, station, job_uuid):
    for _ in range(3):
        scan(documents, station, job_uuid)

    made_pdf(documents, station, job_uuid)

    (file,) = ScanFile.select()
    data = (core.settings.scans_dir / job_uuid / file.name).read_bytes()
    pages = {page.uuid for page in documents.job(job_uuid).pages}
    assert files_of(core, job_uuid) == {"scan-1.pdf"} | {
        name for uuid in pages for name in (f"{uuid}.jpg", f"{uuid}.small.jpg")
    }
    assert (documents.job(job_uuid).page_count, file.pages, file.size_bytes) == (3, 3, len(data))
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert event_types()[-4:] == ["page", "page", "page", "made"]


def test_a_redone_page_takes_the_place_of_the_old_one(core, documents, station, job_uuid):
    for _ in range(2):
        scan(documents, station, job_uuid)
    first, second = documents.job(job_uuid).pages

    scan(documents, station, job_uuid, replaces=first.uuid)

    pages = documents.job(job_uuid).pages
    assert pages[1].uuid == second.uuid
    assert pages[0].uuid not in (first.uuid, second.uuid)
    station.run_until(lambda: f"{first.uuid}.jpg" not in files_of(core, job_uuid))


def test_a_failed_redo_leaves_the_old_page(documents, station, scanner, job_uuid):
    scan(documents, station, job_uuid)
    old = documents.job(job_uuid).pages[0]
    scanner.plan = [ScanFailed(ScanProblem.JAMMED, "jam")]

    state = scan(documents, station, job_uuid, replaces=old.uuid)

    job = documents.job(job_uuid)
    assert state is PageState.FAILED
    assert [page.uuid for page in job.pages] == [old.uuid]
    assert job.failed is not None
    assert job.failed.sentence.startswith("Kertas macet")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (ScanFailed(ScanProblem.COVER_OPEN, "open"), "cover_open"),
        (ScannerUnavailable(ScanProblem.UNPLUGGED, "gone"), "unplugged"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full"),
        (OSError(errno.EROFS, "Read-only file system"), "storage"),
    ],
)
def test_a_failure_is_told_and_the_next_page_works(
    core, documents, station, scanner, job_uuid, told, problem
):
    scan(documents, station, job_uuid)
    scanner.plan = [told]

    scan(documents, station, job_uuid)

    failed = documents.job(job_uuid).failed
    assert failed is not None
    assert failed.problem == problem
    assert event_types()[-1] == "failed"
    assert scan(documents, station, job_uuid) is PageState.KEPT
    assert len(documents.job(job_uuid).pages) == 2
    assert documents.job(job_uuid).failed is None


def test_a_cut_off_picture_is_not_kept(core, documents, station, scanner, job_uuid, monkeypatch):
    whole = scanner.scan

    def cut(request, target, on_progress, cancelled):
        page = whole(request, target, on_progress, cancelled)
        os.truncate(target, page.size_bytes // 2)
        return page

    monkeypatch.setattr(scanner, "scan", cut)

    scan(documents, station, job_uuid)

    failed = documents.job(job_uuid).failed
    assert failed is not None
    assert failed.problem == "incomplete"
    assert files_of(core, job_uuid) == set()


def test_a_page_under_way_can_be_cancelled(core, documents, scan_pages, station, scanner, job_uuid):
    scanner.plan = [threading.Event()]
    scan_pages.ask_page(job_uuid, by=STATION)
    station.run_until(lambda: bool(scanner.requests))
    assert station.worker.is_scanning()

    scan_pages.cancel_page(job_uuid, by=STATION)

    station.run_until(lambda: documents.job(job_uuid).active is None)
    station.run_until(lambda: not station.worker.is_scanning())
    assert documents.job(job_uuid).failed is None
    assert ScanPage.get().state == PageState.CANCELLED
    assert files_of(core, job_uuid) == set()


def test_a_page_asked_too_long_ago_is_never_scanned(
    core, services, documents, scan_pages, scanner, clock, job_uuid
):
    station = Station(core, scanner)
    scan_pages.ask_page(job_uuid, by=STATION)
    clock.advance(31)

    station.run_until(lambda: documents.job(job_uuid).active is None)
    station.stop()

    assert scanner.requests == []
    assert documents.job(job_uuid).failed.problem == "expired"


def test_a_page_asked_before_a_reboot_is_never_scanned(
    core, documents, scan_pages, scanner, clock, job_uuid
):
    station = Station(core, scanner)
    scan_pages.ask_page(job_uuid, by=STATION)
    clock.reboot(off_s=1)

    station.run_until(lambda: documents.job(job_uuid).active is None)
    station.stop()

    assert scanner.requests == []


def test_a_stopped_worker_leaves_the_job_to_go_on_with(
    core, documents, scan_pages, scanner, job_uuid
):
    station = Station(core, scanner)
    scan(documents, station, job_uuid)
    scanner.plan = [threading.Event()]
    scan_pages.ask_page(job_uuid, by=STATION)
    station.run_until(lambda: len(scanner.requests) == 2)

    station.stop()

    job = documents.job(job_uuid)
    assert (len(job.pages), job.failed.problem) == (1, "interrupted")
    again = Station(core, scanner)
    assert scan(documents, again, job_uuid) is PageState.KEPT
    again.stop()


def test_an_interrupted_finish_is_taken_up_again(core, documents, scanner, job_uuid):
    station = Station(core, scanner)
    scan(documents, station, job_uuid)
    documents.finish(job_uuid, by=STATION)
    station.worker.step()
    station.stop()
    assert documents.job(job_uuid).state is JobState.FINISHING

    again = Station(core, scanner)
    again.run_until(lambda: documents.job(job_uuid).is_ready)
    again.stop()

    assert files_of(core, job_uuid) >= {"scan-1.pdf"}
    assert not [name for name in files_of(core, job_uuid) if name.endswith(".part")]


def test_a_page_changed_on_disk_fails_the_pdf_and_says_so(core, documents, station, job_uuid):
    scan(documents, station, job_uuid)
    image = core.settings.scans_dir / job_uuid / f"{documents.job(job_uuid).pages[0].uuid}.jpg"
    image.write_bytes(image.read_bytes()[:-1] + b"x")

    documents.finish(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).state is JobState.FAILED)

    assert documents.job(job_uuid).problem == "damaged"


def on_a_full_disk(folder: Path) -> Path:
    """What the child writes to meets the end of the disk."""
    (folder / "scan-1.pdf.part").symlink_to("/dev/full")
    return folder / "scan-1.pdf.part"


def without_its_name(folder: Path) -> Path:
    """The finished file cannot get its name, nor can what has it be deleted."""
    (folder / "scan-1.pdf").mkdir()
    return folder / "scan-1.pdf"


@pytest.mark.parametrize(
    ("stand", "problem"), [(on_a_full_disk, "no_room"), (without_its_name, "assembly")]
)
def test_a_pdf_that_cannot_be_stored_is_told_and_made_later(
    core, documents, station, job_uuid, stand, problem
):
    scan(documents, station, job_uuid)
    obstacle = stand(core.settings.scans_dir / job_uuid)

    documents.finish(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).state is JobState.FAILED)

    assert documents.job(job_uuid).problem == problem
    if obstacle.is_dir():
        obstacle.rmdir()
    made_pdf(documents, station, job_uuid)
    assert {name for name in files_of(core, job_uuid) if "pdf" in name} == {"scan-1.pdf"}


def test_a_pdf_leaves_the_guest_book_its_room(core, documents, station, job_uuid, monkeypatch):
    scan(documents, station, job_uuid)
    low = shutil.disk_usage("/")._replace(total=100 << 30, free=1 << 30)
    with monkeypatch.context() as patched:
        patched.setattr(finishing.shutil, "disk_usage", lambda _: low)
        documents.finish(job_uuid, by=STATION)
        station.run_until(lambda: documents.job(job_uuid).state is JobState.FAILED)

    assert documents.job(job_uuid).problem == "no_room"
    made_pdf(documents, station, job_uuid)


def test_what_a_killed_process_left_is_put_right(core, documents, scan_pages, scanner, job_uuid):
    station = Station(core, scanner)
    scan(documents, station, job_uuid)
    kept = documents.job(job_uuid).pages[0].uuid
    page = scan_pages.ask_page(job_uuid, by=STATION)
    station.stop()
    core.writer.run(
        lambda: ScanPage.update(state="scanning").where(ScanPage.uuid == page.uuid).execute()
    )
    folder = core.settings.scans_dir / job_uuid
    (folder / f"{page.uuid}.jpg.part").write_bytes(b"half")
    stray = core.settings.scans_dir / "00000000-0000-0000-0000-000000000000"
    stray.mkdir()

    again = Station(core, scanner)
    again.worker.step()
    again.stop()

    job = documents.job(job_uuid)
    assert [view.uuid for view in job.pages] == [kept]
    assert job.failed.problem == "interrupted"
    assert files_of(core, job_uuid) == {f"{kept}.jpg", f"{kept}.small.jpg"}
    assert not stray.exists()


def test_a_removed_page_leaves_the_disk_after_a_minute(
    core, documents, scan_pages, scan_files, station, clock, job_uuid
):
    scan(documents, station, job_uuid)
    uuid = documents.job(job_uuid).pages[0].uuid

    scan_pages.remove_page(job_uuid, uuid, by=STATION)
    station.worker.step()
    assert files_of(core, job_uuid) == {f"{uuid}.jpg", f"{uuid}.small.jpg"}
    clock.advance(UNDO_S)
    station.run_until(lambda: files_of(core, job_uuid) == set())

    assert documents.job(job_uuid).removed is None
    with pytest.raises(NotFound):
        scan_files.thumbnail(job_uuid, uuid)


def test_a_discarded_job_leaves_the_disk_at_once(core, documents, station, job_uuid):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)

    documents.discard(job_uuid, by=STATION)
    station.worker.step()

    assert not (core.settings.scans_dir / job_uuid).exists()


def test_a_discarded_job_remembers_what_was_made(documents, station, job_uuid):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    documents.discard(job_uuid, by=STATION)
    station.worker.step()

    (file,) = ScanFile.select()
    assert (file.name, file.pages) == (None, 1)
    assert documents.job(job_uuid).files == ()


def test_a_job_of_many_pages_comes_in_parts(documents, scan_files, station, job_uuid, monkeypatch):
    monkeypatch.setattr(parts, "PAGE_LIMIT", 2)
    for _ in range(5):
        scan(documents, station, job_uuid)

    made_pdf(documents, station, job_uuid)

    job = documents.job(job_uuid)
    assert [(file.part, file.pages) for file in job.files] == [(1, 2), (2, 2), (3, 1)]
    assert job.pdf_bytes == sum(file.size_bytes for file in job.files)
    third = scan_files.pdf_file(job.visit_id, job_uuid, 3)
    assert third.download_name.endswith("-bagian-3.pdf")
    with pymupdf.open(third.path) as document:
        assert document.metadata["title"] == "Hasil pindai Ruang Baca (3/3)"
    with pytest.raises(NotFound):
        scan_files.pdf_file(job.visit_id, job_uuid, 4)


def test_a_turned_and_cropped_page_is_so_in_the_pdf(core, documents, scan_files, station, job_uuid):
    scan(documents, station, job_uuid)
    change = {"turned": 90, "crop": "20,30,200,400"}
    core.writer.run(lambda: ScanPage.update(change).execute())

    made_pdf(documents, station, job_uuid)

    made = scan_files.pdf_file(documents.job(job_uuid).visit_id, job_uuid)
    with pymupdf.open(made.path) as document:
        (drawn,) = document[0].get_image_info()
        content = document[0].read_contents()
    across, down, *_ = drawn["transform"]
    assert (across, down) == (0, pytest.approx(331 * 72 / 40))
    assert b" re W n " in content


def test_an_unexpected_exception_reaches_the_supervisor(scan_pages, station, scanner, job_uuid):
    scanner.plan = [ZeroDivisionError("a bug")]
    scan_pages.ask_page(job_uuid, by=STATION)

    with pytest.raises(ZeroDivisionError):
        station.run_until(lambda: False)


def test_the_service_and_its_children_for_scans_load_no_pymupdf():
    program = (
        "import sys, appliance.bootstrap, appliance.documents.worker, appliance.documents.assemble;"
        "sys.exit('pymupdf' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]
    )

    assert done.returncode == 0


def test_a_scanner_that_cannot_be_described_still_scans(documents, station, scanner, job_uuid):
    def silent(cancelled):
        raise ScanFailed(ScanProblem.IO, "no answer")

    scanner.describe = silent

    assert scan(documents, station, job_uuid) is PageState.KEPT
    assert scanner.requests[0].mode == "Color"
