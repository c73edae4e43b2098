"""Months without a portal on a disk that fills up: telemetry makes room for facts.

What waits is chained, so nothing is taken out of the open stream: it is closed, and facts go on
into a new one under their own ids, without what was dropped.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.clock import Clock
from appliance.errors import Unavailable
from appliance.runtime.logs import get_logger
from appliance.storage import statements
from appliance.storage.writer import Writer
from appliance.sync.backlog import Backlog
from appliance.sync.export import Notes
from appliance.sync.fork import Fork
from appliance.sync.standing import StandingBook

FULL = 0.85  # of the disk; scans are refused later, the guest book never
LEAST = 500  # a new stream for less would gain next to nothing
AT_ONCE = 500  # events per transaction: some milliseconds
LOOK_EVERY_S = 60.0
AT_A_STRETCH_S = 0.5
SUBJECT = "portal"
_WAITING = (  # 2: events.TELEMETRY_CLASS, which the index names, too
    "SELECT count(*) FROM outbox o JOIN stream s USING (epoch)"
    " WHERE o.prio = 2 AND s.open = 1 AND o.seq > s.acked_seq"
    " AND o.state = 'pending'"
)
_DROP = (
    "DELETE FROM outbox WHERE id IN (SELECT o.id FROM stream s CROSS JOIN outbox o"
    " ON o.epoch = s.epoch WHERE o.prio = 2 AND s.open = 0 AND s.emptied = 0"
    " AND o.seq > s.acked_seq AND o.state = 'pending' LIMIT ?)"
)
log = get_logger("sync")


class Shedding:
    """`look` belongs on the loop of the sync process, while nothing is being sent."""

    def __init__(
        self,
        *,
        writer: Writer,
        clock: Clock,
        notes: Notes,
        data_dir: Path,
        used: Callable[[Path], float] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = writer
        self._notes = notes
        self._data_dir = data_dir
        self._used = used or used_share
        self._monotonic = monotonic
        self._backlog = Backlog(clock)
        self._standing = StandingBook(writer, clock)
        self._next_s = float("-inf")

    def look(self) -> None:
        """Once a minute, drop what may go when the disk is filling up; returns within a second."""
        started_s = self._monotonic()
        if started_s < self._next_s:
            return
        try:
            if self._used(self._data_dir) >= FULL:
                while self._writer.run(self._drop):
                    if self._monotonic() - started_s > AT_A_STRETCH_S:
                        return  # and go on at the next look
        except Unavailable as error:  # on a full card not even a deletion can be written
            log.error("telemetry could not be dropped", exc_info=error)
        self._next_s = self._monotonic() + LOOK_EVERY_S

    def _drop(self) -> int:
        """In one transaction, some of what was given up; how many. 0 when nothing is left."""
        if dropped := self._drop_some():
            return dropped
        row = statements.first(_WAITING)
        waiting = int(row[0]) if row else 0
        if waiting < LEAST:
            return 0
        self._backlog.reopen(Fork.DROPPED_TELEMETRY)
        self._notes.note("portal.telemetry_dropped", SUBJECT, by=SYSTEM, detail={"count": waiting})
        log.warning("the disk is filling up: telemetry is dropped", count=waiting)
        return self._drop_some()

    def _drop_some(self) -> int:
        before = statements.changes()
        statements.run(_DROP, (AT_ONCE,))
        dropped = statements.changes() - before
        if dropped:
            self._standing.dropped(dropped)
        return dropped


def used_share(folder: Path) -> float:
    """How much of this folder's disk is taken, 0 to 1, as scans count it."""
    usage = shutil.disk_usage(folder)
    return 1 - usage.free / usage.total
