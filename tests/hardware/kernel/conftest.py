"""Runs the tests of this folder in a guest kernel, and there gives them its devices.

In the guest only: a simulated header with the flight recorder of its lines. Nothing that needs a
device is imported on this machine.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hardware.kernel import both_sides, image

if TYPE_CHECKING:
    from tests.hardware.kernel.chips import SimChip
    from tests.hardware.kernel.flight import FlightRecorder

FOLDER = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kernel: runs in a guest kernel")
    config.addinivalue_line("markers", "boots: stays on this machine and boots guests itself")
    config.addinivalue_line("markers", "under_systemd: needs systemd as the guest's process 1")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not both_sides.is_guest():
        items[:] = [
            both_sides.as_guest_test(item) if FOLDER in item.path.parents else item
            for item in items
        ]


@pytest.fixture
def kernel() -> Path:
    """For tests that boot guests themselves."""
    found = image.find()
    if found is None:
        pytest.skip(image.how_to_get())
    return found


@pytest.fixture
def disk(tmp_path) -> Path:
    """An empty file system for the appliance's data."""
    mkfs = shutil.which("mke2fs", path="/sbin:/usr/sbin:/bin:/usr/bin")
    if mkfs is None:
        pytest.skip("mke2fs (Debian: e2fsprogs) is not installed")
    path = tmp_path / "disk"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    subprocess.run([mkfs, "-q", "-t", "ext4", path], check=True)
    return path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    if any(isinstance(item, both_sides.GuestTest) for item in session.items):
        problem = both_sides.build_if_wanted()
        if problem:
            raise pytest.UsageError(problem)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if both_sides.is_guest():
        both_sides.say(report)


@pytest.fixture(scope="session")
def header() -> "SimChip":
    """The 40-pin header of a Pi 4, simulated once a boot."""
    from tests.hardware.kernel.chips import SimChip

    return SimChip.plug_in("header", label="pinctrl-bcm2711", lines=54)


@pytest.fixture
def flight(header: "SimChip") -> Iterator["FlightRecorder"]:
    """What happens to the header's lines from here on."""
    from tests.hardware.kernel.flight import FlightRecorder

    with FlightRecorder(header.base) as recorder:
        yield recorder
