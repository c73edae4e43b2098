"""When the room is open, by the office's week."""

import datetime as dt
from dataclasses import dataclass

from appliance.offices import Hours, Week

DAYS = Week.__struct_fields__  # monday to friday


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Days in a row with the same hours; 0 is Monday."""

    first: int
    last: int
    opens: dt.time
    closes: dt.time


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
