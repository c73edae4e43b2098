"""One owner per device: a lock that a process holds for as long as it lives.

Two `lockers` processes on one data folder would drive the same coils. The kernel gives the lock
back when its holder dies, however it dies.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from appliance.errors import N_, Refused

TRY_EVERY_S = 0.05


class Ownership:
    """The held lock; `release` or the end of the process gives it back."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def own(run_dir: Path, name: str, *, wait_s: float = 0.0) -> Ownership:
    """Take the lock `name`, waiting up to `wait_s` seconds for a predecessor that is ending.

    Raises Refused when another living process keeps it.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(run_dir / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise Refused(
                    N_("Proses '%(name)s' sudah berjalan pada folder data ini."), name=name
                ) from None
            time.sleep(TRY_EVERY_S)
        else:
            return Ownership(descriptor)


@contextlib.contextmanager
def owning(run_dir: Path, names: tuple[str, ...]) -> Iterator[None]:
    """Hold several locks at once. Raises Refused when one of them is taken."""
    with contextlib.ExitStack() as held:
        for name in names:
            held.callback(own(run_dir, name).release)
        yield
