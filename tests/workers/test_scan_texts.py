"""Words of scans that can be searched: read in the background, never in the way of the PDF."""

import hashlib
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from appliance.documents import read_page
from appliance.documents.rules import TextState
from appliance.documents.scan_texts import NO_PROGRAM, NOT_OFFERED, ScanTexts
from appliance.documents.word_table import words_of
from appliance.errors import NotFound, Refused
from appliance.storage.models import Journal, ScanFile, ScanPage
from hardware.page_file import write_page
from tests.documents_kit import (
    STATION,
    Station,
    TellableScanner,
    at_rest,
    encoded,
    files_of,
    made_pdf,
    scan,
)

TABLE = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    "1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t\n"
    "5\t1\t1\t1\t1\t1\t100\t200\t300\t100\t96.1\tPenduduk\n"
    "5\t1\t1\t1\t1\t2\t420\t200\t200\t100\t12.0\t|.,\n"
    "5\t1\t1\t1\t1\t3\t420\t200\t200\t100\t95.0\tPasaman\n"
)
SENTENCE = "Jumlah penduduk Pasaman menurut kecamatan"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is missing")


def put_program(folder: Path, monkeypatch, script: str) -> None:
    """A `tesseract` that is found before the machine's own."""
    program = folder / "bin" / read_page.PROGRAM
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """A reader of words that finds the same two on every page, at once."""
    (tmp_path / "table.tsv").write_text(TABLE)
    put_program(tmp_path, monkeypatch, f"cat > {tmp_path}/page.pgm; cat {tmp_path}/table.tsv")


@pytest.fixture
def texts(services) -> ScanTexts:
    return services.scan_texts


def text_of(path: Path) -> str:
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout


@needs_poppler
@pytest.mark.usefixtures("quick")
def test_the_pdf_is_there_first_and_the_words_come_after(
    core, documents, scan_files, station, texts, job_uuid, tmp_path
):
    for _ in range(2):
        scan(documents, station, job_uuid)
    change = {"turned": 90, "crop": "10,0,200,400"}
    core.writer.run(lambda: ScanPage.update(change).execute())
    made_pdf(documents, station, job_uuid)
    visit_id = documents.job(job_uuid).visit_id
    before = scan_files.pdf_file(visit_id, job_uuid)
    pictures = pdf_pictures(before.path, tmp_path / "before")

    texts.ask(job_uuid, by=STATION)
    assert documents.job(job_uuid).is_reading
    assert scan_files.pdf_file(visit_id, job_uuid) == before
    station.run_until(lambda: at_rest(documents.job(job_uuid)))

    job, after = documents.job(job_uuid), scan_files.pdf_file(visit_id, job_uuid)
    assert (job.text_state, job.text_pages) == (TextState.READY, 2)
    assert text_of(after.path).count("Penduduk Pasaman") == 2
    assert after.sha256 == hashlib.sha256(after.path.read_bytes()).hexdigest() != before.sha256
    assert after.download_name == before.download_name
    assert pdf_pictures(after.path, tmp_path / "after") == pictures
    station.run_until(
        lambda: not [name for name in files_of(core, job_uuid) if "text.json" in name]
    )
    assert {name for name in files_of(core, job_uuid) if name.endswith("pdf")} == {after.path.name}
    # What was read is the page as it is seen: turned, cut, grey, and not enlarged to 150 dpi.
    with Image.open(tmp_path / "page.pgm") as seen:
        assert (seen.mode, seen.size) == ("L", (400, 190))


def pdf_pictures(pdf: Path, folder: Path) -> list[bytes]:
    folder.mkdir()
    subprocess.run(["pdfimages", "-all", pdf, folder / "p"], check=True)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


@pytest.mark.parametrize(
    ("script", "reason"), [("exit 1", "an error"), ("kill -SEGV $$", "a crash")]
)
def test_a_reader_that_fails_leaves_the_pdf_and_can_be_asked_again(
    core, documents, scan_files, station, texts, job_uuid, tmp_path, monkeypatch, script, reason
):
    put_program(tmp_path, monkeypatch, script)
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    before = scan_files.pdf_file(documents.job(job_uuid).visit_id, job_uuid)

    texts.ask(job_uuid, by=STATION)
    station.run_until(lambda: at_rest(documents.job(job_uuid)))

    assert documents.job(job_uuid).text_state is TextState.FAILED
    assert scan_files.pdf_file(documents.job(job_uuid).visit_id, job_uuid) == before
    texts.ask(job_uuid, by=STATION)
    assert documents.job(job_uuid).text_state is TextState.WAITING


def test_one_page_that_cannot_be_read_does_not_cost_the_others(
    core, documents, station, texts, job_uuid, tmp_path, monkeypatch
):
    (tmp_path / "table.tsv").write_text(TABLE)
    once = (
        f"mkdir {tmp_path}/first 2>/dev/null && exit 1; cat > /dev/null; cat {tmp_path}/table.tsv"
    )
    put_program(tmp_path, monkeypatch, once)
    for _ in range(2):
        scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)

    texts.ask(job_uuid, by=STATION)
    station.run_until(lambda: at_rest(documents.job(job_uuid)))

    assert documents.job(job_uuid).text_state is TextState.READY


def test_a_job_thrown_away_is_read_no_further(
    core, documents, station, texts, job_uuid, tmp_path, monkeypatch
):
    begun = tmp_path / "begun"
    put_program(
        tmp_path, monkeypatch, f"echo $$ > {begun}.draft; mv {begun}.draft {begun}; exec sleep 60"
    )
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    texts.ask(job_uuid, by=STATION)
    station.run_until(begun.exists)
    child = Path("/proc", begun.read_text().strip())

    documents.discard(job_uuid, by=STATION)

    station.run_until(lambda: not (core.settings.scans_dir / job_uuid).exists())
    station.run_until(lambda: not child.exists())
    assert not (core.settings.scans_dir / job_uuid).exists()
    assert documents.job(job_uuid).text_state is not TextState.READY


@pytest.mark.usefixtures("quick")
def test_an_interrupted_reading_goes_on_where_it_was(
    core, documents, texts, scanner, job_uuid, tmp_path, monkeypatch
):
    station = Station(core, scanner)
    for _ in range(3):
        scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    again = (
        f"mkdir {tmp_path}/a 2>/dev/null || exec sleep 60; cat >/dev/null; cat {tmp_path}/table.tsv"
    )
    put_program(tmp_path, monkeypatch, again)
    texts.ask(job_uuid, by=STATION)
    station.run_until(lambda: documents.job(job_uuid).text_pages == 1)
    station.stop()
    assert documents.job(job_uuid).is_reading

    put_program(
        tmp_path,
        monkeypatch,
        f"echo x >> {tmp_path}/reads; cat >/dev/null; cat {tmp_path}/table.tsv",
    )
    station = Station(core, scanner)
    station.run_until(lambda: at_rest(documents.job(job_uuid)))
    station.stop()

    assert documents.job(job_uuid).text_state is TextState.READY
    assert (tmp_path / "reads").read_text().count("x") == 2
    assert ScanFile.get().name == "scan-1-text.pdf"


def test_where_it_is_not_offered_or_not_there_people_are_told(core, services, job_uuid):
    def made(**how) -> ScanTexts:
        return ScanTexts(books=core.books, waker=core.waker, office=core.office, **how)

    missing = made(find=lambda program: None)

    assert (missing.is_offered, missing.obstacle) == (True, NO_PROGRAM)
    with pytest.raises(Refused, match="belum terpasang"):
        missing.ask(job_uuid, by=STATION)
    off = made()
    off._office = replaced(core.office, policy=replaced(core.office.policy, scan_text=False))
    assert (off.is_offered, off.obstacle) == (False, NOT_OFFERED)


def replaced(struct, **values):
    return type(struct)(
        **{name: getattr(struct, name) for name in struct.__struct_fields__} | values
    )


def test_only_the_own_visit_may_ask_and_asking_twice_is_once(core, services, documents, job_uuid):
    texts = ScanTexts(
        books=core.books, waker=core.waker, office=core.office, find=lambda program: program
    )
    visit_id = documents.job(job_uuid).visit_id

    with pytest.raises(NotFound):
        texts.ask(job_uuid, by=STATION, visit_id=visit_id + 1)
    for _ in range(2):
        texts.ask(job_uuid, by=STATION, visit_id=visit_id)

    assert Journal.select().where(Journal.action == "scan.text_asked").count() == 1


def test_the_table_of_words_is_read_and_nonsense_is_passed_over():
    words = words_of("nonsense\n" + TABLE + "5\t1\t1\t1\t1\t4\tx\t0\t0\t0\t96\tWord\n5\t1\n")

    assert [word.text for word in words] == ["Penduduk", "Pasaman"]
    assert (words[0].left, words[0].top, words[0].width, words[0].height) == (100, 100, 300, 50)
    assert words_of("") == []


@needs_poppler
@pytest.mark.slow
@pytest.mark.skipif(shutil.which(read_page.PROGRAM) is None, reason="tesseract is missing")
def test_tesseract_itself_reads_a_turned_page(core, documents, scan_files, texts, job_uuid):
    station = Station(core, PrintingScanner())
    try:
        scan(documents, station, job_uuid)
        core.writer.run(lambda: ScanPage.update(turned=90).execute())
        made_pdf(documents, station, job_uuid)

        texts.ask(job_uuid, by=STATION)
        station.run_until(lambda: at_rest(documents.job(job_uuid)))
    finally:
        station.stop()

    assert documents.job(job_uuid).text_state is TextState.READY
    made = scan_files.pdf_file(documents.job(job_uuid).visit_id, job_uuid)
    assert SENTENCE in text_of(made.path)


class PrintingScanner(TellableScanner):
    """Its page has one printed sentence, and was laid on the glass sideways."""

    def scan(self, request, target, on_progress, cancelled):
        page = Image.new("L", (900, 300), 255)
        font = ImageFont.load_default(size=36)
        ImageDraw.Draw(page).text((40, 100), SENTENCE, fill=0, font=font)
        return write_page(encoded(page.rotate(90, expand=True)), target, resolution_dpi=200)
