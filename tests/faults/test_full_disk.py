"""A card without a free byte: the doors still open, the second time at the latest."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.actor import SYSTEM
from appliance.core import Core
from appliance.errors import Unavailable
from appliance.services import Services
from appliance.staff.rules import TOUCH_EVERY_S
from tests.fakes import FakeClock

ROOT = Path(__file__).resolve().parents[2]
ON_A_SMALL_DISK = """
import contextlib, sys
from pathlib import Path
from appliance.actor import Actor
from appliance.bootstrap import build_services
from appliance.config import Settings
from appliance.core import open_core
from appliance.errors import Unavailable
from appliance.lockers.rules import Outcome
from appliance.storage import ballast

folder = Path(sys.argv[1])
ballast.AMPLE_BYTES = 2 * ballast.SIZE_BYTES
core = open_core(Settings(data=str(folder)))
services = build_services(core)
services.lockers.sync_bank({number: True for number in range(1, 49)}, by=Actor.staff("a", "admin"))
assert (folder / "ballast").exists()
with contextlib.suppress(OSError), (folder / "stranger").open("wb", buffering=0) as stranger:
    while True:
        stranger.write(b"x" * 65536)
with contextlib.suppress(OSError), (folder / "stranger2").open("wb", buffering=0) as stranger:
    while True:
        stranger.write(b"x")

officer, refused, opened = Actor.staff("petugas", "officer"), 0, 0
for number in range(1, 49):
    for _ in range(2):
        try:
            services.lockers.open_for(number, by=officer, reason="kartu penuh")
            opened += 1
            break
        except Unavailable:
            refused += 1
assert opened == 48, opened
assert 1 <= refused <= 2, refused
assert not (folder / "ballast").exists()
waiting = [tile.command.outcome for tile in services.lockers.wall()]
assert len(waiting) == 48 and Outcome.OPENED not in waiting
core.close()
print("48 doors")
"""


def test_doors_open_on_a_full_card(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or _run(unshare, "true").returncode != 0:
        pytest.skip("a file system of one's own cannot be mounted here (unshare --mount refused)")
    program = tmp_path / "small_disk.py"
    program.write_text(ON_A_SMALL_DISK)
    mounted = tmp_path / "disk"
    mounted.mkdir()

    ended = _run(
        unshare,
        f"mount -t tmpfs -o size=24m tmpfs {mounted} && exec {sys.executable} {program} {mounted}",
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "48 doors\n"


def _run(unshare: str, script: str) -> subprocess.CompletedProcess[str]:
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return subprocess.run(
        [unshare, *as_root, "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT)},
    )


def test_a_full_card_shuts_no_staff_out_and_lets_nobody_in(
    services: Services, clock: FakeClock, core: Core, monkeypatch
) -> None:
    word = "kuda besi lari pagi"
    services.staff.add("sari", "Sari Dewi", "officer", word, by=SYSTEM)
    token = services.staff.login("sari", word, client="192.168.4.20")

    def full(*_args: object, **_more: object) -> None:
        raise Unavailable("penuh")

    monkeypatch.setattr(core.writer, "run", full)
    clock.advance(2 * TOUCH_EVERY_S)
    assert services.staff.session(token) is not None

    clock.advance(24 * 3600)
    assert services.staff.session(token) is None
