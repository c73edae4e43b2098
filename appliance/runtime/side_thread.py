"""One thread beside the loop of a process, for what takes longer than a step of the loop may."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class SideThread:
    """Does one thing at a time, and pokes the loop at its end. Belongs on the loop's thread."""

    def __init__(self, name: str, poke: Callable[[], object]) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._poke = poke
        self._running: Future[None] | None = None

    def is_busy(self) -> bool:
        """Whether it still works; raises, once, what the work that has ended did not expect."""
        if self._running is None:
            return False
        if not self._running.done():
            return True
        ended, self._running = self._running, None
        ended.result()
        return False

    def start(self, work: Callable[..., None], *arguments: object) -> None:
        """Begin; only while it is not busy."""
        self._running = self._pool.submit(work, *arguments)
        self._running.add_done_callback(lambda _: self._poke())

    def stop(self) -> None:
        """Wait for the end of what it does; nothing begins any more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
