"""The product as people start it: `ruangbaca demo`, four real processes, a free port."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

START_S = 60
STOP_S = 15
READY = "Ruang Baca siap: "


@dataclass(frozen=True)
class Demo:
    """A running demonstration: its address, data folder and parent process."""

    url: str
    data: Path
    process: subprocess.Popen[str]

    def resident_mb(self) -> dict[str, float]:
        """Resident memory of each of the four, in MB, by process name."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                arguments = (folder / "cmdline").read_bytes().decode().split("\0")
                if f"--with-parent={self.process.pid}" in arguments:
                    pages = int((folder / "statm").read_text().split()[1])
                    found[arguments[-2]] = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        return found


@contextlib.contextmanager
def running_demo(data: Path, office: str) -> Iterator[Demo]:
    """Start a demonstration, wait until it says that it is ready, stop it with Ctrl-C."""
    with (data.parent / f"{data.name}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "appliance", "demo", f"--data={data}", f"--office={office}"]
            + [f"--listen=127.0.0.1:{_free_port()}"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    with process:
        try:
            yield Demo(_ready_address(process, Path(log.name)), data, process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _ready_address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    guard = threading.Timer(START_S, process.kill)
    guard.start()
    try:
        line = process.stdout.readline()
    finally:
        guard.cancel()
    assert line.startswith(READY), f"not ready: {line!r}\n{log.read_text()}"
    return line.removeprefix(READY).strip()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
