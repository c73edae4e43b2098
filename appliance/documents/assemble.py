"""The child that makes one PDF and ends: ``python -m appliance.documents.assemble``.

Reads its order as JSON from standard input, answers in JSON on standard output. It is a process
of its own because PyMuPDF costs 48 MB, holds the interpreter while it works, and reads files.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.documents.child_limits import limit_myself

WALL_S = 120
DAMAGED_EXIT = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: the pages as `pdf.Leaf` fields, and where."""

    target: str
    title: str
    footer: str
    pages: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    pages: int
    size_bytes: int
    sha256: str


def main() -> int:
    """Make the PDF; exit code 3 when a page is not what was scanned, 1 for anything else."""
    limit_myself(wall_s=WALL_S)
    order = Order(**json.load(sys.stdin))
    from appliance.documents.pdf import DamagedPage, Leaf, build

    leaves = [
        Leaf(**{**page, "path": Path(str(page["path"]))})  # type: ignore[arg-type]
        for page in order.pages
    ]
    target = Path(order.target)
    try:
        build(leaves, target, title=order.title, footer=order.footer)
    except (DamagedPage, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return DAMAGED_EXIT
    json.dump(asdict(_synced(target, len(leaves))), sys.stdout)
    return 0


def _synced(target: Path, pages: int) -> Made:
    with target.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256")
    return Made(pages, target.stat().st_size, digest.hexdigest())


if __name__ == "__main__":
    sys.exit(main())
