"""Which offices, and which whole months, a figure is about."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

MONTHS = (1, 3, 12)
_TEXT = re.compile(r"([12]\d{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?")


@dataclass(frozen=True, slots=True)
class Scope:
    """One office, the offices of one province, or without any word those of the nation."""

    province: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter or a year, up to but without the day `until`.

    Nothing finer, so that nobody takes one day from another. Raises ValueError for another span.
    """

    first: dt.date
    until: dt.date

    def __post_init__(self) -> None:
        months = self.months
        if self.first.day != 1 or self.until.day != 1 or months not in MONTHS:
            raise ValueError("a period is a whole month, quarter or year")
        if (self.first.month - 1) % months:
            raise ValueError("a quarter or a year begins where the calendar says")

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """That month."""
        return cls._from(year, month, 1)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Self:
        """The quarter 1 to 4 of the year."""
        return cls._from(year, quarter * 3 - 2, 3)

    @classmethod
    def of_year(cls, year: int) -> Self:
        """The calendar year."""
        return cls._from(year, 1, 12)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What ``2026-11``, ``2026-Q4`` or ``2026`` says. Raises ValueError."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("no period")
        year, month, quarter = found.groups()
        if month:
            return cls.month(int(year), int(month))
        return cls.quarter(int(year), int(quarter)) if quarter else cls.of_year(int(year))

    @property
    def months(self) -> int:
        """How many they are."""
        return (self.until.year - self.first.year) * 12 + self.until.month - self.first.month

    def __str__(self) -> str:
        if self.months == 1:
            return f"{self.first:%Y-%m}"
        quarter = f"-Q{(self.first.month + 2) // 3}" if self.months == 3 else ""
        return f"{self.first:%Y}{quarter}"

    @classmethod
    def _from(cls, year: int, month: int, months: int) -> Self:
        after = month - 1 + months
        return cls(dt.date(year, month, 1), dt.date(year + after // 12, after % 12 + 1, 1))
