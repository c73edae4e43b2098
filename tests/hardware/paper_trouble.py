"""Builds the library that makes trouble in SANE, and the scan program it is preloaded into."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("paper_trouble.c")


def build_trouble(folder: Path) -> Path:
    """The library, built by gcc; skips the test where there is none."""
    gcc = shutil.which("gcc")
    if gcc is None:
        pytest.skip("gcc is not installed, which builds the trouble for SANE")
    library = folder / "paper_trouble.so"
    subprocess.run(
        [gcc, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True
    )
    return library


def troubled_program(library: Path, folder: Path, plan: str, *, once: bool = False) -> str:
    """A scan program in which this happens, as `paper_trouble.c` reads it; its id goes to `pid`.

    With `once` it is well again after its next run, and `plan_again` makes further trouble.
    """
    path = folder / "troubled-scanimage"
    plan_again(folder, plan)
    forget = f'rm -f "{folder}/plan"' if once else ":"
    path.write_text(
        f"""#!/bin/sh
echo $$ > "{folder}/pid"
plan=$(cat "{folder}/plan" 2>/dev/null)
{forget}
exec env TROUBLE="$plan" LD_PRELOAD="{library}" scanimage "$@"
"""
    )
    path.chmod(0o755)
    return str(path)


def plan_again(folder: Path, plan: str) -> None:
    """Let this happen in the next run of the troubled program of this folder."""
    (folder / "plan").write_text(plan)
