"""The child that makes the PDFs of one job and ends: ``python -m appliance.documents.assemble``.

Reads its order as JSON from standard input, answers in JSON on standard output. It is a process
of its own because it reads pictures, and so that making a large file can be cut short.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from appliance.documents.child_limits import limit_myself
from appliance.documents.mark_drawing import Drawing
from appliance.documents.pdf import DamagedPage, Leaf, build
from appliance.storage.files import FULL

WALL_S = 120
MEMORY_BYTES = 256 << 20  # one page at a time; the largest a scanner makes is a tenth of it
DAMAGED_EXIT = 3
FULL_EXIT = 4


@dataclass(frozen=True, slots=True)
class PartOrder:
    """One PDF: where, its title, and its pages as `pdf.Leaf` fields."""

    target: str
    title: str
    pages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a PartOrder."""

    pages: int
    size_bytes: int
    sha256: str


def main() -> int:
    """Make the PDFs; exit code 3 when a page is not what was scanned, 4 when the disk is full."""
    # Not behind other work: somebody stands at the station and waits for it.
    limit_myself(wall_s=WALL_S, memory_bytes=MEMORY_BYTES, niceness=0)
    try:
        sys.stdout.write(answer(sys.stdin.read()))
    except (DamagedPage, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return DAMAGED_EXIT
    except OSError as error:
        print(error, file=sys.stderr)
        return FULL_EXIT if error.errno in FULL else 1
    return 0


def answer(written: str) -> str:
    """Make what is ordered; the answer. Raises DamagedPage, or OSError."""
    order = json.loads(written)
    mark = Drawing(**order["mark"]) if order.get("mark") else None
    made = [_make(PartOrder(**part), order["footer"], mark) for part in order["parts"]]
    return json.dumps([asdict(each) for each in made])


def _make(part: PartOrder, footer: str, mark: Drawing | None) -> Made:
    target = Path(part.target)
    leaves = [_leaf(page) for page in part.pages]
    with target.open("wb") as file:
        sha256 = build(leaves, file, title=part.title, footer=footer, mark=mark)
        file.flush()
        os.fsync(file.fileno())
    return Made(len(leaves), target.stat().st_size, sha256)


def _leaf(page: dict[str, Any]) -> Leaf:
    text = page.pop("text", None)
    return Leaf(**{**page, "path": Path(page["path"]), "text": Path(text) if text else None})


if __name__ == "__main__":
    sys.exit(main())
