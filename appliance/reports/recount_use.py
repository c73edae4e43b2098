"""What was used and done in a period, counted from the journal alone.

No line of a reading, a scan or a request tells whose it was, and none ever shall. So such a thing
is of the day its line was written, where a report counts it with its visit: the same day unless
somebody sat past midnight.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from appliance.reports.complaint_sections import WORDS_OF_KINDS
from appliance.reports.periods import Period
from appliance.reports.phrases import Phrase
from appliance.reports.recount_lines import Line, whole
from appliance.reports.rules import Report
from appliance.reports.use_sections import ALARMS, HAND_OUTS, TRIPS
from appliance.storage.models import utc_text

DONE = {
    "reading.noted": "readings",
    "request.made": "requests",
    "copy.made": "downloads",
    "photocopy.asked": "photocopies",
}
HANDED = {"scan.printed": "print", "scan.copied": "usb", "scan.mailed": "mail"}
TRIP_ENDS = {
    "photocopy.out": "out",
    "photocopy.back": "back",
    "photocopy.lost": "lost",
    "photocopy.cancelled": "cancelled",
}
HEARD = (
    *(*DONE, *HANDED, *TRIP_ENDS, "scan.opened", "scan.made"),
    *("complaint.made", "rating.given", "locker.alarm"),
)
MARKED, RATINGS = "copy/", "ratings/"  # a softcopy without a mark is no marked copy


class UseBook:
    """Told every line of the journal in its order, it knows what was done in the period."""

    def __init__(self, period: Period, zone: dt.tzinfo) -> None:
        self._period, self._zone = period, zone
        self._first, self._after = map(utc_text, period.moments(zone))
        self._scans: dict[str, int | None] = {}
        self._trips: dict[str, str] = {}
        self.done: Counter[str] = Counter()
        self.handed: Counter[str] = Counter()
        self.alarms: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()

    @property
    def trips(self) -> Counter[str]:
        """The publications that went to the photocopier, by what became of them."""
        return Counter(self._trips.values())

    @property
    def pages(self) -> list[int]:
        """The pages of every scan that became a file."""
        return [pages for pages in self._scans.values() if pages is not None]

    def hear(self, at: str, subject: str, action: str, data: dict[str, Any]) -> None:
        """One line; `at` as the database writes moments."""
        if action == "scan.made" and subject in self._scans:
            self._scans[subject] = data["pages"]
        elif action in HANDED and subject in self._scans:
            self.handed[HANDED[action]] += 1
        elif action in TRIP_ENDS and subject in self._trips:
            self._trips[subject] = TRIP_ENDS[action]
        elif action == "complaint.made":
            self._complained(at, data)
        elif action == "rating.given":
            self._rated(at, subject)
        elif self._first <= at < self._after:
            self._begin(subject, action, data)

    def _begin(self, subject: str, action: str, data: dict[str, Any]) -> None:
        if action == "scan.opened":
            self._scans[subject] = None
        elif action == "locker.alarm":
            self.alarms[data["alarm"]] += 1
        elif action in DONE and (action != "copy.made" or subject.startswith(MARKED)):
            self.done[DONE[action]] += 1
            if action == "photocopy.asked":
                self._trips[subject] = "asked"

    def _complained(self, at: str, data: dict[str, Any]) -> None:
        """A letter is of the day it came, which may be days before somebody typed it."""
        came = data.get("received_on") or self._day(at)
        if self._period.days[0] <= came < self._period.days[1]:
            self.done["complaints"] += 1
            self.kinds[data.get("kind", "complaint")] += 1

    def _rated(self, at: str, subject: str) -> None:
        """Ratings are of a month, and those from paper of the month written on them."""
        month = subject.removeprefix(RATINGS) if subject.startswith(RATINGS) else self._day(at)[:7]
        first, last = self._period.months
        self.done["respondents"] += first <= month <= last

    def _day(self, at: str) -> str:
        moment = dt.datetime.fromisoformat(at).astimezone(self._zone)
        return moment.date().isoformat()


def lines(report: Report, book: UseBook) -> Iterator[Line]:
    """The report's numbers of what was done beside those of the journal."""
    pages = Counter({"scans": len(book.pages), "scanned_pages": sum(book.pages)})
    done = book.done + pages
    keys = ["readings", "scans", "scanned_pages", "downloads", "requests", "photocopies"]
    if report.period.is_of_whole_months:
        keys.append("respondents")
    for key in (*keys, "complaints"):
        figure = report.figure(key)
        yield Line(figure.name, whole(figure.value), done[key])
    for table, labels, counts in (
        ("hand_outs", HAND_OUTS, book.handed),
        ("photocopies", TRIPS, book.trips),
        ("alarms", ALARMS, book.alarms),
        ("complaint_kinds", WORDS_OF_KINDS, book.kinds),
    ):
        yield from _by_words(report, table, labels, counts)


def _by_words(
    report: Report, key: str, labels: dict[str, Phrase], counts: Counter[str]
) -> Iterator[Line]:
    table = report.tables[key]
    rows = {row[0]: row[1] for row in table.rows}
    for code, words in labels.items():
        name = Phrase(f"{table.name.id}: {words.id}", f"{table.name.en}: {words.en}")
        yield Line(name, whole(rows.get(words)), counts[code])
