"""The checkout as the tests of this folder see it."""

import functools
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("appliance", "hardware", "web")


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """Every file that git tracks or would add, so that a fault is seen before it is committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is committed cannot be told")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def tracked(*suffixes: str) -> list[Path]:
    """The tracked files whose names end so."""
    return [path for path in tracked_files() if path.name.endswith(suffixes)]


def name(path: Path) -> str:
    """A path as a person would type it in the checkout."""
    return path.relative_to(ROOT).as_posix()
