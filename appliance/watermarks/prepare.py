"""The child that prepares one publication and ends: ``python -m appliance.watermarks.prepare``.

Reads its order as JSON from standard input, answers in JSON on standard output. It is a process
of its own because publications come from outside, and a PDF can be made to eat a machine.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.documents.child_limits import limit_myself
from appliance.documents.mark_drawing import Drawing

WALL_S = 120
CPU_S = 90
REFUSED_EXIT = 3


@dataclass(frozen=True, slots=True)
class Order:
    """What to prepare, where to, and what every page shall say; `general` as Drawing fields."""

    source: str
    target: str
    general: dict[str, str]
    parts: list[str]
    signed: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made; `plan` as tail.Plan fields."""

    pages: int
    size_bytes: int
    sha256: str
    plan: dict[str, object]


def main() -> int:
    """Prepare; exit code 3 with the problem's code when that cannot be, 1 for anything else.

    The last line of what is said counts: the library may have things to say before.
    """
    limit_myself(wall_s=WALL_S, cpu_s=CPU_S)
    return carry_out(Order(**json.load(sys.stdin)))


def carry_out(order: Order) -> int:
    """As `main`, in the process that calls."""
    from appliance.watermarks.pages import Unpreparable, prepare

    source, target = Path(order.source), Path(order.target)
    try:
        pages, plan = prepare(
            source, target, Drawing(**order.general), tuple(order.parts), signed=order.signed
        )
    except Unpreparable as error:
        print(error.problem, file=sys.stderr)
        return REFUSED_EXIT
    with target.open("rb") as file:
        os.fsync(file.fileno())
    made = Prepared(pages, plan.length, _sha256(target), plan.as_dict())
    json.dump(asdict(made), sys.stdout)
    return 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
