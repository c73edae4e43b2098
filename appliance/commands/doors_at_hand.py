"""Doors that somebody opens: the running lockers process, or else this very command."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from appliance.config import Settings
from appliance.runtime.wakeup import Waker

if TYPE_CHECKING:
    from appliance.core import Core
    from appliance.services import Services

OWNER = "lockers"


def is_process_running(settings: Settings) -> bool:
    """Whether the lockers process owns the doors now."""
    return Waker(settings.run_dir).is_listening(OWNER)


@contextmanager
def doors_at_hand(settings: Settings) -> Iterator["Services"]:
    """Services whose door commands are carried out.

    Where the lockers process does not run, this one owns the bank for as long as the block lasts.
    Raises Refused when that process is just starting or ending, DeviceUnavailable without the
    header's lines, Unavailable when the database cannot be used.
    """
    from appliance.bootstrap import build_services
    from appliance.core import open_core

    if is_process_running(settings):
        with closing(open_core(settings)) as core:
            yield build_services(core)
        return
    with closing(open_core(settings)) as core, _own_process(core):
        yield build_services(core)


@contextmanager
def _own_process(core: "Core") -> Iterator[None]:
    """The worker of the doors on a thread of this process."""
    from appliance.lockers.worker import POLL_S
    from appliance.processes import door_worker, owned_doors
    from appliance.runtime.ownership import owning
    from appliance.runtime.wakeup import WakeSocket
    from appliance.runtime.worker import WorkerLoop

    with (
        owning(core.settings.run_dir, (OWNER,)),
        owned_doors(core.settings, guarded=True) as (bank, run),
        closing(WakeSocket(core.settings.run_dir, OWNER)) as wake,
    ):
        worker = door_worker(core, bank, run, wake.poke)
        loop = WorkerLoop(wake, worker.step, poll_s=POLL_S)
        with ThreadPoolExecutor(1, thread_name_prefix="doors") as pool:
            serving = pool.submit(loop.run)
            try:
                yield
            finally:
                loop.stop()
                wait([serving])
                worker.close()
        serving.result()  # raises what ended it before its time
        worker.stopped()
