"""A period counted once more, from the journal alone, and set beside its report.

The tables can be changed by whoever holds the machine; the journal cannot without breaking its
chain. So a report whose numbers come out of both is one that nobody has bettered.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.guestbook.choices import LISTS
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.rules import Report
from appliance.reports.visit_counts import CANCELLED
from appliance.reports.visit_sections import ENDS, QUESTIONS
from appliance.storage.models import Journal

Codes = dict[str, Counter[str]]
MADE_UP = "demo.seeded"


@dataclass(frozen=True, slots=True)
class Line:
    """One number, from the report and from the journal."""

    name: Phrase
    reported: int
    journalled: int

    @property
    def is_same(self) -> bool:
        return self.reported == self.journalled


@dataclass(frozen=True, slots=True)
class Recount:
    """What counting again gave: the numbers of visits, and how many answers were compared.

    `others` are the answers of the guest book that differ; `is_made_up` says that this house was
    filled with visits of nobody, which no journal has.
    """

    period: Period
    lines: tuple[Line, ...]
    answers: int
    others: tuple[Line, ...]
    is_made_up: bool

    @property
    def is_same(self) -> bool:
        return not self.others and all(line.is_same for line in self.lines)


def recount(report: Report, promise_minutes: int) -> Recount:
    """The report's numbers of visits beside those of the journal. Reads it once, line by line."""
    book = _Book(report.period)
    answers = [line for key, name in QUESTIONS for line in _answers(report, key, name, book.codes)]
    return Recount(
        period=report.period,
        lines=tuple(_lines(report, book, promise_minutes)),
        answers=len(answers),
        others=tuple(line for line in answers if not line.is_same),
        is_made_up=Journal.select().where(Journal.action == MADE_UP).exists(),
    )


class _Book:
    """What the journal knows of the visits of a period."""

    def __init__(self, period: Period) -> None:
        first, after = period.days
        self.codes: Codes = {key: Counter() for key, _ in QUESTIONS}
        self.visits = self.persons = self.cancelled = 0
        ends = {subject: data["state"] for subject, data in _told("visit.closed")}
        corrected: dict[str, dict[str, Any]] = {}
        for subject, data in _told("visit.corrected"):
            corrected.setdefault(subject, {}).update(data.get("now", {}))
        seen: set[str] = set()
        for subject, data in _told("visit.registered"):
            if not first <= data["business_date"] < after:
                continue
            seen.add(subject)
            if ends.get(subject) == CANCELLED:
                self.cancelled += 1
            else:
                self._add(data | corrected.get(subject, {}))
        self.ends = Counter(state for subject, state in ends.items() if subject in seen)
        waits = {s: d["wait_s"] for s, d in _told("visit.served") if s in seen}
        waits |= {s: d["wait_s"] for s, d in _told("visit.wait_corrected") if s in seen}
        self.waits = [
            wait_s
            for subject, wait_s in waits.items()
            if wait_s is not None and ends.get(subject) != CANCELLED
        ]
        self.lockers = _times("locker.assigned", seen)
        self.cards = _times("deposit.received", seen)

    def _add(self, data: dict[str, Any]) -> None:
        self.visits += 1
        self.persons += data.get("persons", 1)
        for key, counter in self.codes.items():
            value = data.get(key, "")
            counter.update([value] if isinstance(value, str) else value)


def _lines(report: Report, book: _Book, minutes: int) -> Iterator[Line]:
    figures = {figure.key: figure for figure in report.figures}
    promise = report.tables["promise"].rows
    ends = {words: row[1] for row in report.tables["ends"].rows if (words := row[0])}
    kept = sum(wait_s <= minutes * 60 for wait_s in book.waits)
    for key, journalled in (
        ("visits", book.visits),
        ("persons", book.persons),
        ("cancelled", book.cancelled),
    ):
        yield Line(figures[key].name, _whole(figures[key].value), journalled)
    yield Line(Phrase("Tepat janji", "Promise kept"), _whole(promise[0][1]), kept)
    late = len(book.waits) - kept
    yield Line(Phrase("Terlambat", "Late"), _whole(promise[1][1]), late)
    for state, words in ENDS.items():
        if state != CANCELLED:
            yield Line(words, _whole(ends[words]), book.ends[state])
    for key, journalled in (("lockers", book.lockers), ("cards", book.cards)):
        yield Line(figures[key].name, _whole(figures[key].value), journalled)


def _answers(report: Report, key: str, name: Phrase, codes: Codes) -> Iterator[Line]:
    rows = {row[0]: row[1] for row in report.tables[key].rows}
    for choice in LISTS[key]:
        label = label_of(choice)
        words = Phrase(f"{name.id}: {label.id}", f"{name.en}: {label.en}")
        yield Line(words, _whole(rows[label]), codes[key][choice.code])


def _times(action: str, seen: set[str]) -> int:
    return sum(subject in seen for subject, _ in _told(action))


def _told(action: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Subject and details of every line of this kind, the oldest first."""
    query = Journal.select(Journal.subject, Journal.detail).where(Journal.action == action)
    for subject, detail in query.order_by(Journal.seq).tuples().iterator():
        yield subject, msgspec.json.decode(detail)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
