"""Looks for words inside a publication, as far as its pages were read; more are read meanwhile."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.errors import N_, Unavailable
from appliance.page_images import finding_rules as rules
from appliance.page_images.book import Book
from appliance.page_images.finding_rules import Hit, Query
from appliance.page_images.service import PageImageService
from appliance.page_images.words import (
    PAGES_A_PART,
    Box,
    PageWords,
    pages_of,
    part_of,
    parts_in,
    words_in,
)

READS_FOR_S = 3.0  # of a search, in which more pages are read; a person waits that long
MOST_READING = 2  # searches that have pages read, of the eight threads that serve all screens
TURN_S = 2.0  # for those who look in what was read, which takes the interpreter for a moment
MOST_HITS = 100
BUSY = N_("Pencarian lain sedang berjalan. Coba lagi sebentar lagi.")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found on the pages that were read so far.

    `is_together`: the words stand there as typed; otherwise each of them is on the page. `hits`
    are the first MOST_HITS of `hit_pages`. `silent_pages` have no words, as scans have none.
    `is_held_up`: no more pages could be read just now.
    """

    query: Query
    pages: int
    read_pages: int
    silent_pages: int
    unread_pages: int
    hits: tuple[Hit, ...]
    hit_pages: int
    is_together: bool
    is_held_up: bool = False

    @property
    def is_complete(self) -> bool:
        return self.read_pages >= self.pages

    @property
    def has_no_words(self) -> bool:
        """Whether nothing can be found in what was read, whatever is looked for."""
        return 0 < self.read_pages == self.silent_pages


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the finds on a page are, and the nearest pages with others."""

    boxes: tuple[Box, ...] = ()
    before: int | None = None
    after: int | None = None


class BookSearch:
    """Looks from any thread, for one person after the other."""

    def __init__(self, images: PageImageService) -> None:
        self._images = images
        self._reading = threading.BoundedSemaphore(MOST_READING)
        self._looking = threading.Lock()

    def find(self, publication_id: int, text: str, *, read_for_s: float = READS_FOR_S) -> Findings:
        """Look in all pages that were read, and have more of them read for so long.

        Raises as PageImageService.book does, and Unavailable while too many others search.
        """
        query = rules.query_of(text)
        book = self._images.book(publication_id)
        if query.is_empty:
            return Findings(query, book.pages, 0, 0, 0, (), 0, is_together=True)
        parts, is_held_up = self._have_read(book, read_for_s)
        if not self._looking.acquire(timeout=TURN_S):
            raise Unavailable(BUSY)
        try:
            pages = list(self._pages(book, parts))
            return _sorted_out(query, book, pages, is_held_up=is_held_up)
        finally:
            self._looking.release()

    def marks(self, book: Book, page: int, text: str) -> Marks:
        """What to mark on a page, and where to go on; nothing when its words were not read yet."""
        query = rules.query_of(text)
        known = None if query.is_empty else next(self._kept(book, range(page, page + 1)), None)
        if known is None:
            return Marks()
        _, words = known
        together = rules.finds(words, query, together=True)
        places = together or rules.finds(words, query, together=False)

        def nearest(pages: range) -> int | None:
            """The next page like this one, as far as they were read."""
            for number, found in self._kept(book, pages):
                if rules.finds(found, query, together=bool(together)):
                    return number
            return None

        return Marks(
            boxes=tuple(words.box(number) for place in places for number in place),
            before=nearest(range(page - 1, 0, -1)),
            after=nearest(range(page + 1, book.pages + 1)),
        )

    def _kept(self, book: Book, pages: range) -> Iterator[tuple[int, PageWords]]:
        """Pages and their words, up to the first whose words are not on the shelf."""
        number_of_part, part = 0, None
        for number in pages:
            if part_of(number) != number_of_part:
                number_of_part = part_of(number)
                part = self._images.kept_words(book, number_of_part)
            place = (number - 1) % PAGES_A_PART
            if part is None or place >= len(part):
                return
            yield number, part[place]

    def _have_read(self, book: Book, read_for_s: float) -> tuple[int, bool]:
        """How many parts are there, at least one, and whether no more could be read just now."""
        deadline_s = time.monotonic() + read_for_s
        count = parts_in(book.pages)
        for number in range(1, count + 1):
            if self._images.has_words(book, number):
                continue
            if number > 1 and time.monotonic() > deadline_s:
                return number - 1, False
            try:
                self._read(book, number)
            except Unavailable:
                if number == 1:
                    raise
                return number - 1, True
        return count, False

    def _read(self, book: Book, number: int) -> None:
        if not self._reading.acquire(blocking=False):
            raise Unavailable(BUSY)
        try:
            self._images.words(book, number)
        finally:
            self._reading.release()

    def _pages(self, book: Book, parts: int) -> Iterator[PageWords]:
        for number in range(1, parts + 1):
            part = self._images.words(book, number)
            yield from part[: len(pages_of(number, book.pages))]


def _sorted_out(query: Query, book: Book, pages: list[PageWords], *, is_held_up: bool) -> Findings:
    together = list(_hits(pages, query, together=True))
    hits = together or list(_hits(pages, query, together=False))
    return Findings(
        query=query,
        pages=book.pages,
        read_pages=len(pages),
        silent_pages=sum(1 for page in pages if not page.text and not page.is_unread),
        unread_pages=sum(1 for page in pages if page.is_unread),
        hits=tuple(hits[:MOST_HITS]),
        hit_pages=len(hits),
        is_together=bool(together) or len(query.words) == 1,
        is_held_up=is_held_up,
    )


def _hits(pages: list[PageWords], query: Query, *, together: bool) -> Iterator[Hit]:
    for number, page in enumerate(pages, start=1):
        found = rules.finds(page, query, together=together)
        if found:
            yield Hit(number, len(found), rules.snippet(list(words_in(page)), found[0]))
