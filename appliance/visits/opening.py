"""When the room is open, by the office's week."""

import datetime as dt
from dataclasses import dataclass

from appliance.offices import Hours, Week

DAYS = Week.__struct_fields__  # monday to friday
WARN_MINUTES = (30, 15, 5)  # before closing time, so that nobody is sent away from an open book


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Days in a row with the same hours; 0 is Monday."""

    first: int
    last: int
    opens: dt.time
    closes: dt.time


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


def closing(week: Week, local: dt.datetime) -> Closing | None:
    """When the room closes on this day of the office's own time; None on a day without hours."""
    hours = _hours(week, local.weekday())
    if hours is None:
        return None
    at = local.replace(hour=hours[1].hour, minute=hours[1].minute, second=0, microsecond=0)
    return Closing(at, (at - local).total_seconds())


def is_open(week: Week, local: dt.datetime) -> bool:
    """Whether the room is open at this moment of the office's own time."""
    hours = _hours(week, local.weekday())
    if hours is None:
        return False
    opens, closes = hours
    return opens <= local.time().replace(tzinfo=None) < closes


def open_days(week: Week) -> tuple[OpenDays, ...]:
    """The week in as few lines as it can be said."""
    lines: list[OpenDays] = []
    for day in range(len(DAYS)):
        hours = _hours(week, day)
        if hours is None:
            continue
        before = lines[-1] if lines else None
        if before and before.last == day - 1 and (before.opens, before.closes) == hours:
            lines[-1] = OpenDays(before.first, day, *hours)
        else:
            lines.append(OpenDays(day, day, *hours))
    return tuple(lines)


def _hours(week: Week, weekday: int) -> tuple[dt.time, dt.time] | None:
    hours: Hours = getattr(week, DAYS[weekday]) if weekday < len(DAYS) else Hours()
    if not hours.opens:
        return None
    return dt.time.fromisoformat(hours.opens), dt.time.fromisoformat(hours.closes)
