"""The first sheet of a workbook, row by row.

A workbook is a zip file, whose directory may lie: every part is unpacked once and counted before
the reader sees it. What the reader makes of it then may still be any size, so it is a process of
its own.
"""

import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from appliance.errors import N_, Invalid

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
MOST_UNPACKED = 48_000_000
LONGEST_ROW = 1_000_000
MOST_PARTS = 500
_PIECE = 1 << 20
BROKEN = N_("Berkas XLSX ini rusak. Simpan ulang dari lembar kerjanya.")
BOMB = N_("Isi berkas XLSX ini terlalu besar. Bagi menjadi beberapa berkas.")


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number, its cells as texts. Raises Invalid."""
    _check(path)
    command = [sys.executable, "-m", "appliance.catalogue.sheet_child", str(path.resolve())]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=PACKAGE_PARENT,
    )
    try:
        if child.stdout is not None:
            yield from _rows(child.stdout)
        ended = child.wait()
    finally:
        child.kill()
        child.communicate()
    if ended:
        raise Invalid({"file": BOMB if ended < 0 else BROKEN})


def _rows(told: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    left = MOST_UNPACKED
    while line := told.readline(LONGEST_ROW):
        left -= len(line)
        if left < 0 or len(line) == LONGEST_ROW:
            raise Invalid({"file": BOMB})
        if not line.endswith(b"\n"):  # the child ended in the middle of it
            return
        number, cells = json.loads(line)
        yield number, cells


def _check(path: Path) -> None:
    """Raises Invalid for what is no whole zip file, or unpacks to more than we take."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(path) as parts:
            if len(parts.infolist()) > MOST_PARTS:
                raise Invalid({"file": BOMB})
            for part in parts.infolist():
                with parts.open(part) as file:
                    while piece := file.read(_PIECE):
                        left -= len(piece)
                        if left < 0:
                            raise Invalid({"file": BOMB})
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError):
        # RuntimeError: with a password, or packed in a way that zipfile does not know.
        raise Invalid({"file": BROKEN}) from None
