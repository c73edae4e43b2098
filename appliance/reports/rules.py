"""The figures of a month: counted, shared, never averaged over what nobody measured."""

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from appliance.choice import Choice
from appliance.guestbook.choices import LISTS
from appliance.ratings.rules import Index
from appliance.visits.rules import within_promise

# What a month is broken down by: column of the visit, name in both languages.
BREAKDOWNS = (
    ("purpose", "Pemanfaatan hasil kunjungan", "Use of the results"),
    ("services", "Jenis layanan", "Services"),
    ("occupation", "Pekerjaan", "Occupation"),
    ("agency_category", "Kategori instansi", "Kind of organisation"),
    ("education", "Pendidikan", "Education"),
    ("sex", "Jenis kelamin", "Sex"),
    ("age_band", "Umur", "Age"),
)
SEVERAL = frozenset({"services"})  # one visit may count in more than one line
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown. `share` is of all visits; None without any."""

    choice: Choice
    count: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The visits of a month by one question of the guest book."""

    key: str
    name_id: str
    name_en: str
    lines: tuple[Line, ...]

    @property
    def largest(self) -> int:
        return max((line.count for line in self.lines), default=0)


@dataclass(frozen=True, slots=True)
class Promise:
    """How the promise was kept. Shares and percentiles are of the measured waits only."""

    minutes: int
    measured: int
    kept: int
    unknown: int
    p50_s: float | None
    p90_s: float | None

    @property
    def share(self) -> float | None:
        return self.kept / self.measured if self.measured else None


@dataclass(frozen=True, slots=True)
class Use:
    """How much of everything was used."""

    lockers: int
    cards: int
    readings: int
    scans: int
    scanned_pages: int
    requests: int
    photocopies: int


@dataclass(frozen=True, slots=True)
class PrintUse:
    """How often something was read in print, and in how many visits."""

    name: str
    times: int
    visits: int


@dataclass(frozen=True, slots=True)
class OnScreen:
    """How much of a publication was read on the screen."""

    title: str
    opened: int
    pages: int
    searches: int


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One month of the reading room. `days` has every calendar day, in order."""

    month: dt.date
    visits: int
    cancelled: int
    closed_by_staff: int
    not_returned: int
    days: tuple[tuple[dt.date, int], ...]
    breakdowns: tuple[Breakdown, ...]
    promise: Promise
    use: Use
    titles: tuple[PrintUse, ...]
    subjects: tuple[PrintUse, ...]
    months: tuple[PrintUse, ...]
    on_screen: tuple[OnScreen, ...]
    ratings: Index
    sample: int
    comments: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.visits or self.cancelled or self.ratings.respondents or self.on_screen)


def parse_month(text: str) -> dt.date | None:
    """The first day of the month written as 2026-11; None for anything else."""
    found = _MONTH.fullmatch(text.strip()) if text.isascii() else None
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    return dt.date(year, month, 1) if 2000 <= year < 2200 and 1 <= month <= 12 else None


def month_text(month: dt.date) -> str:
    """The month as ratings and addresses write it: 2026-11."""
    return month.isoformat()[:7]


def neighbour(month: dt.date, step: int) -> dt.date:
    """The month so many months later; earlier when negative."""
    place = month.year * 12 + month.month - 1 + step
    return dt.date(place // 12, place % 12 + 1, 1)


def days_of(month: dt.date, dates: Iterable[str]) -> tuple[tuple[dt.date, int], ...]:
    """Every day of the month with how often it stands among the dates (ISO texts)."""
    counts = Counter(dates)
    length = calendar.monthrange(month.year, month.month)[1]
    days = (month.replace(day=number) for number in range(1, length + 1))
    return tuple((day, counts[day.isoformat()]) for day in days)


def breakdown(key: str, name_id: str, name_en: str, codes: Sequence[str]) -> Breakdown:
    """The visits by the codes of one question; codes of no list are left out."""
    counts = Counter(
        code for text in codes for code in (text.split() if key in SEVERAL else [text])
    )
    total = len(codes)
    lines = tuple(
        Line(choice, counts[choice.code], counts[choice.code] / total if total else None)
        for choice in LISTS[key]
    )
    return Breakdown(key, name_id, name_en, lines)


def promise(waits: Sequence[float | None], minutes: int) -> Promise:
    """The promise over the waits in seconds; None is a wait that nobody could measure."""
    measured = sorted(wait_s for wait_s in waits if wait_s is not None)
    return Promise(
        minutes=minutes,
        measured=len(measured),
        kept=sum(1 for wait_s in measured if within_promise(wait_s, minutes)),
        unknown=len(waits) - len(measured),
        p50_s=percentile(measured, 50),
        p90_s=percentile(measured, 90),
    )


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest value that `percent` of all do not exceed; None of nothing."""
    if not ordered:
        return None
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]
