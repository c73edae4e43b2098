"""Waiting for one's turn to write, so that a busy process cannot keep the others out."""

import time
from collections.abc import Callable

import apsw
from playhouse.apsw_ext import APSWDatabase

BUSY_TIMEOUT_S = 10
# SQLite's own patience sleeps up to 0.1 s between two looks; a process that commits one group
# after the other leaves the lock for much less, and others met "database is locked" after ten
# seconds of it (16 threads in each of 4 processes). So short a sleep meets those gaps.
LOOK_AGAIN_S = 0.002


class TurnTakingDatabase(APSWDatabase):
    """A database whose every connection waits as `wait_turn` says."""

    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection = super()._connect()  # type: ignore[no-untyped-call]
        wait_turn(connection)
        return connection


def wait_turn(connection: apsw.Connection) -> None:
    """Let this connection wait for a lock up to BUSY_TIMEOUT_S, and look for it often."""
    connection.set_busy_handler(_patience())


def _patience() -> Callable[[int], bool]:
    began_s = 0.0

    def look_again(tries: int) -> bool:
        nonlocal began_s
        if tries == 0:
            began_s = time.monotonic()
        elif time.monotonic() - began_s >= BUSY_TIMEOUT_S:
            return False
        time.sleep(LOOK_AGAIN_S)
        return True

    return look_again
