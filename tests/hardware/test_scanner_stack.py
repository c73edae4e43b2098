"""Stacks of paper through SANE's own feeder, and everything that happens to them on the way."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from hardware.interfaces import (
    DeviceError,
    ScanError,
    ScanFailed,
    ScannedPage,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.scanner_sane import SaneScanner
from tests.hardware.conftest import SLOW, wait_until_gone
from tests.hardware.paper_trouble import build_trouble, troubled_program

Build = Callable[..., SaneScanner]
FEEDER = ScanRequest(75, "Gray", "Automatic Document Feeder")


class Tray:
    """Where the sheets of a stack arrive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: list[ScannedPage] = []
        self.progress: list[ScanProgress] = []

    def read(
        self,
        scanner: SaneScanner,
        request: ScanRequest = FEEDER,
        *,
        most: int = 50,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> int:
        return scanner.scan_stack(
            request,
            lambda: self.folder / f"{len(self.pages) + 1}.jpg",
            self.pages.append,
            self.progress.append,
            cancelled,
            most=most,
        )

    def fails(self, scanner: SaneScanner, **how: object) -> ScanProblem:
        with pytest.raises(ScanError) as failure:
            self.read(scanner, **how)
        return failure.value.problem


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where named pipes are made; nothing may stay there."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


@pytest.fixture
def tray(folder: Path, temporary: Path) -> Tray:
    return Tray(folder)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_trouble(tmp_path_factory.mktemp("trouble"))


@pytest.fixture
def troubled(scanner: Build, library: Path, tmp_path: Path) -> Build:
    """Build a scanner in which the plan happens."""

    def build(plan: str, *words: str, **changes: object) -> SaneScanner:
        return scanner(*words, program=troubled_program(library, tmp_path, plan), **changes)

    return build


def test_a_whole_stack_comes_sheet_by_sheet(
    scanner: Build, tray: Tray, folder: Path, temporary: Path
) -> None:
    assert tray.read(scanner("--test-picture=Grid")) == 10

    assert [page.path.name for page in tray.pages] == [f"{number}.jpg" for number in range(1, 11)]
    assert sorted(folder.iterdir()) == sorted(page.path for page in tray.pages)
    assert [done.rows_done for done in tray.progress].count(0) == 10
    with Image.open(tray.pages[-1].path) as last:
        assert (last.mode, last.size) == ("L", (620, 876))
    assert list(temporary.iterdir()) == []


def test_no_more_sheets_are_read_than_wanted(scanner: Build, tray: Tray) -> None:
    assert tray.read(scanner(), most=3) == 3


def test_a_stack_in_black_and_white_is_kept_as_such(scanner: Build, tray: Tray) -> None:
    bilevel = ScanRequest(75, "Gray", FEEDER.source, extra_words=("--depth=1",))

    tray.read(scanner("--test-picture=Grid"), bilevel, most=2)

    assert [page.path.name for page in tray.pages] == ["1.tif", "2.tif"]
    assert all(page.is_bilevel for page in tray.pages)
    with Image.open(tray.pages[0].path) as first:
        assert (first.format, first.mode, first.info["dpi"]) == ("TIFF", "1", (75.0, 75.0))
        assert first.getextrema() == (0, 255)


def test_an_empty_feeder_says_no_document(troubled: Build, tray: Tray, temporary: Path) -> None:
    assert tray.fails(troubled("start 1 0 7")) is ScanProblem.NO_DOCUMENT
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("plan", "problem", "kept"),
    [
        ("read 4 20000 6", ScanProblem.JAMMED, 3),
        ("start 3 0 6", ScanProblem.JAMMED, 2),
        ("start 1 0 8", ScanProblem.COVER_OPEN, 0),
        ("read 2 20000 vanish", ScanProblem.IO, 1),
        ("start 2 0 9", ScanProblem.IO, 1),
        ("read 2 0 10", ScanProblem.NO_MEMORY, 1),
        ("read 2 20000 crash", ScanProblem.DRIVER_CRASH, 1),
        ("read 3 20000 5", ScanProblem.INCOMPLETE, 2),
        ("open 0 0 11", ScanProblem.DENIED, 0),
        ("open 0 0 4", ScanProblem.UNPLUGGED, 0),
        ("open 0 0 3", ScanProblem.BUSY, 0),
    ],
)
def test_what_happens_to_one_sheet_does_not_cost_those_before_it(
    troubled: Build, tray: Tray, temporary: Path, plan: str, problem: ScanProblem, kept: int
) -> None:
    assert tray.fails(troubled(plan)) is problem

    assert len(tray.pages) == kept
    assert sorted(tray.folder.iterdir()) == [page.path for page in tray.pages]
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("plan", ["read 2 20000 hang", "start 2 0 hang"])
def test_a_feeder_that_hangs_is_killed_and_the_sheets_before_stay(
    troubled: Build, tray: Tray, child_pid: Callable[[], int], plan: str
) -> None:
    hanging = troubled(plan, first_byte_s=0.6, next_byte_s=0.6)

    assert tray.fails(hanging) is ScanProblem.STALLED

    assert len(tray.pages) == 1
    assert wait_until_gone(child_pid())


def test_a_stack_can_be_stopped_in_the_middle_of_a_sheet(
    scanner: Build, tray: Tray, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    slow = scanner(
        *SLOW[:2], "--read-delay-duration=100000", program=program('exec scanimage "$@"')
    )

    assert tray.fails(slow, cancelled=lambda: len(tray.pages) == 2) is ScanProblem.CANCELLED

    assert len(tray.pages) == 2
    assert len(list(tray.folder.iterdir())) == 2
    assert wait_until_gone(child_pid())


def test_a_listener_that_has_enough_ends_the_stack(
    scanner: Build, tray: Tray, temporary: Path, program: Callable[[str], str],
    child_pid: Callable[[], int],
) -> None:  # fmt: skip
    class Enough(Exception):
        pass

    def one_is_enough(page: ScannedPage) -> None:
        tray.pages.append(page)
        raise Enough

    with pytest.raises(Enough):
        scanner(program=program('exec scanimage "$@"')).scan_stack(
            FEEDER, lambda: tray.folder / "1.jpg", one_is_enough, lambda _: None, lambda: False,
            most=50,
        )  # fmt: skip

    assert len(tray.pages) == 1
    assert wait_until_gone(child_pid())
    assert list(temporary.iterdir()) == []


def test_a_disk_that_refuses_ends_the_stack_and_is_no_scanner_error(
    scanner: Build, tray: Tray
) -> None:
    tray.folder /= "missing"

    with pytest.raises(FileNotFoundError) as failure:
        tray.read(scanner())

    assert not isinstance(failure.value, DeviceError)


def test_a_driver_that_sends_the_last_sheet_for_ever_is_stopped(
    scanner: Build, tray: Tray, program: Callable[[str], str]
) -> None:
    # The flatbed of the test device never runs out of paper, and gives the same to the last bit.
    endless = ScanRequest(75, "Gray", "Flatbed")

    with pytest.raises(ScanFailed, match="one sheet 12 times"):
        tray.read(scanner(), endless)

    assert len(tray.pages) == 12


def test_a_sheet_may_be_shorter_than_asked_but_not_wider(
    scanner: Build, tray: Tray, program: Callable[[str], str]
) -> None:
    def sheet(width: int, height: int) -> str:
        return program(
            f"""for word; do case $word in --batch=*) out=${{word#--batch=}};; esac; done
            exec > "$(printf "$out" 1).part"
            printf 'P5\\n{width} {height}\\n255\\n'; head -c {width * height} /dev/zero"""
        )

    assert tray.read(scanner(program=sheet(620, 400))) == 1
    assert tray.pages[0].height_px == 400
    assert tray.fails(scanner(program=sheet(700, 400))) is ScanProblem.UNSUPPORTED


def test_not_one_raw_page_is_in_memory(scanner: Build, tray: Tray) -> None:
    held: list[int] = []
    raw_bytes = 2480 * 3507 * 3

    def weigh(*_: object) -> None:
        statm = Path(f"/proc/{os.getpid()}/statm").read_text().split()
        held.append(int(statm[1]) * os.sysconf("SC_PAGE_SIZE"))

    weigh()
    scanner("--test-picture=Color pattern").scan_stack(
        ScanRequest(300, "Color", FEEDER.source),
        lambda: tray.folder / f"{len(held)}.jpg",
        weigh,
        weigh,
        Event().is_set,
        most=2,
    )

    # What libraries keep at their first use is half a page of its own.
    assert max(held) - held[0] < raw_bytes * 3 / 4
