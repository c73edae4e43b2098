"""What a child that opens PDFs or pictures may use of the machine; called by the child itself."""

import os
import resource
import signal

MEMORY_BYTES = 1 << 30
CPU_S = 60
FILE_BYTES = 1 << 30
NICENESS = 10


def limit_myself(*, wall_s: int, cpu_s: int = CPU_S, memory_bytes: int = MEMORY_BYTES) -> None:
    """Let this process end, rather than the machine suffer, beyond these; for good.

    `wall_s` 0 sets no alarm: a child that waits for orders is watched by its parent.
    """
    os.nice(NICENESS)
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    signal.alarm(wall_s)
