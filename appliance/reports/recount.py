"""A period counted once more, from the journal alone, and set beside its report.

The tables can be changed by whoever holds the machine; the journal cannot without breaking its
chain. So a report whose numbers come out of both is one that nobody has bettered.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.guestbook.choices import LISTS
from appliance.offices import Office
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.rules import Report
from appliance.reports.visit_counts import CANCELLED
from appliance.reports.visit_sections import ENDS, QUESTIONS
from appliance.storage import statements
from appliance.storage.models import Journal, utc_text

Codes = dict[str, Counter[str]]
MADE_UP = "demo.seeded"
SERVED = ("visit.served", "visit.served_corrected")
HEARD = (
    *("visit.registered", "visit.closed", "visit.corrected", *SERVED),
    *("locker.assigned", "deposit.received", MADE_UP),
)
# The newest line before the first stretch that reaches into the period.
_OLDER = """
    SELECT coalesce(
        (SELECT min(first_seq) - 1 FROM journal_stretch WHERE latest >= ?),
        (SELECT max(last_seq) FROM journal_stretch))"""


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


def recount(report: Report, office: Office) -> Recount:
    """The report's numbers of visits beside those of the journal. Reads it once, line by line."""
    book = _Book(report.period, office.zone)
    answers = [line for key, name in QUESTIONS for line in _answers(report, key, name, book.codes)]
    return Recount(
        period=report.period,
        lines=tuple(_lines(report, book)),
        answers=len(answers),
        others=tuple(line for line in answers if not line.is_same),
        is_made_up=book.is_made_up,
    )


@dataclass(slots=True)
class _Visit:
    """A visit as the journal tells it; changed by every further line of it."""

    data: dict[str, Any]
    state: str = ""
    wait_s: float | None = None
    is_kept: bool | None = None


class _Book:
    """What the journal knows of the visits of a period."""

    def __init__(self, period: Period, zone: dt.tzinfo) -> None:
        self._days = period.days
        self._visits: dict[str, _Visit] = {}
        self.lockers = self.cards = 0
        self.is_made_up = False
        for subject, action, detail in _told(period.moments(zone)[0]):
            self._hear(subject, action, detail)
        seen = self._visits.values()
        counted = [visit for visit in seen if visit.state != CANCELLED]
        self.visits, self.cancelled = len(counted), len(seen) - len(counted)
        self.persons = sum(visit.data.get("persons", 1) for visit in counted)
        self.ends = Counter(visit.state for visit in seen)
        # As the promise stood that day; the office file may promise otherwise by now.
        self.kept = [visit.is_kept for visit in counted if visit.wait_s is not None]
        self.codes: Codes = {
            key: Counter(code for visit in counted for code in _codes(visit.data.get(key, "")))
            for key, _ in QUESTIONS
        }

    def _hear(self, subject: str, action: str, detail: str) -> None:
        if action == MADE_UP:
            self.is_made_up = True
        elif action == "visit.registered":
            data = msgspec.json.decode(detail)
            if self._days[0] <= data["business_date"] < self._days[1]:
                self._visits[subject] = _Visit(data)
        elif (visit := self._visits.get(subject)) is not None:
            self._change(visit, action, msgspec.json.decode(detail))

    def _change(self, visit: _Visit, action: str, data: dict[str, Any]) -> None:
        if action == "visit.closed":
            visit.state = data["state"]
        elif action == "visit.corrected":
            visit.data |= data.get("now", {})
        elif action in SERVED:
            visit.wait_s, visit.is_kept = data["wait_s"], data["within_promise"]
        elif action == "locker.assigned":
            self.lockers += 1
        elif action == "deposit.received":
            self.cards += 1


def _lines(report: Report, book: _Book) -> Iterator[Line]:
    figures = {figure.key: figure for figure in report.figures}
    promise = report.tables["promise"].rows
    ends = {words: row[1] for row in report.tables["ends"].rows if (words := row[0])}
    kept = sum(one is True for one in book.kept)
    for key, journalled in (
        ("visits", book.visits),
        ("persons", book.persons),
        ("cancelled", book.cancelled),
    ):
        yield Line(figures[key].name, _whole(figures[key].value), journalled)
    yield Line(Phrase("Tepat janji", "Promise kept"), _whole(promise[0][1]), kept)
    late = len(book.kept) - kept
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


def _codes(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _told(first: dt.datetime) -> Iterator[tuple[str, str, str]]:
    """Subject, kind and details of the lines that matter here, in their order.

    None is left out that was written since `first`, whatever the clock did: a stretch of the
    journal is passed over only when all of it is older.
    """
    older = statements.first(_OLDER, (utc_text(first),))
    since = older[0] if older and older[0] is not None else 0
    columns = (Journal.subject, Journal.action, Journal.detail)
    query = Journal.select(*columns).where(Journal.seq > since, Journal.action.in_(HEARD))
    yield from query.order_by(Journal.seq).tuples().iterator()


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
