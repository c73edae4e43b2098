"""Each of the four processes alone: what it loads, what it tells systemd, how it ends."""

import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running_demo import NAMES, ROOT, clean_environment, free_port, wait_until

FORBIDDEN = {
    "web": {"gpiozero", "lgpio", "sane", "pymupdf", "hardware"},
    "lockers": {"flask", "zeroconf", "pymupdf", "sane", "waitress", "_hashlib", "ssl"},
    "documents": {"flask", "zeroconf", "gpiozero", "lgpio", "sane", "pymupdf", "waitress"},
    "sync": {"flask", "zeroconf", "pymupdf", "gpiozero", "sane", "hardware", "waitress"},
}
# Runs the process for real; when it says that it is ready, names what it has loaded and stops it.
HARNESS = """
import os, signal, sys
from appliance.__main__ import run
from appliance.runtime import systemd

def notify(*lines):
    if "READY=1" in lines:
        loaded = {name.partition(".")[0] for name, module in sys.modules.items() if module}
        print(" ".join(sorted(loaded)), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
    return True

systemd.notify = notify
sys.exit(run(sys.argv[1:]))
"""


def environment(data: Path) -> dict[str, str]:
    file = data.with_name(f"{data.name}.toml")
    file.write_text('[[lockers.bank]]\ndriver = "simulated"\ndoors = "1-12"\n')
    return clean_environment() | {
        "RUANGBACA_CONFIG": str(file),
        "RUANGBACA_DATA": str(data),
        "RUANGBACA_HOST": "127.0.0.1",
        "RUANGBACA_PORT": str(free_port()),
        "RUANGBACA_SCANNER__DRIVER": "sane",
        "RUANGBACA_SCANNER__DEVICE": "test:0",
    }


@contextmanager
def running(name: str, data: Path, **env: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=environment(data) | env,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def service_manager(folder: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "notify"))
        listening.settimeout(20)
        yield listening


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_process_loads_nothing_of_the_others_and_stops_cleanly(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HARNESS, name],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=environment(tmp_path),
    )

    loaded = set(done.stdout.split())
    assert done.returncode == 0, done.stderr
    assert "appliance" in loaded, "the process never said that it was ready"
    assert loaded & FORBIDDEN[name] == set()
    assert f"{name}: stopped" in done.stderr


@pytest.mark.parametrize("name", sorted(NAMES))
def test_systemd_hears_ready_watchdog_and_stopping(name: str, tmp_path: Path) -> None:
    with service_manager(tmp_path) as manager:
        notify = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with running(name, tmp_path / "data", **notify) as process:
            heard = [manager.recv(100).decode() for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            while heard[-1] != "STOPPING=1":
                heard.append(manager.recv(100).decode())
            process.communicate(timeout=60)

    assert heard[0] == "READY=1"
    assert set(heard[1:-1]) == {"WATCHDOG=1"}
    assert process.returncode == 0


def no_beginning(line: str) -> bool:
    return "in _run_module_as_main" not in line


def test_a_signal_dumps_every_thread(tmp_path: Path) -> None:
    with running("sync", tmp_path) as process:
        wait_until((tmp_path / "run" / "sync.sock").exists)
        process.send_signal(signal.SIGUSR1)
        assert process.stdout is not None
        # The dump may come before the loop runs: where the main thread began is always its end.
        lines = list(itertools.takewhile(no_beginning, process.stdout))

    assert any("Thread 0x" in line or "Current thread" in line for line in lines)


def test_the_same_process_runs_once_on_a_folder(tmp_path: Path) -> None:
    with running("lockers", tmp_path) as first:
        wait_until((tmp_path / "run" / "lockers.sock").exists)
        with running("lockers", tmp_path) as second:
            said, _ = second.communicate(timeout=60)

        assert second.returncode == 1
        assert said.count("\n") == 1
        assert "'lockers' sudah berjalan" in said
        assert first.poll() is None


def test_an_unexpected_failure_on_a_thread_ends_the_process(tmp_path: Path) -> None:
    code = """
import os, sys, threading
from appliance.__main__ import run
from appliance.runtime import systemd
def notify(*lines):
    if "READY=1" in lines:
        threading.Thread(target=lambda: int("Siti Aminah")).start()
    return True
systemd.notify = notify
sys.exit(run(["sync"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=environment(tmp_path),
    )

    assert done.returncode == 1
    assert "a thread failed" in done.stderr
    assert "ValueError" in done.stderr
    assert "Siti" not in done.stderr
    assert not os.path.exists(tmp_path / "run" / "sync.sock")
