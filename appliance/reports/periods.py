"""The days a report is about: one day, a month, a quarter or a year at the office."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from appliance.reports.phrases import Phrase
from appliance.watermarks.rules import MONTHS

FIRST_YEAR, LAST_YEAR = 2000, 2199
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
_QUARTERS = ("I", "II", "III", "IV")
_TEXT = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?")


class Span(StrEnum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """So many days of the office, from `first` on; make it with `containing` or `parse`."""

    span: Span
    first: dt.date

    @property
    def after(self) -> dt.date:
        """The first day that no longer belongs to it."""
        if self.span is Span.DAY:
            return self.first + dt.timedelta(days=1)
        return _months_later(self.first, _MONTHS_IN[self.span])

    @property
    def text(self) -> str:
        """As addresses, files and the journal write it: 2026, 2026-Q4, 2026-11, 2026-11-05."""
        year = f"{self.first.year:04}"
        if self.span is Span.QUARTER:
            return f"{year}-Q{(self.first.month + 2) // 3}"
        return {Span.YEAR: year, Span.MONTH: self.first.isoformat()[:7]}.get(
            self.span, self.first.isoformat()
        )

    @property
    def name(self) -> Phrase:
        """In words: 5 November 2026, November 2026, Triwulan IV 2026, Tahun 2026."""
        day, month, year = self.first.day, self.first.month, self.first.year
        months = Phrase(MONTHS[month - 1], calendar.month_name[month])
        if self.span is Span.DAY:
            return Phrase(f"{day} {months.id} {year}", f"{day} {months.en} {year}")
        if self.span is Span.MONTH:
            return Phrase(f"{months.id} {year}", f"{months.en} {year}")
        if self.span is Span.QUARTER:
            place = (month - 1) // 3
            return Phrase(f"Triwulan {_QUARTERS[place]} {year}", f"Quarter {place + 1} of {year}")
        return Phrase(f"Tahun {year}", f"Year {year}")

    @property
    def days(self) -> tuple[str, str]:
        """First day and the one after the last, as the database writes days."""
        return self.first.isoformat(), self.after.isoformat()

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month it touches, such as 2026-10 and 2026-12."""
        return self.first.isoformat()[:7], (self.after - dt.timedelta(days=1)).isoformat()[:7]

    @property
    def is_of_whole_months(self) -> bool:
        return self.span is not Span.DAY

    def moments(self, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
        """Its first moment and the one after its last, in UTC."""
        first, after = (
            dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
            for day in (self.first, self.after)
        )
        return first, after

    def neighbour(self, step: int) -> "Period":
        """The period of this length so many steps later; earlier when negative."""
        if self.span is Span.DAY:
            return Period(self.span, self.first + dt.timedelta(days=step))
        return Period(self.span, _months_later(self.first, step * _MONTHS_IN[self.span]))

    def parts(self) -> tuple[dt.date, ...]:
        """The days of a month, the first days of a quarter's or a year's months."""
        if self.span in (Span.DAY, Span.MONTH):
            count = (self.after - self.first).days
            return tuple(self.first + dt.timedelta(days=place) for place in range(count))
        return tuple(_months_later(self.first, place) for place in range(_MONTHS_IN[self.span]))


def containing(day: dt.date, span: Span) -> Period:
    """The period of this length that this day belongs to."""
    if span is Span.DAY:
        return Period(span, day)
    month = {Span.QUARTER: (day.month - 1) // 3 * 3 + 1, Span.YEAR: 1}.get(span, day.month)
    return Period(span, day.replace(month=month, day=1))


def parse(text: str) -> Period | None:
    """The period that is written so, as `Period.text` writes it; None for anything else."""
    found = _TEXT.fullmatch(text.strip()) if text.isascii() else None
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    year, quarter, month, day = (int(part) if part else None for part in found.groups())
    try:
        if quarter:
            return Period(Span.QUARTER, dt.date(year or 0, quarter * 3 - 2, 1))
        first = dt.date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if day is not None:
        return Period(Span.DAY, first)
    return Period(Span.YEAR if month is None else Span.MONTH, first)


def _months_later(month: dt.date, count: int) -> dt.date:
    place = month.year * 12 + month.month - 1 + count
    return dt.date(place // 12, place % 12 + 1, 1)
