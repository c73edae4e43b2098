"""Cuts a guest's power in the middle of something, and boots it again on the same disk."""

import json
import select
import time
from pathlib import Path
from typing import Any

from tests.hardware.kernel.machine import CHECKOUT, booted, run_in_guest

LIMIT_S = 120.0
GUEST = "tests.hardware.kernel.power_cut_guest"
"""A module whose `main` is called with "before" or "after" in the guest."""


def cut_off(
    kernel: Path,
    disk: Path,
    folder: Path,
    *,
    said: str,
    after_s: float,
    module: str = GUEST,
    systemd: bool = False,
) -> None:
    """Run until the guest has said this and some time has passed, then cut the power."""
    program = _program(folder, module, "before")
    with booted(kernel, program, disk=disk, systemd=systemd) as guest:
        heard = b""
        until_s = time.monotonic() + LIMIT_S
        while said.encode() + b"\r" not in heard:
            assert time.monotonic() < until_s, heard.decode(errors="replace")
            if select.select([guest.stdout], [], [], 1.0)[0]:
                chunk = guest.stdout.read1()
                assert chunk, heard.decode(errors="replace")
                heard += chunk
        time.sleep(after_s)


def next_start(
    kernel: Path, disk: Path, folder: Path, *, module: str = GUEST, systemd: bool = False
) -> dict[str, Any]:
    """Boot on the same disk and start the process again; returns what it found."""
    program = _program(folder, module, "after")
    lines = run_in_guest(kernel, program, timeout_s=LIMIT_S, disk=disk, systemd=systemd)
    answers = [line for line in lines if line.startswith("found: ")]
    assert answers, "\n".join(lines)
    return json.loads(answers[0].removeprefix("found: "))


def _program(folder: Path, module: str, what: str) -> Path:
    path = folder / f"{what}.py"
    path.write_text(
        f"import sys\nsys.path.insert(0, {str(CHECKOUT)!r})\n"
        f"from {module} import main\nmain({what!r})\n"
    )
    return path
