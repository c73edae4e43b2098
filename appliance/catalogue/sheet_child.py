"""The child that reads a workbook: ``python -m appliance.catalogue.sheet_child FILE``.

It writes the rows of the first sheet, each as a line ``[number, [cell, ...]]`` of JSON. Its reader
lays out every cell between the first and the last one, so a small file can ask for any memory:
this process ends then, and not the one that serves the room.
"""

import datetime as dt
import json
import resource
import sys
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 512 << 20
CPU_S = 60
FIRST_TO_GO = "900"  # of 1000: when memory runs out, the child goes and its parent stays
MOST_COLUMNS = 100
LONGEST_CELL = 32_767  # of Excel itself
BROKEN = 3
"""The exit code for a file that is no workbook."""


def main() -> int:
    """Write the rows; any exit code but 0 means that they are not whole."""
    limit_myself()
    from python_calamine import CalamineError, load_workbook

    try:
        sheet = load_workbook(sys.argv[1]).get_sheet_by_index(0)
        first = (sheet.start or (0, 0))[0] + 1
        for number, row in enumerate(sheet.iter_rows(), start=first):
            json.dump([number, [text(cell) for cell in row[:MOST_COLUMNS]]], sys.stdout)
            sys.stdout.write("\n")
    except BrokenPipeError:
        raise
    except (CalamineError, OSError, IndexError, ValueError):
        return BROKEN
    return 0


def limit_myself() -> None:
    """Let this process end, rather than the machine suffer."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def text(cell: object) -> str:
    """The cell as a person would have typed it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)[:LONGEST_CELL]


if __name__ == "__main__":
    sys.exit(main())
