"""Sends PDFs to a print queue of CUPS."""

from collections.abc import Sequence
from pathlib import Path

from appliance.documents.child import Child
from appliance.documents.hand_out_rules import HandOutProblem, print_problem, print_request
from appliance.runtime.logs import get_logger

log = get_logger("documents")
PROGRAM = "lp"
TITLE = "Ruang Baca"  # CUPS shows it to everybody and keeps it: nobody's name, nothing of the file
TIMEOUT_S = 30.0
REASON_CHARS = 300
# A folio page is made smaller to fit, an A4 page stays as it is.
HOW = ("-o", "media=A4", "-o", "print-scaling=auto-fit")


def print_files(child: Child, queue: str, paths: Sequence[Path]) -> HandOutProblem | None:
    """Hand the files to the queue as one job; None when it took them. Blocks for seconds."""
    files = [str(path) for path in paths]
    code, said = child.run_program(
        ["env", "LC_ALL=C", PROGRAM, "-d", queue, "-t", TITLE, *HOW, "--", *files],
        timeout_s=TIMEOUT_S,
    )
    if code != 0:
        log.warning("not printed", code=code, reason=said[-REASON_CHARS:])
        return print_problem(code, said)
    log.info("printed", request=print_request(said))
    return None
