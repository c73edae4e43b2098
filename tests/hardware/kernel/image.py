"""The test kernel: where it lies, and whether one may be built now."""

import os
import subprocess
from pathlib import Path

BUILD = Path(__file__).with_name("build")
FLAG = "RUANGBACA_KERNEL_TESTS"


def wanted() -> str:
    """The flag: "" runs the tests with a kernel that is there already, "1" builds one first.

    "full" also builds the disk of the tests with systemd.
    """
    return os.environ.get(FLAG, "")


def find() -> Path | None:
    """The kernel built from the present recipe; None when there is none."""
    place = subprocess.run([BUILD, "--where"], capture_output=True, text=True, check=False)
    return Path(place.stdout.strip()) if place.returncode == 0 else None


def build() -> str:
    """Build it unless it is there; return why it cannot be, empty when it is there.

    Blocks for about 6 minutes on two quiet cores.
    """
    built = subprocess.run([BUILD], capture_output=True, text=True, check=False)
    return "" if built.returncode == 0 else built.stderr.strip().rpartition("\n")[2]


def how_to_get() -> str:
    """What to do to have the tests run, as one line."""
    place = subprocess.run([BUILD, "--where"], capture_output=True, text=True, check=False)
    if place.stderr:
        return place.stderr.strip()
    packages = subprocess.run([BUILD, "--packages"], capture_output=True, text=True, check=False)
    return (
        f"no test kernel yet: apt-get install {packages.stdout.strip()}, then set {FLAG}=1"
        " (builds for about 6 minutes, once)"
    )
