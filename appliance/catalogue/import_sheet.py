"""The first sheet of a workbook, row by row.

A workbook is a zip file, whose directory may lie: every part is unpacked once and counted before
the reader sees it.
"""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import N_, Invalid

MOST_UNPACKED = 48_000_000
MOST_PARTS = 500
MOST_COLUMNS = 100
_PIECE = 1 << 20
BROKEN = N_("Berkas XLSX ini rusak. Simpan ulang dari lembar kerjanya.")
BOMB = N_("Isi berkas XLSX ini terlalu besar. Bagi menjadi beberapa berkas.")


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number, its cells as texts. Raises Invalid."""
    _check(path)
    from python_calamine import CalamineError, load_workbook

    try:
        sheet = load_workbook(str(path)).get_sheet_by_index(0)
        first = (sheet.start or (0, 0))[0] + 1
        for number, row in enumerate(sheet.iter_rows(), start=first):
            yield number, [_text(cell) for cell in row[:MOST_COLUMNS]]
    except (CalamineError, OSError, IndexError, ValueError):
        raise Invalid({"file": BROKEN}) from None


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
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise Invalid({"file": BROKEN}) from None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)
