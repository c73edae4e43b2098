"""What a child that opens PDFs or pictures may use of the machine; called by the child itself."""

import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 1 << 30
CPU_S = 60
FILE_BYTES = 1 << 30
NICENESS = 10
FIRST_TO_GO = "900"  # of 1000: when memory runs out, the child goes and its parent stays


def limit_myself(
    *,
    wall_s: int,
    cpu_s: int = CPU_S,
    memory_bytes: int = MEMORY_BYTES,
    niceness: int = NICENESS,
) -> None:
    """Let this process end, rather than the machine suffer, beyond these; for good.

    `wall_s` 0 sets no alarm: a child that waits for orders is watched by its parent.
    """
    with suppress(PermissionError):  # the units of systemd let no process change its niceness
        os.nice(niceness)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    signal.alarm(wall_s)
