"""A running `ruangbaca demo`, as a person at a terminal has it."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from appliance.runtime.probe import healthz

ROOT = Path(__file__).resolve().parents[1]
NAMES = {"web", "lockers", "documents", "sync"}
READY = re.compile(r"Ruang Baca siap: http://([^/]+)/\n")


def clean_environment() -> dict[str, str]:
    """This environment without settings of the person who runs the tests, and without the hub's."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("RUANGBACA_")}
    paths = [str(ROOT / "tests" / "only_on_a_pi"), own.get("PYTHONPATH", "")]
    return own | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run(*words: str | Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """`ruangbaca WORDS`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "appliance", *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env=clean_environment() | env,
    )


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_until(what: Callable[[], object], seconds: float = 20) -> None:
    """Return when `what` holds; AssertionError when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


class RunningDemo:
    """Starts in the constructor; `wait_ready` gives the address of the one ready line."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.port = free_port()
        self.stderr_path = data.with_name(f"{data.name}-{self.port}.stderr")
        with self.stderr_path.open("wb") as stderr:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "appliance", "demo", f"--data={data}"),
                    *(f"--listen=127.0.0.1:{self.port}", *words),
                ],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                cwd=ROOT,
                env=clean_environment(),
                start_new_session=True,
            )

    def wait_ready(self) -> str:
        assert self.process.stdout is not None
        found = READY.fullmatch(self.process.stdout.readline())
        assert found, f"no ready line:\n{self.stderr}"
        return found[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stderr(self) -> str:
        return self.stderr_path.read_text()

    def pids(self) -> dict[str, int]:
        """The living children by name; also those whose parent has gone."""
        mark, found = f"--config={self.data}/demo.toml", {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_text().split("\0")
                if mark in words and (folder / "stat").read_text().split(")")[1][1] != "Z":
                    found[words[-2]] = int(folder.name)
        return found

    def resident_mb(self) -> dict[str, float]:
        """Resident memory of each of the four, in MB."""
        page_mb = os.sysconf("SC_PAGE_SIZE") / 1e6
        return {
            name: int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page_mb
            for name, pid in self.pids().items()
        }

    def is_whole(self) -> bool:
        """Whether all four processes answer."""
        said = healthz("127.0.0.1", self.port, timeout_s=5)
        if said is None or set(said["degraded"]) - {"scanners"}:  # those have more patience
            return False
        return set(self.pids()) == NAMES

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Send the signal and wait; gives the exit code and what else stood on stdout."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest

    def end(self) -> None:
        """Whatever happened: nobody is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for pid in self.pids().values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
