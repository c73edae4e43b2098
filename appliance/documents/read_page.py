"""The child that reads the words of one page: ``python -m appliance.documents.read_page``.

Its arguments are the picture and what `pdf.Leaf` says of it. It makes a small grey copy, in
memory, and then becomes Tesseract, whose answer is a table of words: so the limits stay, there is
one process to kill, and Python's memory is free again before the work begins.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO, NoReturn

from appliance.documents.child_limits import limit_myself
from appliance.documents.looks import box_of
from appliance.documents.shrinking import shrunk

PROGRAM = "tesseract"
LANGUAGES = "ind+eng"
READ_DPI = 150  # half the time of 300, and more words right where the print is noisy
WALL_S = 180  # a page of small print takes a Pi 20 s, and longer where other work goes first
CPU_S = 150
NO_PROGRAM_EXIT = 4
OPTIONS = ("--dpi", str(READ_DPI), "-l", LANGUAGES, "-c", "tessedit_create_tsv=1")


def main() -> int:
    """Returns only when there is nothing to become; else the exit code is Tesseract's."""
    limit_myself(wall_s=WALL_S, cpu_s=CPU_S)
    path, resolution_dpi, turned, crop = sys.argv[1:]
    program = shutil.which(PROGRAM)
    if program is not None:
        _become(program, _grey_copy(Path(path), int(resolution_dpi), int(turned), crop))
    return NO_PROGRAM_EXIT


def _grey_copy(path: Path, resolution_dpi: int, turned: int, crop: str) -> int:
    # In memory and without a name: whatever kills us, no copy of the page stays anywhere.
    copy = os.memfd_create("page")
    with open(copy, "wb", closefd=False) as file:
        _write_grey(path, resolution_dpi, turned, crop, file)
    return copy


def _become(program: str, page: int) -> NoReturn:
    os.lseek(page, 0, os.SEEK_SET)
    os.dup2(page, 0)
    # More threads than one make it three times slower on two cores.
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    os.execve(program, [program, "stdin", "stdout", *OPTIONS], environment)  # noqa: S606


def _write_grey(path: Path, resolution_dpi: int, turned: int, crop: str, file: BinaryIO) -> None:
    from PIL import Image

    with Image.open(path) as page:
        share = min(READ_DPI / resolution_dpi, 1.0)
        small = shrunk(page, box_of(crop, page.size), share, "L", Image.Resampling.BOX)
        small.rotate(-turned, expand=True).save(file, "PPM")


if __name__ == "__main__":
    sys.exit(main())
