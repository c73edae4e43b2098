"""A period counted once more, from the journal alone, and set beside its report.

The tables can be changed by whoever holds the machine; the journal cannot without breaking its
chain. So a report whose numbers come out of both is one that nobody has bettered.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from appliance.guestbook.choices import LISTS
from appliance.offices import Office
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.recount_lines import GAPS, Line, Recount, whole
from appliance.reports.recount_use import HEARD as HEARD_OF_USE
from appliance.reports.recount_use import UseBook
from appliance.reports.recount_use import lines as lines_of_use
from appliance.reports.rules import Report, place_of_percentile
from appliance.reports.use_sections import DEPOSITS as CARD_STATES
from appliance.reports.use_sections import LOCKER_ENDS
from appliance.reports.visit_counts import CANCELLED
from appliance.reports.visit_sections import ENDS, QUESTIONS
from appliance.storage import statements
from appliance.storage.models import Journal, utc_text

Codes = dict[str, Counter[str]]
MADE_UP = "demo.seeded"
SERVED = ("visit.served", "visit.served_corrected")
# What each does to the number of cards that are back with their owners, or elsewhere.
DEPOSITS = {
    "deposit.received": ("cards", 1),
    "deposit.waived": ("waived", 1),
    "deposit.returned": ("returned", 1),
    "deposit.return_undone": ("returned", -1),
    "deposit.handed_over": ("handed_over", 1),
}
HEARD = (
    *("visit.registered", "visit.closed", "visit.corrected", *SERVED),
    *("locker.assigned", "locker.released", *DEPOSITS, MADE_UP),
    *HEARD_OF_USE,
)
CARD_ENDS = {code: CARD_STATES[code] for code in ("returned", "waived", "handed_over")}
_LONG_AGO = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)  # before what any clock of ours has written
# The newest line before the first stretch that reaches into the period.
_OLDER = """
    SELECT coalesce(
        (SELECT min(first_seq) - 1 FROM journal_stretch WHERE latest >= ?),
        (SELECT max(last_seq) FROM journal_stretch))"""
# The days of visits that a wrong clock had dated, told later.
_DATED = """
    SELECT subject, json_extract(detail, '$.business_date') FROM journal
    WHERE action = 'visit.dated' ORDER BY seq"""


def recount(report: Report, office: Office) -> Recount:
    """The report's numbers beside those of the journal. Reads it once, line by line."""
    book = _Book(report.period, office.zone)
    answers = [line for key, name in QUESTIONS for line in _answers(report, key, name, book.codes)]
    return Recount(
        period=report.period,
        lines=(*_lines(report, book), *lines_of_use(report, book.use)),
        answers=len(answers),
        others=tuple(line for line in answers if not line.is_same),
        gaps=GAPS,
        is_made_up=book.is_made_up,
    )


@dataclass(slots=True)
class _Visit:
    """A visit as the journal tells it; changed by every further line of it."""

    data: dict[str, Any]
    state: str = ""
    wait_s: float | None = None
    is_served: bool = False
    is_kept: bool | None = None
    stay_s: float | None = None


class _Book:
    """What the journal knows of the visits of a period."""

    def __init__(self, period: Period, zone: dt.tzinfo) -> None:
        self._days = period.days
        self._visits: dict[str, _Visit] = {}
        self.lockers = 0
        self.deposits: Counter[str] = Counter()
        self.locker_ends: Counter[str] = Counter()
        self.use = UseBook(period, zone)
        self.is_made_up = False
        self._dated = dict(statements.every(_DATED))
        was_moved = any(map(self._is_within, self._dated.values()))
        first = _LONG_AGO if was_moved else period.moments(zone)[0]
        for at, subject, action, detail in _told(first):
            self._hear(at, subject, action, msgspec.json.decode(detail))
        seen = self._visits.values()
        counted = [visit for visit in seen if visit.state != CANCELLED]
        self.visits, self.cancelled = len(counted), len(seen) - len(counted)
        self.persons = sum(visit.data.get("persons", 1) for visit in counted)
        self.ends = Counter(visit.state for visit in seen)
        # As the promise stood that day; the office file may promise otherwise by now.
        self.kept = [visit.is_kept for visit in counted if visit.wait_s is not None]
        self.waits = [visit.wait_s for visit in counted if visit.wait_s is not None]
        self.stays = [visit.stay_s for visit in counted if visit.stay_s is not None]
        self.served = sum(visit.is_served for visit in counted)
        self.codes: Codes = {
            key: Counter(code for visit in counted for code in _codes(visit.data.get(key, "")))
            for key, _ in QUESTIONS
        }

    def _hear(self, at: str, subject: str, action: str, data: dict[str, Any]) -> None:
        if action == MADE_UP:
            self.is_made_up = True
        elif action in HEARD_OF_USE:
            self.use.hear(at, subject, action, data)
        elif action == "visit.registered":
            if self._is_within(self._dated.get(subject, data["business_date"])):
                self._visits[subject] = _Visit(data)
        elif (visit := self._visits.get(subject)) is not None:
            self._change(visit, action, data)

    def _is_within(self, day: str) -> bool:
        return self._days[0] <= day < self._days[1]

    def _change(self, visit: _Visit, action: str, data: dict[str, Any]) -> None:
        if action == "visit.closed":
            visit.state, visit.stay_s = data["state"], data.get("stay_s")
        elif action == "visit.corrected":
            visit.data |= data.get("now", {})
        elif action in SERVED:
            visit.is_served = True
            visit.wait_s, visit.is_kept = data["wait_s"], data["within_promise"]
        elif action == "locker.assigned":
            self.lockers += 1
        elif action == "locker.released":
            self.locker_ends[data["end_reason"]] += 1
        elif action in DEPOSITS:
            what, step = DEPOSITS[action]
            self.deposits[what] += step


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
        yield Line(figures[key].name, whole(figures[key].value), journalled)
    yield Line(Phrase("Tepat janji", "Promise kept"), whole(promise[0][1]), kept)
    late = len(book.kept) - kept
    yield Line(Phrase("Terlambat", "Late"), whole(promise[1][1]), late)
    for state, words in ENDS.items():
        if state != CANCELLED:
            yield Line(words, whole(ends[words]), book.ends[state])
    for key, journalled in (("lockers", book.lockers), ("cards", book.deposits["cards"])):
        yield Line(figures[key].name, whole(figures[key].value), journalled)
    yield from _times(report, book)
    for table, labels, counts in (
        ("locker_ends", LOCKER_ENDS, book.locker_ends),
        ("card_states", CARD_ENDS, book.deposits),
    ):
        yield from _ended(report, table, labels, counts)


def _times(report: Report, book: _Book) -> Iterator[Line]:
    """Waits and stays in whole seconds, and of how many nobody knows."""
    unknown = report.figure("unknown_waits")
    yield Line(unknown.name, whole(unknown.value), book.served - len(book.waits))
    values = ((book.waits, 50), (book.waits, 90), (book.stays, 50))
    for row, (times, percent) in zip(report.tables["times"].rows, values, strict=True):
        place = place_of_percentile(len(times), percent)
        journalled = round(sorted(times)[place]) if times else 0
        reported = round(row[1]) if isinstance(row[1], float) else 0
        name = row[0] if isinstance(row[0], Phrase) else Phrase("", "")
        yield Line(Phrase(f"{name.id} (detik)", f"{name.en} (seconds)"), reported, journalled)


def _ended(
    report: Report, key: str, labels: Mapping[str, Phrase], counts: Counter[str]
) -> Iterator[Line]:
    rows = {row[0]: row[1] for row in report.tables[key].rows}
    for code, words in labels.items():
        if code:  # still in use: that it has not ended is no line
            yield Line(words, whole(rows[words]), counts[code])


def _answers(report: Report, key: str, name: Phrase, codes: Codes) -> Iterator[Line]:
    rows = {row[0]: row[1] for row in report.tables[key].rows}
    for choice in LISTS[key]:
        label = label_of(choice)
        words = Phrase(f"{name.id}: {label.id}", f"{name.en}: {label.en}")
        yield Line(words, whole(rows[label]), codes[key][choice.code])


def _codes(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _told(first: dt.datetime) -> Iterator[tuple[str, str, str, str]]:
    """Moment, subject, kind and details of the lines that matter here, in their order.

    None is left out that was written since `first`, whatever the clock did: a stretch of the
    journal is passed over only when all of it is older.
    """
    older = statements.first(_OLDER, (utc_text(first),))
    since = older[0] if older and older[0] is not None else 0
    columns = (Journal.at.cast("TEXT"), Journal.subject, Journal.action, Journal.detail)
    query = Journal.select(*columns).where(Journal.seq > since, Journal.action.in_(HEARD))
    yield from query.order_by(Journal.seq).tuples().iterator()
