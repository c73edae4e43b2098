"""Stacks of paper through the documents worker, on SANE's own feeder with trouble on the way."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.bootstrap import Core
from appliance.config import ScannerSettings, Settings
from appliance.documents.preset_rules import Preset
from appliance.documents.rules import PageState
from appliance.documents.scan_pages import ScanPages
from appliance.documents.scanners import Scanners
from appliance.documents.service import DocumentsService
from appliance.errors import Refused
from appliance.services import Services
from appliance.storage.models import ScanJob, ScanPage, ScanPreset
from hardware.factory import open_scanner
from hardware.interfaces import ScannerUnavailable, ScanProblem
from hardware.options import SaneScannerOptions
from hardware.sane_config import write_test_config
from tests.documents_kit import STATION, Station, TellableScanner, a_visit, files_of
from tests.hardware.paper_trouble import build_trouble, plan_again, troubled_program

pytestmark = pytest.mark.skipif(
    shutil.which("scanimage") is None, reason="scanimage (sane-utils) is not installed"
)
Build = Callable[..., Station]
TROUBLES = {
    "read 1 20000 6": "jammed",
    "start 1 0 7": "no_document",
    "start 1 0 8": "cover_open",
    "open 0 0 3": "busy",
    "open 0 0 11": "denied",
    "read 1 20000 vanish": "io",
    "read 1 0 10": "no_memory",
    "read 1 20000 crash": "driver_crash",
    "read 1 20000 hang": "stalled",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    scanners = (ScannerSettings(), ScannerSettings(name="atas"))
    return Settings(data=settings.data, port=0, announce=False, scanner=scanners)


@pytest.fixture
def documents(services: Services) -> DocumentsService:
    return services.documents


@pytest.fixture
def job_uuid(core: Core, services: Services) -> str:
    """A job for stacks at 100 dpi."""
    change_preset(core)
    return services.documents.open_job(a_visit(core, services), "email", by=STATION).uuid


def change_preset(core: Core, **values: object) -> None:
    row = {
        "code": "email",
        "label_id": "Setumpuk",
        "label_en": "A stack",
        "resolution_dpi": 100,
        "mode": "Gray",
        "source": "feeder",
        "paper": "a4",
        "changed_at": core.clock.now(),
        "changed_by": "test",
    }
    core.writer.run(lambda: ScanPreset.replace(row | values).execute())


@pytest.fixture
def station(core: Core, tmp_path: Path) -> Iterator[Build]:
    """Start a station whose scanner suffers this trouble."""
    started = []

    def start(plan: str = "", *words: str, **changes: float) -> Station:
        config = write_test_config(tmp_path / "sane")
        program = "scanimage"
        if plan:
            program = troubled_program(build_trouble(tmp_path), tmp_path, plan)
        options = SaneScannerOptions(
            device="test:0", config_dir=config, program=program, extra_options=words,
            busy_waits_s=(), **changes,
        )  # fmt: skip
        started.append(Station(core, open_scanner("sane", options)))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def ask(documents: DocumentsService, station: Station, job_uuid: str, **how: str) -> None:
    station.services.scan_pages.ask_page(job_uuid, by=STATION, **how)
    station.run_until(lambda: documents.job(job_uuid).active is None)


def rows() -> list[ScanPage]:
    return list(ScanPage.select().order_by(ScanPage.id))


def test_every_sheet_of_a_stack_is_a_page_of_one_batch(
    core: Core, documents: DocumentsService, station: Build, job_uuid: str
) -> None:
    ask(documents, station("", "--test-picture=Solid white"), job_uuid)

    pages = rows()
    assert [page.state for page in pages] == [PageState.KEPT] * 10
    assert [page.position for page in pages] == list(range(1, 11))
    assert {page.batch for page in pages} == {pages[0].uuid}
    assert {page.source for page in pages} == {"feeder"}
    assert all(page.is_blank for page in pages)
    assert (pages[9].width_mm, round(pages[9].height_mm)) == (209.8, 297)
    names = {page.image_name for page in pages}
    assert files_of(core, job_uuid) == names | {f"{page.uuid}.small.jpg" for page in pages}


def test_a_jam_costs_the_sheet_that_jammed(
    core: Core, documents: DocumentsService, station: Build, job_uuid: str
) -> None:
    ask(documents, station("read 4 20000 6"), job_uuid)

    job = documents.job(job_uuid)
    assert len(job.pages) == 3
    assert job.failed is not None
    assert "Kertas macet" in job.failed.sentence
    assert len(files_of(core, job_uuid)) == 6


def test_an_empty_feeder_says_so(
    core: Core, documents: DocumentsService, station: Build, job_uuid: str
) -> None:
    ask(documents, station("start 1 0 7"), job_uuid)

    assert [(page.state, page.problem) for page in rows()] == [(PageState.FAILED, "no_document")]
    assert files_of(core, job_uuid) == set()


def test_whatever_befalls_a_page_has_its_sentence_and_the_next_one_scans(
    core: Core, documents: DocumentsService, tmp_path: Path, job_uuid: str
) -> None:
    change_preset(core, source="flatbed")
    program = troubled_program(build_trouble(tmp_path), tmp_path, "", once=True)
    options = SaneScannerOptions(
        device="test:0", config_dir=write_test_config(tmp_path / "sane"), program=program,
        busy_waits_s=(), first_byte_s=5.0, next_byte_s=1.0, end_s=1.0, stop_s=0.5,
    )  # fmt: skip
    station = Station(core, open_scanner("sane", options))
    kept: set[str] = set()
    try:
        for plan, problem in TROUBLES.items():
            plan_again(tmp_path, plan)
            ask(documents, station, job_uuid)
            assert (plan, rows()[-1].problem) == (plan, problem)
            assert documents.job(job_uuid).failed.sentence
            assert files_of(core, job_uuid) == kept

            ask(documents, station, job_uuid)
            assert (plan, rows()[-1].state) == (plan, PageState.KEPT)
            kept = files_of(core, job_uuid)
    finally:
        station.stop()
    assert len(documents.job(job_uuid).pages) == len(TROUBLES)


def test_a_scanner_that_would_not_wake_is_tried_a_second_time(
    core: Core, documents: DocumentsService, tmp_path: Path, job_uuid: str
) -> None:
    program = troubled_program(build_trouble(tmp_path), tmp_path, "open 0 0 4", once=True)
    options = SaneScannerOptions(
        device="test:0", config_dir=write_test_config(tmp_path / "sane"), program=program
    )
    station = Station(core, open_scanner("sane", options))
    try:
        ask(documents, station, job_uuid)
    finally:
        station.stop()

    assert len(documents.job(job_uuid).pages) == 10


def test_a_stack_ends_before_the_disk_is_too_full_for_the_guest_book(
    documents: DocumentsService, station: Build, job_uuid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = station()
    full = shutil.disk_usage("/")._replace(total=100 << 30, free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    monkeypatch.setattr(
        started.services.scan_pages._new._room, "_space", lambda _: (100 << 30, 50 << 30)
    )

    ask(documents, started, job_uuid)

    assert [(page.state, page.problem) for page in rows()] == [
        (PageState.KEPT, None),
        (PageState.FAILED, "disk_full"),
    ]


def test_a_stack_that_is_cancelled_keeps_its_whole_sheets(
    core: Core, documents: DocumentsService, scan_pages: ScanPages, station: Build, job_uuid: str
) -> None:
    slow = ("--test-picture=Solid white", "--read-delay=yes", "--read-delay-duration=100000")
    started = station("", *slow)
    scan_pages.ask_page(job_uuid, by=STATION)
    started.run_until(lambda: len(documents.job(job_uuid).pages) == 2)

    scan_pages.cancel_page(job_uuid, by=STATION)
    started.run_until(lambda: documents.job(job_uuid).active is None)

    states = [page.state for page in rows()]
    assert states[-1] == PageState.CANCELLED
    assert states[:-1] == [PageState.KEPT] * (len(states) - 1)
    assert len(files_of(core, job_uuid)) == 2 * (len(states) - 1)


def test_a_sheet_read_again_takes_its_place_alone(
    documents: DocumentsService, station: Build, job_uuid: str
) -> None:
    started = station()
    ask(documents, started, job_uuid)
    second = documents.job(job_uuid).pages[1].uuid

    ask(documents, started, job_uuid, replaces=second)

    job = documents.job(job_uuid)
    assert len(job.pages) == 10
    assert job.pages[1].replaces == second


def test_black_and_white_is_kept_as_g4_with_a_grey_thumbnail(
    core: Core, documents: DocumentsService, station: Build, job_uuid: str
) -> None:
    change_preset(core, mode="Lineart", source="flatbed")
    ask(documents, station("", "--test-picture=Grid"), job_uuid)

    page = rows()[0]
    assert (page.state, page.mode, page.is_blank) == (PageState.KEPT, "Lineart", False)
    assert files_of(core, job_uuid) == {f"{page.uuid}.tif", f"{page.uuid}.small.jpg"}


def test_what_a_scanner_can_do_is_known_and_asked_again_on_request(
    core: Core, station: Build
) -> None:
    settings = ScannerSettings(driver="sane", device="test:0")
    scanners = Scanners(books=core.books, waker=core.waker, settings=[settings])
    assert scanners.named("pemindai").can("duplex")
    started = station()
    started.run_until(lambda: scanners.all()[0].described_at is not None)

    known = scanners.named("pemindai")
    assert (known.label, known.vendor) == ("frontend-tester", "Noname")
    assert (known.sources, known.can("duplex")) == (("flatbed", "feeder"), False)
    assert known.modes == ("Color", "Gray", "Lineart")
    assert (known.width_mm, known.problem, known.sentence) == (300.0, None, "")
    assert known.shortens(Preset("x", "x", "x", 300, "Gray", paper="f4"))
    assert not known.shortens(Preset("x", "x", "x", 300, "Gray", paper="a4"))


def test_a_scanner_that_is_gone_is_known_to_be_gone_until_it_answers(core: Core) -> None:
    settings = ScannerSettings(driver="sane", device="test:0")
    scanners = Scanners(books=core.books, waker=core.waker, settings=[settings])
    scanner = TellableScanner()
    started = Station(core, scanner)
    try:
        scanner.away = ScannerUnavailable(ScanProblem.UNPLUGGED, "pulled out")
        started.run_until(lambda: scanners.all()[0].problem is not None)
        assert "tidak ditemukan" in scanners.all()[0].sentence

        scanner.away = None
        scanners.ask_again("pemindai", by=STATION)
        assert scanners.all()[0].is_asked
        started.run_until(lambda: not scanners.all()[0].is_asked)

        assert scanners.all()[0].problem is None
        assert scanners.all()[0].model == "tellable"
    finally:
        started.stop()
    with pytest.raises(Refused):
        scanners.ask_again("siapa", by=STATION)


def test_two_scanners_read_for_two_visitors_at_once(core: Core, services: Services) -> None:
    below, above, may_end = TellableScanner(), TellableScanner(), threading.Event()
    below.plan, above.plan = [may_end], [may_end]
    first, second = (
        services.documents.open_job(a_visit(core, services), "email", by=STATION).uuid
        for _ in range(2)
    )
    upstairs = ScanJob.update(scanner="atas").where(ScanJob.uuid == second)
    core.writer.run(upstairs.execute)
    station = Station(core, below, atas=above)
    try:
        for job_uuid in (first, second):
            services.scan_pages.ask_page(job_uuid, by=STATION)
        station.run_until(lambda: {page.state for page in rows()} == {PageState.SCANNING})
        may_end.set()
        station.run_until(lambda: {page.state for page in rows()} == {PageState.KEPT})
    finally:
        may_end.set()
        station.stop()

    assert (len(below.requests), len(above.requests)) == (1, 1)
    assert [page.scanner for page in rows()] == ["pemindai", "atas"]
