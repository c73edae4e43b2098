"""The lockers process on a thread of the test's own, beside the web app in front of a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from appliance.core import Core
from appliance.lockers.worker import LockerWorker
from appliance.readers.post import ReaderPost
from appliance.runtime.wakeup import WakeSocket
from appliance.runtime.worker import WorkerLoop
from hardware.interfaces import LockerBank
from hardware.reader_interfaces import PlacedReader
from tests.end_to_end.conftest import Site


@contextmanager
def lockers_process(
    core: Core,
    site: Site,
    bank: LockerBank,
    readers: tuple[PlacedReader, ...] = (),
    **more: Any,
) -> Iterator[None]:
    """Carry out commands at this bank, which is closed at the end, and listen to these readers."""
    wake = WakeSocket(core.settings.run_dir, "lockers")
    post = ReaderPost(service=site.services.readers, readers=readers, poke=wake.poke)
    worker = LockerWorker(
        books=core.books, visits=site.services.visits, bank=bank, poke=wake.poke, **more
    )

    def step() -> None:
        post.step()
        worker.step()

    loop = WorkerLoop(wake, step, poll_s=0.2)
    post.start()
    thread = threading.Thread(target=loop.run)
    thread.start()
    yield
    loop.stop()
    thread.join(10)
    post.close()
    worker.close()
    wake.close()
