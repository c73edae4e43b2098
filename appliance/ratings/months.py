"""The months that ratings are kept by: nothing finer is ever stored with an answer."""

import datetime as dt
import re

from appliance.clock import Clock
from appliance.offices import Office

# A machine that lost its clock believes in 1970.
_MONTH = re.compile(r"(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])", re.ASCII)


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
        return self.this_month(), neighbour(self._today(), -1).isoformat()[:7]

    def may_be_entered(self, month: str) -> bool:
        """Whether a form from paper may be of this month; an empty text means the present one."""
        return not month or month in self.enterable()

    def _today(self) -> dt.date:
        return self._office.business_date(self._clock.now())


def first_day(text: str) -> dt.date | None:
    """The first day of the month written as ``2026-11``; None for anything else."""
    return dt.date.fromisoformat(f"{text}-01") if _MONTH.fullmatch(text) else None


def neighbour(month: dt.date, step: int) -> dt.date:
    """The first day of the month so many months later; earlier when negative."""
    place = month.year * 12 + month.month - 1 + step
    return dt.date(place // 12, place % 12 + 1, 1)
