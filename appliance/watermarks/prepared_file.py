"""One prepared file, made by the child `prepare`; a problem when there is none."""

import json
import signal
from dataclasses import asdict
from pathlib import Path

from appliance.documents.child import Child
from appliance.documents.reserve import has_reserve
from appliance.offices import Office
from appliance.runtime.logs import get_logger
from appliance.watermarks import prepare, rules
from appliance.watermarks.prepare import Order, Prepared
from appliance.watermarks.rules import Problem

log = get_logger("documents")
TIMEOUT_S = prepare.WALL_S + 10  # the child's own alarm comes first
REASON_CHARS = 500
TOO_HEAVY = (-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ)
BROKEN_BY_IT = (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE)


def prepared(child: Child, office: Office, source: Path, target: Path) -> Prepared | Problem:
    """What was made of `source` at `target`, or why nothing was; blocks for minutes at most.

    The problem means nothing where the child was ended by us. No child begins on a file that is
    too large, or that the disk has no room for. Raises OSError where there is no such file.
    """
    size_bytes = source.stat().st_size
    if size_bytes > rules.MOST_BYTES:
        return Problem.TOO_BIG
    if not has_reserve(target.parent, 2 * size_bytes):
        return Problem.DISK_FULL
    order = Order(
        source=str(source),
        target=str(target),
        general=asdict(rules.general(office)),
        parts=list(rules.parts(office)),
        signed=office.policy.mark.signed,
    )
    module = prepare.__name__
    code, answer = child.run(module, order=json.dumps(asdict(order)), timeout_s=TIMEOUT_S)
    if code == 0:
        return Prepared(**json.loads(answer.splitlines()[-1]))
    if not child.is_ended:
        log.warning("file not prepared", code=code, reason=answer[-REASON_CHARS:])
    return problem_of(code, answer)


def problem_of(code: int, complaint: str) -> Problem:
    """What the end of the child says of the file."""
    if code == prepare.REFUSED_EXIT:
        return Problem(complaint.rsplit(maxsplit=1)[-1])
    if "No space left" in complaint:
        return Problem.DISK_FULL
    if code in TOO_HEAVY or "MemoryError" in complaint or "malloc" in complaint:
        return Problem.TOO_HEAVY
    return Problem.DAMAGED if code in BROKEN_BY_IT else Problem.FAILED
