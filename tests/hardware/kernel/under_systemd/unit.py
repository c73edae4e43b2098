"""The lockers' own unit under the guest's systemd, and what its process does to the lines."""

import fcntl
import os
import pwd
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.doors_process import COILS, SETTINGS, Doors

NAME = "ruangbaca-lockers"
USER = "ruangbaca"
DATA = Path("/var/lib/ruangbaca")
CONFIG = Path("/etc/ruangbaca/ruangbaca.toml")
STARTS = Path("/run/ruangbaca/starts")
DOOR, COIL = 3, COILS[2]
"""The door without a sensor: nobody has to play a door that opens."""
WAIT_S = 90.0
"""Two starts of Python for `lockers safe` and one for the process, on a busy machine."""
RNDADDENTROPY = 0x40085203


class LockersUnit(Doors):
    """What `systemctl` and the product's own folders tell of the unit."""

    def __init__(self, header: SimChip) -> None:
        super().__init__(DATA, CONFIG)
        self._header = header
        CONFIG.write_text(SETTINGS.format(data=DATA))
        # What udev does on a Raspberry Pi.
        shutil.chown(f"/dev/gpiochip{header.number}", group="gpio")
        Path(f"/dev/gpiochip{header.number}").chmod(0o660)
        _end_the_wait_for_chance()

    def do(self, *words: str) -> None:
        """Tell systemd something and wait until it is done, as a person at a terminal would."""
        done = subprocess.run(
            ["systemctl", *words], capture_output=True, text=True, check=False, timeout=WAIT_S
        )
        assert done.returncode == 0, f"{done.stderr}\n{self.log()}"

    def start(self) -> None:
        """Have it run; returns after its READY=1."""
        self.do("start", NAME)

    def says(self, name: str) -> str:
        """One of the unit's properties."""
        command = ["systemctl", "show", "--property", name, "--value", NAME]
        return subprocess.check_output(command, text=True).strip()

    @property
    def process(self) -> int:
        """The main process; 0 when there is none."""
        return int(self.says("MainPID"))

    def starts(self) -> list[str]:
        """Every start of the product since `forget`: its words, and how the run before ended.

        The latter is there only after an end, as in "lockers safe watchdog".
        """
        lines = STARTS.read_text().splitlines() if STARTS.exists() else []
        return [line.strip() for line in lines]

    def forget(self) -> None:
        """Begin `starts` anew."""
        STARTS.unlink(missing_ok=True)

    def begin_pulse(self) -> None:
        """Ask for the door as the web process does; returns in mid-pulse."""
        with _as_user():
            self.ask(DOOR)
        self.until(lambda: self._header.line(COIL).level == 1, "the coil is not driven")

    def send(self, number: signal.Signals) -> int:
        """Send the signal to the main process; returns which that was."""
        process = self.process
        os.kill(process, number)
        return process

    def run_again_after(self, process: int) -> None:
        """Wait until systemd has brought up another one by itself."""
        self.until(
            lambda: self.says("ActiveState") == "active" and self.process not in (0, process),
            "the unit is not active again",
        )

    def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until it holds."""
        until_s = time.monotonic() + WAIT_S
        while not holds():
            assert time.monotonic() < until_s, f"{otherwise}\n{self.log()}"
            time.sleep(0.01)

    def log(self) -> str:
        """The newest words of systemd and of the unit."""
        lines = subprocess.check_output(["dmesg"], text=True).splitlines()
        return "\n".join(lines[-40:])


@contextmanager
def _as_user() -> Iterator[None]:
    """What is written meanwhile is the appliance's own, and what it may not do fails."""
    os.environ["RUANGBACA_RUN"] = "/run/ruangbaca"
    user = pwd.getpwnam(USER)
    os.setegid(user.pw_gid)
    os.seteuid(user.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def _end_the_wait_for_chance() -> None:
    """A guest has no source of chance, and `secrets` would wait for one; nothing is secret here."""
    with Path("/dev/random").open("wb") as pool:
        fcntl.ioctl(pool, RNDADDENTROPY, struct.pack("ii32s", 256, 32, bytes(32)))
