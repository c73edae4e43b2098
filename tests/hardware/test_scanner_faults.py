"""Every way in which a page can fail to come: the scanner, its driver, and its child."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from hardware import scanner_sane
from hardware.interfaces import (
    ScanFailed,
    ScannerBusy,
    ScannerUnavailable,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)
from hardware.scanner_sane import SaneScanner
from tests.hardware.conftest import SLOW, WAIT_S, scan, wait_until_gone

PATTERN = "--test-picture=Color pattern"

Build = Callable[..., SaneScanner]


def test_a_frozen_scanner_is_stalled_and_killed(
    scanner: Build, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    slow = scanner(*SLOW, next_byte_s=0.4, program=program('exec scanimage "$@"'))

    with pytest.raises(ScanFailed) as failure:
        scan(slow, folder, ScanRequest(300), lambda _: os.kill(child_pid(), signal.SIGSTOP))

    assert failure.value.problem is ScanProblem.STALLED
    assert list(folder.iterdir()) == []
    assert wait_until_gone(child_pid())


def test_a_killed_driver_is_a_crash(
    scanner: Build, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    slow = scanner(*SLOW, program=program('exec scanimage "$@"'))

    with pytest.raises(ScanFailed) as failure:
        scan(slow, folder, ScanRequest(300), lambda _: os.kill(child_pid(), signal.SIGKILL))

    assert failure.value.problem is ScanProblem.DRIVER_CRASH
    assert list(folder.iterdir()) == []


def test_an_end_of_file_at_once_is_no_page(scanner: Build, folder: Path) -> None:
    with pytest.raises(ScanFailed) as failure:
        scan(scanner("--read-return-value=SANE_STATUS_EOF", next_byte_s=0.5), folder)

    # scanimage ends with 0 here, unless sanei_thread hangs, which it does now and then.
    assert failure.value.problem in (ScanProblem.INCOMPLETE, ScanProblem.STALLED)


def test_a_short_page_is_incomplete(
    scanner: Build, folder: Path, program: Callable[[str], str]
) -> None:
    short = program("printf 'P5\\n620 876\\n255\\n'; head -c 100000 /dev/zero")

    with pytest.raises(ScanFailed, match="161 of 876 rows") as failure:
        scan(scanner(program=short), folder)

    assert failure.value.problem is ScanProblem.INCOMPLETE
    assert list(folder.iterdir()) == []


def test_padded_rows_are_incomplete_rather_than_skewed(scanner: Build, folder: Path) -> None:
    with pytest.raises(ScanFailed) as failure:
        scan(scanner("--ppl-loss=5"), folder)

    assert failure.value.problem is ScanProblem.INCOMPLETE


@pytest.mark.parametrize(
    "words", [("--no-such-option",), ("--depth=16",), ("--resolution=50",)], ids=lambda w: w[0]
)
def test_what_the_scanner_cannot_do_is_unsupported(
    scanner: Build, folder: Path, words: tuple[str, ...]
) -> None:
    with pytest.raises(ScanFailed) as failure:
        scan(scanner(*words), folder)

    assert failure.value.problem is ScanProblem.UNSUPPORTED


def test_a_vanished_device_is_unplugged(scanner: Build, folder: Path) -> None:
    with pytest.raises(ScannerUnavailable) as failure:
        scan(scanner(device="test:9"), folder)

    assert failure.value.problem is ScanProblem.UNPLUGGED
    assert not failure.value.permanent


def test_a_sleeping_scanner_is_opened_a_second_time(
    scanner: Build, folder: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    drowsy = program(
        f"""if [ ! -e {tmp_path}/awake ]; then touch {tmp_path}/awake
        echo "scanimage: open of device test:0 failed: Invalid argument" >&2; exit 1; fi
        exec scanimage "$@" """
    )

    assert scan(scanner(program=drowsy), folder).width_px == 620


def test_a_busy_scanner_is_asked_again_and_then_given_up(
    scanner: Build, folder: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    busy = program(
        f"""echo asked >> {tmp_path}/asked
        echo "scanimage: open of device test:0 failed: Device busy" >&2; exit 1"""
    )

    with pytest.raises(ScannerBusy):
        scan(scanner(program=busy, busy_waits_s=(0.05, 0.05)), folder)

    assert (tmp_path / "asked").read_text().count("asked") == 3


def test_waiting_for_a_busy_scanner_can_be_cancelled(
    scanner: Build, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    busy = program("echo 'scanimage: open of device x failed: Device busy' >&2; exit 1")
    answers = iter([False])

    with pytest.raises(ScanFailed) as failure:
        scan(
            scanner(program=busy, busy_waits_s=(WAIT_S,)),
            folder,
            cancelled=lambda: next(answers, True),
        )

    assert failure.value.problem is ScanProblem.CANCELLED


def test_a_second_scan_in_this_process_is_told_at_once(scanner: Build, folder: Path) -> None:
    shared, begun, done = scanner(*SLOW), Event(), Event()
    failures: list[ScanFailed] = []

    def scan_until_done() -> None:
        try:
            scan(shared, folder, ScanRequest(300), lambda _: begun.set(), done.is_set)
        except ScanFailed as failure:
            failures.append(failure)

    thread = Thread(target=scan_until_done)
    thread.start()
    assert begun.wait(WAIT_S)

    with pytest.raises(ScannerBusy):
        scan(shared, folder)

    done.set()
    thread.join(WAIT_S)
    assert failures[0].problem is ScanProblem.CANCELLED


@pytest.mark.parametrize(
    "body",
    [
        "echo $$ > helper; exec sleep 300",
        "echo $$ > helper; trap '' INT; sleep 300; sleep 300",
        "sleep 300 & echo $! > helper; wait",
    ],
    ids=["silent", "deaf", "with a helper"],
)
def test_a_hanging_child_is_killed_in_time(
    scanner: Build,
    folder: Path,
    program: Callable[[str], str],
    child_pid: Callable[[], int],
    body: str,
) -> None:
    helper = folder.parent / "helper"
    hanging = scanner(program=program(body.replace("helper", str(helper))), first_byte_s=0.3)
    started_s = time.monotonic()

    with pytest.raises(ScanFailed) as failure:
        scan(hanging, folder)

    assert failure.value.problem is ScanProblem.STALLED
    assert time.monotonic() - started_s < 60, "it sleeps for five minutes"
    assert wait_until_gone(child_pid())
    assert wait_until_gone(int(helper.read_text()))


def test_a_driver_that_hangs_after_the_last_row_does_not_cost_the_page(
    scanner: Build, folder: Path, program: Callable[[str], str]
) -> None:
    lingering = program('scanimage "$@"; exec sleep 300')

    assert scan(scanner(program=lingering, end_s=0.3), folder).height_px == 876


def test_a_driver_that_hangs_after_its_last_words_does_not_cost_the_reason(
    scanner: Build, folder: Path, program: Callable[[str], str]
) -> None:
    jammed = program("echo 'scanimage: sane_read: Document feeder jammed' >&2; exec sleep 300")
    started_s = time.monotonic()

    with pytest.raises(ScanFailed) as failure:
        scan(scanner(program=jammed, end_s=0.3), folder)

    assert failure.value.problem is ScanProblem.JAMMED
    assert time.monotonic() - started_s < 60, "it sleeps for five minutes"


def test_an_endless_standard_error_does_not_block_the_page(
    scanner: Build, folder: Path, program: Callable[[str], str]
) -> None:
    chatty = program('head -c 1000000 /dev/zero >&2; exec scanimage "$@"')

    assert scan(scanner(program=chatty), folder).height_px == 876


def test_a_failing_listener_ends_the_scan_and_leaves_nothing(
    scanner: Build, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    def fail(progress: ScanProgress) -> None:
        raise RuntimeError("no room for progress")

    with pytest.raises(RuntimeError, match="no room"):
        scan(scanner(*SLOW, program=program('exec scanimage "$@"')), folder, on_progress=fail)

    assert list(folder.iterdir()) == []
    assert wait_until_gone(child_pid())


def test_a_missing_scanimage_is_absent_for_good(scanner: Build, folder: Path) -> None:
    with pytest.raises(ScannerUnavailable) as failure:
        scan(scanner(program="no-such-scanimage"), folder)

    assert failure.value.problem is ScanProblem.ABSENT
    assert failure.value.permanent


def test_a_killed_process_takes_its_frozen_child_along(
    sane_config: Path, folder: Path, program: Callable[[str], str], child_pid: Callable[[], int]
) -> None:
    code = f"""
from pathlib import Path
from hardware.interfaces import ScanRequest
from hardware.options import SaneScannerOptions
from hardware.scanner_sane import SaneScanner
options = SaneScannerOptions(device="test:0", program={program("exec sleep 300")!r})
SaneScanner(options).scan(ScanRequest(), Path({str(folder)!r}) / "p.jpg", print, lambda: False)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=scanner_sane.PACKAGE_PARENT) as process:
        deadline_s = time.monotonic() + WAIT_S
        while not (folder.parent / "pid").exists() and time.monotonic() < deadline_s:
            time.sleep(0.02)
        process.kill()

    assert wait_until_gone(child_pid())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("exec sleep 300", ScanProblem.STALLED),
        ("kill -SEGV $$", ScanProblem.DRIVER_CRASH),
        ("exit 1", ScanProblem.IO),
    ],
)
def test_a_description_that_does_not_come_is_a_problem_in_time(
    scanner: Build,
    program: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    problem: ScanProblem,
) -> None:
    monkeypatch.setattr(sys, "executable", program(body))

    with pytest.raises(ScanFailed) as failure:
        scanner(describe_s=0.3).describe()

    assert failure.value.problem is problem


def test_asking_what_a_scanner_can_do_can_be_cancelled(
    scanner: Build,
    program: Callable[[str], str],
    child_pid: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", program("exec sleep 300"))
    answers = iter([False, False])

    with pytest.raises(ScanFailed) as failure:
        scanner(describe_s=300.0).describe(lambda: next(answers, True))

    assert failure.value.problem is ScanProblem.CANCELLED
    assert wait_until_gone(child_pid())
