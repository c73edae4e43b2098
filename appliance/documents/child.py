"""A child process that does one thing and answers; it can be killed from another thread."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

PACKAGE_PARENT = Path(__file__).resolve().parents[2]


class Child:
    """Runs one program after the other, each a process group of its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._ended = False

    @property
    def is_ended(self) -> bool:
        """Whether nothing runs any more, by somebody's will: what fails now is no failure."""
        return self._ended

    def run(
        self, module: str, *arguments: str, order: str = "", timeout_s: float
    ) -> tuple[int, str]:
        """As `run_program`, of ``python -m module``."""
        command = [sys.executable, "-m", module, *arguments]
        return self.run_program(command, order=order, timeout_s=timeout_s)

    def run_program(
        self, command: Sequence[str], *, order: str = "", timeout_s: float
    ) -> tuple[int, str]:
        """Exit code of the program, and what it answered (0) or complained about.

        Blocks until it ends; a child that takes longer is killed, and after `end` none begins.
        """
        with self._lock:
            if self._ended:
                return -signal.SIGKILL, "this process is being stopped"
            process = self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                cwd=PACKAGE_PARENT,
                start_new_session=True,
            )
        try:
            answer, complaint = process.communicate(order, timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            process.communicate()
            return -signal.SIGKILL, f"no answer within {timeout_s:.0f} s"
        return process.returncode, answer if process.returncode == 0 else complaint

    def kill(self) -> None:
        """End what runs now, if anything; `run` then returns."""
        with self._lock:
            if self._process is not None:
                kill_group(self._process)

    def end(self) -> None:
        """Kill what runs and let nothing begin any more."""
        with self._lock:
            self._ended = True
        self.kill()


def kill_group(leader: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """End the process group of a child that was started as its leader; fine when it has ended."""
    if leader.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader.pid, signal.SIGKILL)
