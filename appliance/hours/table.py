"""What an office file says of its opening hours, as it is written there."""

import datetime as dt
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from appliance.errors import N_
from appliance.toml_source import convert, read_toml

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
LONGEST_EXCEPTION_DAYS = 366
HOLIDAYS_FILE = "holidays.toml"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Break = Annotated[str, msgspec.Meta(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
Times = tuple[tuple[dt.time, dt.time], ...]


class Hours(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Opening hours of one day, local time, with breaks such as "11:30-13:00".

    Both times are empty on a day when the room stays closed.
    """

    opens: str = ""
    closes: str = ""
    breaks: tuple[Break, ...] = ()

    @property
    def times(self) -> Times:
        """From when until when the room is open, in order; none when it is closed."""
        return _times(self.opens, self.closes, self.breaks)


class HoursException(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One day, or each day of a range, with other hours than its weekday's, or none.

    `days` limits a range to these weekdays. `date` stands for a range of one day.
    """

    reason: Text
    reason_en: Text
    date: dt.date | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    days: tuple[Day, ...] = ()
    opens: str = ""
    closes: str = ""
    breaks: tuple[Break, ...] = ()

    @property
    def times(self) -> Times:
        """As of `Hours`."""
        return _times(self.opens, self.closes, self.breaks)

    @property
    def dates(self) -> Iterator[dt.date]:
        """Every date it holds for."""
        first, last = self.date or self.first, self.date or self.last
        if first is None or last is None:
            return
        for number in range((last - first).days + 1):
            date = first + dt.timedelta(days=number)
            if not self.days or DAYS[date.weekday()] in self.days:
                yield date


class Week(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The hours of an ordinary week and what differs from it; of two for a date the later holds."""

    monday: Hours
    tuesday: Hours
    wednesday: Hours
    thursday: Hours
    friday: Hours
    saturday: Hours = Hours()
    sunday: Hours = Hours()
    exceptions: tuple[HoursException, ...] = ()


_ALL_DAY = Hours("00:00", "23:59")
ALWAYS = Week(_ALL_DAY, _ALL_DAY, _ALL_DAY, _ALL_DAY, _ALL_DAY, _ALL_DAY, _ALL_DAY)


class _Holidays(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    days: tuple[HoursException, ...]


def problems(week: Week) -> Iterator[tuple[str, str]]:
    """What is wrong with the hours as written: the setting below `hours`, and the message."""
    for day in DAYS:
        if problem := _wrong_times(getattr(week, day)):
            yield day, problem
    for place, exception in enumerate(week.exceptions):
        if problem := _wrong_dates(exception) or _wrong_times(exception):
            yield f"exceptions[{place}]", problem


def national_holidays() -> tuple[HoursException, ...]:
    """The nation's holidays and days of joint leave that are known to this release."""
    path = Path(str(resources.files(__package__))) / HOLIDAYS_FILE
    return convert(read_toml(path), _Holidays, source=path).days


def _wrong_dates(exception: HoursException) -> str | None:
    first, last = exception.first, exception.last
    if (exception.date is None) == (first is None) or (first is None) != (last is None):
        return N_("tulis date, atau first dan last")
    if first is None or last is None:
        return None
    if not dt.timedelta() <= last - first < dt.timedelta(days=LONGEST_EXCEPTION_DAYS):
        return N_("first harus sebelum last, paling lama setahun")
    return None


def _wrong_times(hours: Hours | HoursException) -> str | None:
    try:
        opens, closes = (
            dt.time.fromisoformat(text) if text else None for text in (hours.opens, hours.closes)
        )
        breaks = _parsed(hours.breaks)
    except ValueError:
        return N_("jam ditulis seperti 08:00")
    if (opens is None) != (closes is None) or (opens and closes and opens >= closes):
        return N_("jam buka harus sebelum jam tutup")
    before = opens
    for begins, ends in breaks:
        if before is None or closes is None or not before < begins < ends < closes:
            return N_("istirahat harus berurutan dan di antara jam buka dan jam tutup")
        before = ends
    return None


def _times(opens: str, closes: str, breaks: tuple[str, ...]) -> Times:
    if not opens:
        return ()
    edges = [dt.time.fromisoformat(opens)]
    for begins, ends in _parsed(breaks):
        edges += [begins, ends]
    edges.append(dt.time.fromisoformat(closes))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def _parsed(breaks: tuple[str, ...]) -> list[tuple[dt.time, dt.time]]:
    found = []
    for text in breaks:
        begins, ends = text.split("-")
        found.append((dt.time.fromisoformat(begins), dt.time.fromisoformat(ends)))
    return found
