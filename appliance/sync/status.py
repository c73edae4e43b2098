"""How the records that wait for the portal are doing, for screens and logs."""

import datetime as dt
from dataclasses import dataclass

from appliance.clock import BUILD_DATE, Clock
from appliance.sync.outbox import Outbox

TAIL_EVENTS = 1000  # checked at every start and on every look: some milliseconds
# A clock this far behind the newest record has been set back, not merely corrected.
SET_BACK_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How many wait, whether the chain holds, and whether a portal is set."""

    waiting: int
    held: int
    last_sequence: int
    portal: str
    broken_at: int | None
    newest_at: dt.datetime | None
    clock_is_sane: bool

    @property
    def has_portal(self) -> bool:
        return bool(self.portal)


class SyncStatus:
    """Reads the outbox; the sync process and the page see the same figures."""

    def __init__(self, outbox: Outbox, clock: Clock, portal: str) -> None:
        self._outbox = outbox
        self._clock = clock
        self._portal = portal

    def report(self, *, tail: int = TAIL_EVENTS) -> SyncReport:
        """The state of this moment, with the newest `tail` links of the chain checked."""
        state, newest_at = self._outbox.state(), self._outbox.newest_at()
        return SyncReport(
            waiting=state.waiting,
            held=state.held,
            last_sequence=state.last_sequence,
            portal=self._portal,
            broken_at=self._outbox.first_broken_link_in_tail(tail),
            newest_at=newest_at,
            clock_is_sane=self._is_sane(newest_at),
        )

    def _is_sane(self, newest_at: dt.datetime | None) -> bool:
        now = self._clock.now()
        if now < BUILD_DATE:
            return False
        return newest_at is None or (newest_at - now).total_seconds() < SET_BACK_S
