"""What every scanner promises, whatever is behind it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.absent import AbsentScanner
from hardware.interfaces import (
    DeviceUnavailable,
    DocumentScanner,
    ScanError,
    ScannerDescription,
    ScanProblem,
    ScanRequest,
)
from hardware.scanner_sane import SaneScanner


@pytest.fixture(params=["sane unplugged", "none"])
def missing(request: pytest.FixtureRequest, scanner: Callable[..., SaneScanner]) -> DocumentScanner:
    return AbsentScanner() if request.param == "none" else scanner(device="test:9")


@pytest.fixture(params=["sane"])
def present(request: pytest.FixtureRequest, scanner: Callable[..., SaneScanner]) -> DocumentScanner:
    return scanner()


def test_a_scanner_that_is_not_there_says_so_to_every_call(
    missing: DocumentScanner, tmp_path: Path
) -> None:
    calls = (
        missing.describe,
        lambda: missing.scan(ScanRequest(75), tmp_path / "p.jpg", lambda _: None, lambda: False),
    )
    for call in calls:
        with pytest.raises(ScanError) as failure:
            call()
        assert failure.value.problem in (ScanProblem.UNPLUGGED, ScanProblem.ABSENT)
        assert isinstance(failure.value, DeviceUnavailable)
        assert isinstance(failure.value, ConnectionError)
    assert list(tmp_path.iterdir()) == []


def test_a_scanner_describes_what_it_can_do(present: DocumentScanner) -> None:
    description = present.describe()

    assert isinstance(description, ScannerDescription)
    assert all(isinstance(dpi, int) for dpi in description.resolutions_dpi)
    assert description.max_width_mm > 0


def test_a_page_is_the_file_that_its_description_names(
    present: DocumentScanner, tmp_path: Path
) -> None:
    target = tmp_path / "page.jpg"
    rows: list[int] = []

    page = present.scan(ScanRequest(75), target, lambda p: rows.append(p.rows_done), lambda: False)

    assert page.path == target
    assert page.size_bytes == target.stat().st_size
    assert list(tmp_path.iterdir()) == [target]
    assert (rows[0], rows[-1]) == (0, page.height_px)


def test_a_scan_cancelled_before_it_began_leaves_nothing(
    present: DocumentScanner, tmp_path: Path
) -> None:
    with pytest.raises(ScanError) as failure:
        present.scan(ScanRequest(75), tmp_path / "page.jpg", lambda _: None, lambda: True)

    assert failure.value.problem is ScanProblem.CANCELLED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "values",
    [
        {"resolution_dpi": 99999},
        {"resolution_dpi": 0},
        {"width_mm": 9999},
        {"height_mm": 0},
        {"mode": "--format=tiff"},
        {"source": ""},
        {"source": "Flat\nbed"},
    ],
)
def test_an_absurd_request_cannot_be_made(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"is not"):
        ScanRequest(**values)
