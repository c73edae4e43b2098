"""When the room is open, and how many seconds of a time it was."""

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from appliance.hours.table import DAYS, Times, Week

DAY = dt.timedelta(days=1)
DATES_KEPT = 64
FURTHEST_OPENING_DAYS = 366  # a room that stays closed for longer has no next opening


@dataclass(frozen=True, slots=True)
class OpenDay:
    """One date: from when until when the room is open, and why that differs from the week.

    The reasons, Indonesian and English, are empty on an ordinary day.
    """

    date: dt.date
    times: Times
    reason: str = ""
    reason_en: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.times)


class OpeningHours:
    """The calendar of one office. Pure: any thread may ask, and it never changes.

    Moments are aware; what is given back is in the office's zone. None of Indonesia's zones
    changes its clocks, so that a day always has 24 hours.
    """

    def __init__(self, week: Week, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._week: tuple[Times, ...] = tuple(getattr(week, day).times for day in DAYS)
        self._week_s = tuple(_length_s(times) for times in self._week)
        self._exceptions = {
            date: OpenDay(date, exception.times, exception.reason, exception.reason_en)
            for exception in week.exceptions
            for date in exception.dates
        }
        self._dates = sorted(self._exceptions)
        extra, extras = 0.0, [0.0]
        for date in self._dates:
            extra += _length_s(self._exceptions[date].times) - self._week_s[date.weekday()]
            extras.append(extra)
        self._extras_s = extras
        # Asked about today for everybody who waits, whenever a list of them is made.
        self._of_date = lru_cache(maxsize=DATES_KEPT)(self._reckon)

    def day(self, date: dt.date) -> OpenDay:
        """What holds on this date."""
        return self._exceptions.get(date) or OpenDay(date, self._week[date.weekday()])

    def exceptions(self, first: dt.date, last: dt.date) -> tuple[OpenDay, ...]:
        """The days from `first` to `last` that differ from the ordinary week, in order."""
        found = self._dates[bisect_left(self._dates, first) :]
        return tuple(self._exceptions[date] for date in found if date <= last)

    def is_open(self, moment: dt.datetime) -> bool:
        """Whether the room is open at this moment."""
        local = moment.astimezone(self._zone)
        return any(opens <= local < closes for opens, closes in self._of_date(local.date())[1])

    def opens(self, date: dt.date) -> dt.datetime | None:
        """When the room opens on this date; None when it stays closed."""
        times = self.day(date).times
        return self._at(date, times[0][0]) if times else None

    def closes(self, date: dt.date) -> dt.datetime | None:
        """When the room closes for the day on this date; None when it stays closed."""
        times = self.day(date).times
        return self._at(date, times[-1][1]) if times else None

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """The moment itself while the room is open, else when it opens next; None within a year."""
        local = moment.astimezone(self._zone)
        try:
            for number in range(FURTHEST_OPENING_DAYS):
                date = local.date() + number * DAY
                for opens, closes in self.day(date).times:
                    if local < self._at(date, closes):
                        return max(local, self._at(date, opens))
        except OverflowError:  # the calendar itself ends
            pass
        return None

    def open_seconds(self, start: dt.datetime, end: dt.datetime) -> float:
        """For how many seconds of the time from `start` to `end` the room was open; never < 0."""
        if end <= start:
            return 0.0
        return self._since_ever_s(end) - self._since_ever_s(start)

    def after_open_seconds(self, start: dt.datetime, seconds: float) -> dt.datetime | None:
        """The moment when the room has been open for so many seconds since `start`.

        None when that is more than a year away.
        """
        local, left_s = start.astimezone(self._zone), max(seconds, 0.0)
        try:
            for number in range(FURTHEST_OPENING_DAYS):
                date = local.date() + number * DAY
                for opens, closes in self._of_date(date)[1]:
                    begins = max(local, opens)
                    span_s = (closes - begins).total_seconds()
                    if span_s > 0 and left_s <= span_s:
                        return begins + dt.timedelta(seconds=left_s)
                    left_s -= max(span_s, 0.0)
        except OverflowError:
            pass
        return None

    def is_working_day(self, date: dt.date) -> bool:
        """Whether the room is open on this date at all."""
        return self.day(date).is_open

    def working_days_after(self, date: dt.date, days: int) -> dt.date | None:
        """The `days`-th working day after a date, which is the date itself for 0.

        None when an office that hardly ever opens does not reach it within `days` years.
        """
        if days <= 0:
            return date
        left = days
        for number in range(1, days * FURTHEST_OPENING_DAYS):
            try:
                found = date + number * DAY
            except OverflowError:
                return None
            left -= self.is_working_day(found)
            if not left:
                return found
        return None

    def _since_ever_s(self, moment: dt.datetime) -> float:
        """Open seconds since the first day of the calendar; whole weeks are not walked through."""
        local = moment.astimezone(self._zone)
        passed_s, spans = self._of_date(local.date())
        for opens, closes in spans:
            passed_s += max((min(local, closes) - opens).total_seconds(), 0.0)
        return passed_s

    def _reckon(self, date: dt.date) -> tuple[float, tuple[tuple[dt.datetime, dt.datetime], ...]]:
        """Open seconds since ever when this date begins, and from when until when it is open."""
        weeks, days = divmod(date.toordinal() - 1, 7)  # ordinal 1 is a Monday
        passed_s = weeks * sum(self._week_s) + sum(self._week_s[:days])
        passed_s += self._extras_s[bisect_left(self._dates, date)]
        times = self.day(date).times
        spans = ((self._at(date, opens), self._at(date, closes)) for opens, closes in times)
        return passed_s, tuple(spans)

    def _at(self, date: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(date, time, self._zone)


@lru_cache(maxsize=16)
def opening_hours(week: Week, zone: dt.tzinfo) -> OpeningHours:
    """The calendar of these hours, built once."""
    return OpeningHours(week, zone)


def _length_s(times: Times) -> float:
    return float(sum(_seconds(closes) - _seconds(opens) for opens, closes in times))


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second
