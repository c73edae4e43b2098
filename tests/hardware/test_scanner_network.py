"""Scanners over a network, and scanners known by their model: real saned, real net backend."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.interfaces import ScanFailed, ScannerUnavailable, ScanProblem, ScanRequest
from hardware.sane_config import write_test_config
from hardware.scanner_sane import SaneScanner
from tests.hardware.conftest import WAIT_S, scan, wait_until_gone

Build = Callable[..., SaneScanner]
SANE_PORT = 6566  # the net backend knows no other; each test has an address of its own instead


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a machine that shares SANE's test scanner, and its saned."""
    if shutil.which("saned") is None:
        pytest.skip("saned (Debian: sane-utils) is not installed")
    address = f"127.{os.getpid() % 200 + 20}.{os.getpid() // 200 % 250}.7"
    config = write_test_config(tmp_path / "peer")
    (config / "saned.conf").write_text("127.0.0.0/8\n", encoding="ascii")
    with subprocess.Popen(
        ["saned", "-l", "-e", "-b", address, "-p", str(SANE_PORT)],
        env={**os.environ, "SANE_CONFIG_DIR": str(config)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait_for(address, process)
            yield address, process
        finally:
            os.killpg(process.pid, 9)


@pytest.fixture
def net_config(tmp_path: Path, peer: tuple[str, subprocess.Popen[bytes]]) -> Path:
    folder = tmp_path / "client"
    folder.mkdir()
    (folder / "dll.conf").write_text("net\n", encoding="ascii")
    (folder / "net.conf").write_text(f"connect_timeout = 5\n{peer[0]}\n", encoding="ascii")
    return folder


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end_s = time.monotonic() + WAIT_S
    while process.poll() is None and time.monotonic() < end_s:
        with socket.socket() as probe:
            if probe.connect_ex((address, SANE_PORT)) == 0:
                return
        time.sleep(0.05)
    pytest.skip("saned cannot listen here")


def test_a_scanner_of_another_machine_is_described_and_scans(
    scanner: Build, folder: Path, net_config: Path, peer: tuple[str, object]
) -> None:
    far = scanner(device=f"net:{peer[0]}:test:0", config_dir=net_config)

    described = far.describe()
    assert (described.vendor, described.model) == ("Noname", "frontend-tester")
    assert described.sources == ("Flatbed", "Automatic Document Feeder")
    assert scan(far, folder).width_px == 620

    jammed = scanner(
        "--read-return-value=SANE_STATUS_JAMMED",
        device=f"net:{peer[0]}:test:0",
        config_dir=net_config,
    )
    with pytest.raises(ScanFailed) as failure:
        scan(jammed, folder)
    assert failure.value.problem is ScanProblem.JAMMED


def test_a_machine_that_dies_in_mid_page_does_not_hold_us_for_ever(
    scanner: Build,
    folder: Path,
    net_config: Path,
    peer: tuple[str, subprocess.Popen[bytes]],
    program: Callable[[str], str],
    child_pid: Callable[[], int],
) -> None:
    # The client of SANE spins on a dead connection; only the watch on its bytes ends it.
    slow = ("--test-picture=Solid white", "--read-delay=yes", "--read-delay-duration=100000")
    far = scanner(
        *slow,
        device=f"net:{peer[0]}:test:0",
        config_dir=net_config,
        next_byte_s=1.0,
        program=program('exec scanimage "$@"'),
    )

    with pytest.raises((ScanFailed, ScannerUnavailable)) as failure:
        scan(far, folder, ScanRequest(150), lambda _: os.killpg(peer[1].pid, 9))

    assert failure.value.problem in (ScanProblem.STALLED, ScanProblem.IO, ScanProblem.INCOMPLETE)
    assert list(folder.iterdir()) == []
    assert wait_until_gone(child_pid())


def test_a_scanner_is_found_by_its_model_wherever_it_was_plugged_in(
    scanner: Build, folder: Path, tmp_path: Path
) -> None:
    config = write_test_config(tmp_path / "ports")
    by_model = scanner(device="", match="noname FRONTEND", config_dir=config)

    assert by_model.describe().device == "test:0"
    assert scan(by_model, folder).width_px == 620


def test_a_scanner_that_comes_back_under_another_name_is_found_again(
    scanner: Build, folder: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    moved = program(
        """case "$1" in --device-name=test:0)
        echo "scanimage: open of device test:0 failed: Invalid argument" >&2; exit 1;; esac
        exec scanimage "$@" """
    )
    config = write_test_config(tmp_path / "ports")
    by_model = scanner(device="", match="frontend-tester", config_dir=config, program=moved)
    assert by_model.describe().device == "test:0"
    (config / "dll.conf").write_text("", encoding="ascii")

    with pytest.raises(ScannerUnavailable) as failure:
        scan(by_model, folder)
    assert failure.value.problem is ScanProblem.UNPLUGGED

    (config / "dll.conf").write_text("test\n", encoding="ascii")
    assert by_model.describe().device == "test:0"
