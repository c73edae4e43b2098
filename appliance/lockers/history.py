"""What a door was told, and what was seen of it: the last commands as separate facts."""

import datetime as dt
from dataclasses import dataclass

from appliance.clock import Stamp
from appliance.lockers import rules
from appliance.lockers.outcomes import life
from appliance.lockers.rules import Outcome, Purpose
from appliance.storage.models import DoorCommand as Row
from appliance.storage.models import Locker

SHOWN = 20  # a busy door has about this many commands a week


@dataclass(frozen=True, slots=True)
class PastCommand:
    """One command of a door. A moment is None when that was never seen.

    `by` is who asked, as in the journal; `person_says` what somebody at the door told, '' without.
    """

    at: dt.datetime
    by: str
    purpose: Purpose
    reason: str
    outcome: Outcome
    sent_at: dt.datetime | None
    open_seen_at: dt.datetime | None
    closed_seen_at: dt.datetime | None
    person_says: str
    person_says_by: str


def past_commands(locker: Locker, now: Stamp) -> tuple[PastCommand, ...]:
    """The last commands of this door, the newest first."""
    rows = Row.select().where(Row.locker == locker.id).order_by(Row.id.desc()).limit(SHOWN)
    return tuple(_past(row, now) for row in rows)


def _past(row: Row, now: Stamp) -> PastCommand:
    return PastCommand(
        at=row.created_at,
        by=row.requested_by,
        purpose=Purpose(row.purpose),
        reason=row.reason,
        outcome=rules.outcome(life(row), now),
        sent_at=row.pulsed_at,
        open_seen_at=row.open_seen_at,
        closed_seen_at=row.closed_seen_at,
        person_says=row.person_says or "",
        person_says_by=row.person_says_by or "",
    )
