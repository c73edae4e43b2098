"""What the health page and /healthz say of the disk and of the scanners."""

import shutil
from typing import NamedTuple

import pytest

from appliance.bootstrap import Core
from appliance.documents.scanner_book import ScannerBook
from appliance.health.checks import HealthService, State
from appliance.services import Services
from tests.documents_kit import TellableScanner

GIB = 1 << 30


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("total", "free", "state"),
    [
        (250 * GIB, 80 * GIB, State.OK),
        (250 * GIB, 3 * GIB, State.OK),  # few per cent of a large disk are still plenty
        (16 * GIB, GIB // 2, State.DEGRADED),
        (30 << 20, 21 << 20, State.DEGRADED),
        (16 * GIB, 10 << 20, State.FAILING),
    ],
)
def test_the_disk_is_judged_by_what_is_left_for_scans_and_for_the_guest_book(
    services: Services, monkeypatch: pytest.MonkeyPatch, total: int, free: int, state: State
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(total, total - free, free))

    (disk,) = (check for check in services.health.report().checks if check.name == "disk")

    assert disk.state is state


def test_a_scanner_that_is_gone_is_told_until_it_answers(core: Core) -> None:
    book, removed = (ScannerBook(books=core.books, name=name) for name in ("meja", "dahulu"))
    health = HealthService(
        database=core.database,
        data_dir=core.settings.data_dir,
        clock=core.clock,
        waker=core.waker,
        scanners=["meja"],
    )

    def told() -> list[State]:
        return [check.state for check in health.report().checks if check.name == "scanners"]

    removed.failed("unplugged")
    assert told() == []
    book.failed("unplugged")
    assert told() == [State.DEGRADED]
    book.described(TellableScanner().description)
    assert told() == [State.OK]
