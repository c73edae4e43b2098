"""The process that owns the portal. Without one it keeps watch over what waits."""

import time
from collections.abc import Callable
from typing import Protocol

from appliance.runtime.logs import get_logger
from appliance.sync.status import SyncReport, SyncStatus

POLL_S = 30.0


class Logger(Protocol):
    """Where the worker says what it sees."""

    def info(self, event: str, **values: object) -> object: ...

    def warning(self, event: str, **values: object) -> object: ...


class SyncWorker:
    """`step` looks at the outbox and says what has changed since it last looked.

    Whatever it finds, it goes on: recording never depends on sending.
    """

    def __init__(
        self,
        status: SyncStatus,
        log: Logger | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._status = status
        self._log = log or get_logger("sync")
        self._monotonic = monotonic
        self._told: SyncReport | None = None
        self._counted: tuple[int, int] | None = None
        self._count_again_s = float("-inf")

    def step(self) -> None:
        """One look; a log line only for what has changed, and for counts twice a minute at most."""
        found, told, now_s = self._status.report(), self._told, self._monotonic()
        counts = (found.waiting, found.held)
        if counts != self._counted and now_s >= self._count_again_s:
            state = "portal configured" if found.has_portal else "no portal configured"
            self._log.info(f"{state}, events wait", waiting=found.waiting, held=found.held)
            self._counted, self._count_again_s = counts, now_s + POLL_S
        if found.broken_at is not None and (told is None or told.broken_at != found.broken_at):
            self._log.warning("the outbox chain is broken", sequence=found.broken_at)
        if not found.clock_is_sane and (told is None or told.clock_is_sane):
            self._log.warning("the wall clock cannot be right; order is kept by sequence")
        self._told = found
