"""The months that ratings are kept by: nothing finer is ever stored with an answer."""

import datetime as dt

from appliance.clock import Clock
from appliance.offices import Office


class Months:
    """Says which month it is at the office."""

    def __init__(self, clock: Clock, office: Office) -> None:
        self._clock = clock
        self._office = office

    def this_month(self) -> str:
        """The present one, such as ``2026-11``."""
        return self._today().isoformat()[:7]

    def enterable(self) -> tuple[str, str]:
        """The present one and that before: paper is entered late, but not for ever."""
        last_of_previous = self._today().replace(day=1) - dt.timedelta(days=1)
        return self.this_month(), last_of_previous.isoformat()[:7]

    def may_be_entered(self, month: str) -> bool:
        """Whether a form from paper may be of this month; an empty text means the present one."""
        return not month or month in self.enterable()

    def _today(self) -> dt.date:
        return self._office.business_date(self._clock.now())
