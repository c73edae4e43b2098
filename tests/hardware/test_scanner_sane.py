"""Pages from SANE's own test device."""

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from hardware.interfaces import (
    DeviceBusy,
    DeviceError,
    DeviceFault,
    DeviceUnavailable,
    ScanError,
    ScanFailed,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.scanner_sane import SaneScanner
from tests.hardware.conftest import SLOW, scan, wait_until_gone

PATTERN = "--test-picture=Color pattern"

Build = Callable[..., SaneScanner]


def test_a_colour_page_at_300_dpi_is_a_jpeg_of_the_right_pixels(
    scanner: Build, folder: Path
) -> None:
    page = scan(scanner(PATTERN), folder, ScanRequest(300, "Color", "Flatbed", 210.0, 297.0))

    data = page.path.read_bytes()
    assert (page.width_px, page.height_px, page.resolution_dpi) == (2480, 3507, 300)
    assert page.size_bytes == len(data)
    assert page.sha256 == hashlib.sha256(data).hexdigest()
    with Image.open(page.path) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (2480, 3507))
        assert image.info["dpi"] == (300, 300)
        assert len(image.resize((64, 64)).getcolors(4096)) > 16
    assert list(folder.iterdir()) == [page.path]


def test_a_grey_page_stays_grey(scanner: Build, folder: Path) -> None:
    page = scan(scanner("--test-picture=Solid white"), folder, ScanRequest(75, "Gray"))

    with Image.open(page.path) as image:
        assert image.mode == "L"
        assert image.getextrema() == (255, 255)


def test_progress_rises_row_by_row_and_not_too_often(scanner: Build, folder: Path) -> None:
    seen: list[tuple[float, ScanProgress]] = []

    slow = scanner(PATTERN, "--read-delay=yes", "--read-delay-duration=40000")
    page = scan(
        slow,
        folder,
        ScanRequest(150, height_mm=150),
        lambda progress: seen.append((time.monotonic(), progress)),
    )

    rows = [progress.rows_done for _, progress in seen]
    assert rows == sorted(rows)
    assert (rows[0], rows[-1]) == (0, page.height_px)
    assert len(set(rows)) >= 4
    assert {progress.rows_total for _, progress in seen} == {page.height_px}
    assert len(seen) <= 5 * (seen[-1][0] - seen[0][0]) + 3


def test_cancelling_in_mid_page_leaves_nothing(
    scanner: Build, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    begun = Event()
    slow = scanner(*SLOW, program=program('exec scanimage "$@"'))

    with pytest.raises(ScanFailed) as failure:
        scan(slow, folder, ScanRequest(300), lambda _: begun.set(), begun.is_set)

    assert failure.value.problem is ScanProblem.CANCELLED
    assert list(folder.iterdir()) == []
    assert wait_until_gone(child_pid())


@pytest.mark.parametrize(
    ("status", "problem", "family"),
    [
        ("UNSUPPORTED", ScanProblem.UNSUPPORTED, DeviceFault),
        ("CANCELLED", ScanProblem.CANCELLED, DeviceFault),
        ("DEVICE_BUSY", ScanProblem.BUSY, DeviceBusy),
        ("INVAL", ScanProblem.IO, DeviceFault),
        ("JAMMED", ScanProblem.JAMMED, DeviceFault),
        ("NO_DOCS", ScanProblem.NO_DOCUMENT, DeviceFault),
        ("COVER_OPEN", ScanProblem.COVER_OPEN, DeviceFault),
        ("IO_ERROR", ScanProblem.IO, DeviceFault),
        ("NO_MEM", ScanProblem.NO_MEMORY, DeviceFault),
        ("ACCESS_DENIED", ScanProblem.DENIED, DeviceUnavailable),
    ],
)
def test_every_status_of_a_read_has_its_problem(
    scanner: Build, folder: Path, status: str, problem: ScanProblem, family: type[DeviceError]
) -> None:
    with pytest.raises(ScanError) as failure:
        scan(scanner(f"--read-return-value=SANE_STATUS_{status}"), folder)

    assert failure.value.problem is problem
    assert isinstance(failure.value, family)
    assert list(folder.iterdir()) == []


def test_an_empty_feeder_says_no_document(scanner: Build, folder: Path) -> None:
    feeder = scanner("--read-return-value=SANE_STATUS_NO_DOCS")

    with pytest.raises(ScanFailed) as failure:
        scan(feeder, folder, ScanRequest(75, source="Automatic Document Feeder"))

    assert failure.value.problem is ScanProblem.NO_DOCUMENT


def test_a_page_that_cannot_be_written_is_no_scanner_error(scanner: Build, folder: Path) -> None:
    with pytest.raises(FileNotFoundError) as failure:
        scan(scanner(), folder / "missing")

    assert not isinstance(failure.value, DeviceError)


def test_a_page_that_cannot_be_put_in_place_leaves_no_part(scanner: Build, folder: Path) -> None:
    (folder / "page.jpg" / "in the way").mkdir(parents=True)

    with pytest.raises(IsADirectoryError):
        scan(scanner(), folder)

    assert [path.name for path in folder.iterdir()] == ["page.jpg"]


def test_the_test_device_describes_itself(scanner: Build) -> None:
    description = scanner().describe()

    assert (description.device, description.vendor, description.model) == (
        "test:0",
        "Noname",
        "frontend-tester",
    )
    assert description.sources == ("Flatbed", "Automatic Document Feeder")
    assert description.modes == ("Gray", "Color")
    assert description.resolutions_dpi == (75, 100, 150, 200, 300, 400, 600, 1200)
    assert (description.max_width_mm, description.max_height_mm) == (300.0, 300.0)


def test_describing_loads_no_libsane_here(scanner: Build) -> None:
    scanner().describe()

    assert "sane" not in sys.modules
    assert "libsane" not in Path("/proc/self/maps").read_text()
