"""What a report is made of: tables of counts in sections, one truth for screen, file and paper.

Nothing in it names a person: cells are counts, shares and means, texts are names of things.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from appliance.choice import Choice
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase, label_of

Cell = str | int | float | Decimal | dt.date | Phrase | None


class Kind(StrEnum):
    """How the cells of a column are written. None is written as unknown in all of them."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # of one
    SECONDS = "seconds"
    DECIMAL = "decimal"
    PART = "part"  # a day, or the first day of a month, or the words of an hour


class Chart(StrEnum):
    """How a table is drawn beside its numbers."""

    NONE = "none"
    BARS = "bars"  # one line a row
    COLUMNS = "columns"  # side by side, for what follows in time


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and how its cells are written."""

    name: Phrase
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True)
class Table:
    """One table. The first cell of a row is what the row is about; a chart draws the second.

    `key` names it for good, in addresses within a page and in CSV. `full` is the value of a full
    bar where the largest one is none, such as the best answer of a scale.
    """

    key: str
    name: Phrase
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: Chart = Chart.NONE
    note: Phrase | None = None
    full: float | None = None

    @property
    def largest(self) -> float:
        """What the longest bar stands for; never 0."""
        values = [float(row[1]) for row in self.rows if isinstance(row[1], int | float | Decimal)]
        return self.full or max(values, default=0) or 1

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but zeros and unknown in it."""
        words = (str, Phrase)
        return not any(cell for row in self.rows for cell in row[1:] if not isinstance(cell, words))


@dataclass(frozen=True, slots=True)
class Section:
    """Tables that belong together: a card on the screen, a sheet of a workbook.

    `symbol` is one of macros/icons.html, `sheet` what the sheet is called.
    """

    key: str
    name: Phrase
    sheet: str
    symbol: str
    tables: tuple[Table, ...]
    note: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that stands for the period, and the same of the period before."""

    key: str
    name: Phrase
    kind: Kind
    value: Cell
    before: Cell
    hint: Phrase | None = None

    @property
    def change(self) -> float | None:
        """How much more it is than before; None when either is unknown."""
        if not isinstance(self.value, int | float | Decimal):
            return None
        if not isinstance(self.before, int | float | Decimal):
            return None
        return float(self.value) - float(self.before)


@dataclass(frozen=True, slots=True)
class Report:
    """One period of the reading room. `is_running`: it has not ended yet."""

    period: Period
    made_at: dt.datetime
    is_running: bool
    is_empty: bool
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every table by its key."""
        return {table.key: table for section in self.sections for table in section.tables}

    def figure(self, key: str) -> Figure:
        """The figure of this key; it is there."""
        return next(figure for figure in self.figures if figure.key == key)


VISITS = Column(Phrase("Kunjungan", "Visits"))
PERSONS = Column(Phrase("Orang", "People"))
SHARE = Column(Phrase("Bagian", "Share"), Kind.SHARE)
NUMBER = Column(Phrase("Jumlah", "Number"))


def head(id_: str, en: str, kind: Kind = Kind.TEXT) -> Column:
    """A column, of names unless said otherwise."""
    return Column(Phrase(id_, en), kind)


def by_choice(
    key: str,
    name: Phrase,
    choices: Sequence[Choice],
    counts: Mapping[str, tuple[int, int]],
    total: int,
) -> Table:
    """Visits and people by the codes of one question; codes of no list are one last line.

    `counts` are visits and people by code, `total` the visits that were asked.
    """
    known = {choice.code for choice in choices}
    rows: list[tuple[Cell, ...]] = [
        (label_of(choice), *_shared(counts.get(choice.code, (0, 0)), total)) for choice in choices
    ]
    strange = [pair for code, pair in counts.items() if code not in known]
    if strange:
        pair = (sum(visits for visits, _ in strange), sum(people for _, people in strange))
        rows.append((Phrase("Tidak diisi", "Not said"), *_shared(pair, total)))
    columns = (Column(name, Kind.TEXT), VISITS, PERSONS, SHARE)
    return Table(key, name, columns, tuple(rows), Chart.BARS)


def counted(
    key: str, name: Phrase, labels: Mapping[str, Phrase], counts: Mapping[str, int]
) -> Table:
    """How many of each kind, in the order of the labels; a kind without a label by its code."""
    strange = {code: Phrase(code, code) for code in sorted(set(counts) - set(labels))}
    rows = tuple((words, counts.get(code, 0)) for code, words in {**labels, **strange}.items())
    return Table(key, name, (Column(name, Kind.TEXT), NUMBER), rows, Chart.BARS)


def share(part: int, whole: int) -> float | None:
    """The part of the whole; None of nothing."""
    return part / whole if whole else None


def place_of_percentile(count: int, percent: int) -> int:
    """Where, counted from 0 in order, the smallest value stands that `percent` do not exceed."""
    return max(0, -(-percent * count // 100) - 1)


def _shared(pair: tuple[int, int], total: int) -> tuple[Cell, ...]:
    return (*pair, share(pair[0], total))
