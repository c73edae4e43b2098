"""The power goes in the middle of a door command: the next start explains it and opens nothing.

The guest is killed between two of its instructions, so whatever it had not brought to its disk is
lost. What a real disk does with its own cache is not tried here.
"""

import json
import random
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.hardware.kernel.machine import CHECKOUT, booted, run_in_guest

pytestmark = [pytest.mark.boots, pytest.mark.slow]
LIMIT_S = 120.0


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


def test_a_cut_in_mid_pulse_leaves_a_command_nobody_carries_on(kernel, disk, tmp_path):
    cut_off(kernel, disk, tmp_path, said="coil on", after_s=0.2)

    found = next_start(kernel, disk, tmp_path)

    assert found["integrity"] == [["ok"]]
    assert found["commands"] == [[1, "interrupted"]]
    assert found["report"] == [["power_cut"]]
    assert ["interrupted"] in found["lines"]
    assert found["levels"] == [0]


@pytest.mark.parametrize("round_", range(2))
def test_a_cut_at_any_moment_of_a_command_ends_in_a_known_state(kernel, disk, tmp_path, round_):
    chance = random.Random(round_)
    cut_off(kernel, disk, tmp_path, said="asking", after_s=chance.uniform(0.0, 1.5))

    found = next_start(kernel, disk, tmp_path)

    assert found["integrity"] == [["ok"]]
    assert found["commands"] in ([], [[0, "expired"]], [[1, "interrupted"]], [[1, "sent"]])
    assert found["report"] == [["power_cut"]]
    assert found["levels"] == [0]


def cut_off(kernel: Path, disk: Path, folder: Path, *, said: str, after_s: float) -> None:
    """Run until the guest has said this and some time has passed, then cut the power."""
    with booted(kernel, _program(folder, "before"), disk=disk) as guest:
        heard = b""
        until_s = time.monotonic() + LIMIT_S
        while said.encode() + b"\r" not in heard:
            assert time.monotonic() < until_s, heard.decode(errors="replace")
            if select.select([guest.stdout], [], [], 1.0)[0]:
                chunk = guest.stdout.read1()
                assert chunk, heard.decode(errors="replace")
                heard += chunk
        time.sleep(after_s)


def next_start(kernel: Path, disk: Path, folder: Path) -> dict[str, list]:
    """Boot on the same disk and start the process again; returns what it found."""
    lines = run_in_guest(kernel, _program(folder, "after"), timeout_s=LIMIT_S, disk=disk)
    answers = [line for line in lines if line.startswith("found: ")]
    assert answers, "\n".join(lines)
    return json.loads(answers[0].removeprefix("found: "))


def _program(folder: Path, what: str) -> Path:
    path = folder / f"{what}.py"
    module = "tests.hardware.kernel.power_cut_guest"
    path.write_text(
        f"import sys\nsys.path.insert(0, {str(CHECKOUT)!r})\n"
        f"from {module} import main\nmain({what!r})\n"
    )
    return path
