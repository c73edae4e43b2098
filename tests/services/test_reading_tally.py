"""What is read on the screen is counted of a publication and a day, and of nobody."""

import datetime as dt

from appliance.core import Core
from appliance.errors import Unavailable
from appliance.page_images.tally import Counts, ReadingTally
from appliance.reports.periods import Span
from appliance.services import Services
from appliance.storage.models import PageReading
from tests.services.library import new_publication


def tally(core: Core, now: list[float]) -> ReadingTally:
    return ReadingTally(books=core.books, office=core.office, monotonic=lambda: now[0])


def test_counts_are_written_with_the_first_one_after_a_while(
    core: Core, services: Services
) -> None:
    now = [0.0]
    counted, book = tally(core, now), new_publication(services).id

    counted.add(book, Counts(opened=1, pages=1))
    counted.add(book, Counts(pages=1))
    counted.add(book, Counts(pages=1, searches=1))
    assert counted.of(book) == Counts(1, 1, 0)
    now[0] = 31
    counted.add(book, Counts(pages=1))

    assert counted.of(book) == Counts(1, 4, 1)
    assert PageReading.select().count() == 1
    columns = {column.name for column in PageReading._meta.sorted_fields}
    assert columns == {"publication", "day", "opened", "pages", "searches"}  # and nobody


def test_what_cannot_be_written_is_kept_for_later(core: Core, services: Services) -> None:
    counted, book = tally(core, [0.0]), new_publication(services).id
    writes = core.books.writer.run

    def full(act: object) -> None:
        raise Unavailable("penuh")

    counted._writer = type("Full", (), {"run": staticmethod(full)})()
    counted.add(book, Counts(opened=1))
    counted._writer = type("Good", (), {"run": staticmethod(writes)})()
    counted.keep()

    assert counted.of(book) == Counts(opened=1)


def test_the_month_tells_what_was_read_most_on_the_screen(
    core: Core, services: Services, clock
) -> None:
    counted = services.reading_tally
    books = [new_publication(services, title=title).id for title in ("Satu", "Dua")]
    for book, times in zip(books, (1, 3), strict=True):
        counted.add(book, Counts(opened=times, pages=times * 2))
    counted.keep()
    month = services.reports.present(Span.MONTH)
    clock.advance(dt.timedelta(days=40).total_seconds())
    counted.add(books[0], Counts(opened=9))
    counted.keep()

    report = services.reports.report(month)

    assert report.tables["on_screen"].rows == (("Dua", 3, 6, 0), ("Satu", 1, 2, 0))
    assert not report.is_empty
