"""The test kernel: where it lies, and whether one may be built now."""

import os
import subprocess
from pathlib import Path

BUILD = Path(__file__).with_name("build")
SYSTEMD = Path("/usr/lib/systemd/systemd")
FLAG = "RUANGBACA_KERNEL_TESTS"
# As it was at the start: the tests take our words out of the environment, where the product would
# take them for settings.
ENVIRONMENT = dict(os.environ)


def wanted() -> str:
    """The flag: "" runs the tests with a kernel that is there already, "1" builds one first.

    "full" is "1" and also runs those that need systemd; "0" runs none of them.
    """
    return ENVIRONMENT.get(FLAG, "")


def find() -> Path | None:
    """The kernel built from the present recipe; None when there is none, or none is wanted."""
    if wanted() == "0":
        return None
    place = _ask("--where")
    return Path(place.stdout.strip()) if place.returncode == 0 else None


def build() -> str:
    """Build it unless it is there; return why it cannot be, empty when it is there.

    Blocks for about 6 minutes on two quiet cores.
    """
    built = _ask()
    return "" if built.returncode == 0 else built.stderr.strip().rpartition("\n")[2]


def how_to_get() -> str:
    """What to do to have the tests run, as one line."""
    if wanted() == "0":
        return f"{FLAG}=0"
    if problem := _ask("--where").stderr.strip():
        return problem
    packages = _ask("--packages")
    return (
        f"no test kernel yet: apt-get install {packages.stdout.strip()}, then set {FLAG}=1"
        " (builds for about 6 minutes, once)"
    )


def without_systemd() -> str:
    """Why the tests that need systemd in the guest do not run; empty when they do."""
    if wanted() != "full":
        return f"the unit under the guest's systemd takes minutes: only with {FLAG}=full"
    return "" if SYSTEMD.exists() else "missing: apt-get install systemd"


def _ask(*words: str) -> subprocess.CompletedProcess[str]:
    command = [BUILD, *words]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
