"""How much is read on the screen: of a publication and a day, never of a visitor."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from peewee import fn

from appliance.errors import Unavailable
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import PageReading
from appliance.storage.statements import run_many

KEPT_EVERY_S = 30.0  # a write costs a flush of the card, and pages are turned every few seconds
_ADD = """
INSERT INTO page_reading (publication_id, day, opened, pages, searches) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (publication_id, day) DO UPDATE SET
    opened = opened + excluded.opened,
    pages = pages + excluded.pages,
    searches = searches + excluded.searches
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a publication was opened, pages of it shown, and words looked for inside."""

    opened: int = 0
    pages: int = 0
    searches: int = 0

    def plus(self, more: "Counts") -> "Counts":
        """Both together."""
        return Counts(
            self.opened + more.opened, self.pages + more.pages, self.searches + more.searches
        )


class ReadingTally:
    """Counts from any thread, in memory; written down with the first count after a while.

    What was counted last is lost when the process is killed: these are statistics.
    """

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._office = office
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._counts: dict[tuple[int, str], Counts] = {}
        self._kept_s = float("-inf")

    def add(self, publication_id: int, counts: Counts) -> None:
        """Count; never fails, and seldom waits for the disk."""
        day = self._office.business_date(self._clock.now()).isoformat()
        with self._lock:
            before = self._counts.get((publication_id, day), Counts())
            self._counts[publication_id, day] = before.plus(counts)
            if self._monotonic() - self._kept_s < KEPT_EVERY_S:
                return
            self._kept_s = self._monotonic()
        self.keep()

    def keep(self) -> None:
        """Write down what was counted; what cannot be written is kept for the next time."""
        with self._lock:
            counted, self._counts = self._counts, {}
        rows = [(*key, one.opened, one.pages, one.searches) for key, one in counted.items()]
        try:
            if rows:
                self._writer.run(lambda: run_many(_ADD, rows))
        except Unavailable:
            with self._lock:
                for key, one in counted.items():
                    self._counts[key] = one.plus(self._counts.get(key, Counts()))

    def of(self, publication_id: int) -> Counts:
        """Everything that was counted of a publication and written down."""
        sums = [fn.COALESCE(fn.SUM(column), 0) for column in _COLUMNS]
        query = PageReading.select(*sums).where(PageReading.publication == publication_id)
        return Counts(*next(query.tuples().iterator()))


_COLUMNS = (PageReading.opened, PageReading.pages, PageReading.searches)
