"""When the room is open, as people are told: today's closing time and the lines of a week."""

import datetime as dt
from dataclasses import dataclass

from appliance.hours.rules import OpeningHours
from appliance.hours.table import DAYS, Times, Week

WARN_MINUTES = (30, 15, 5)  # before closing time, so that nobody is sent away from an open book


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Days in a row with the same hours; 0 is Monday. `times` has a pair for each part of a day."""

    first: int
    last: int
    times: Times


@dataclass(frozen=True, slots=True)
class Closing:
    """Today's closing time, and how far away it is; negative seconds say how long ago it was."""

    at: dt.datetime
    left_s: float

    @property
    def is_near(self) -> bool:
        """Whether people should be told: half an hour before, and until the room is closed."""
        return 0 < self.left_s <= WARN_MINUTES[0] * 60

    @property
    def is_over(self) -> bool:
        return self.left_s <= 0

    @property
    def warned_minutes(self) -> int | None:
        """The last of the warnings that is due by now: 30, 15 or 5; None before and after."""
        due = [minutes for minutes in WARN_MINUTES if self.left_s <= minutes * 60]
        return min(due) if self.is_near else None


def closing(hours: OpeningHours, moment: dt.datetime) -> Closing | None:
    """When the room closes on the day of this moment, given in the office's own time.

    None on a day without hours.
    """
    at = hours.closes(moment.date())
    return None if at is None else Closing(at, (at - moment).total_seconds())


def open_days(week: Week) -> tuple[OpenDays, ...]:
    """The ordinary week in as few lines as it can be said."""
    lines: list[OpenDays] = []
    for number, name in enumerate(DAYS):
        times = getattr(week, name).times
        before = lines[-1] if lines else None
        if before and before.last == number - 1 and before.times == times:
            lines[-1] = OpenDays(before.first, number, times)
        elif times:
            lines.append(OpenDays(number, number, times))
    return tuple(lines)
