"""Which numbers were called to which desk, as the room sees and hears it."""

import datetime as dt
from dataclasses import dataclass

from appliance.clock import Clock
from appliance.offices import Office
from appliance.storage.models import QueueCall, SpeakerState, Visit
from appliance.visits.queue_rules import number_label
from appliance.visits.rules import VisitState

SHOWN = 6  # as many as the room's screen has place for
LOOKED_THROUGH = 60  # calls that may be repeats of those


@dataclass(frozen=True, slots=True)
class CallView:
    """One number that was called: nobody's name. `is_awaited` until service begins."""

    id: int
    label: str
    desk: str
    called_at: dt.datetime
    is_awaited: bool


class CallBoard:
    """The reading side; any thread may ask."""

    def __init__(self, *, clock: Clock, office: Office) -> None:
        self._clock = clock
        self._office = office

    def latest(self) -> tuple[CallView, ...]:
        """The numbers called today, each once, the newest call first."""
        today = self._office.business_date(self._clock.now()).isoformat()
        rows = (
            QueueCall.select(QueueCall, Visit.state)
            .join(Visit)
            .where(Visit.day() == today)
            .order_by(QueueCall.id.desc())
            .limit(LOOKED_THROUGH)
        )
        found: dict[str, CallView] = {}
        for row in rows:
            label = number_label(row.ticket, row.series)
            is_awaited = row.visit.state == VisitState.CALLED and label not in found
            found.setdefault(label, CallView(row.id, label, row.desk, row.called_at, is_awaited))
        return tuple(found.values())[:SHOWN]

    def sound(self) -> tuple[str, str] | None:
        """State and problem of the sound device as its owner last found it; None without one."""
        row: SpeakerState | None = SpeakerState.select().first()
        return None if row is None else (row.state, row.problem)
