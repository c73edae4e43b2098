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
from appliance.page_images.words import Box, PageWords, pages_of, part_of, parts_in, words_in

READS_FOR_S = 3.0  # of a search, in which more pages are read; a person waits that long
MOST_AT_ONCE = 2  # searches that have pages read, of the eight threads that serve all screens
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


class BookSearch:
    """Looks from any thread."""

    def __init__(self, images: PageImageService) -> None:
        self._images = images
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def find(self, publication_id: int, text: str, *, read_for_s: float = READS_FOR_S) -> Findings:
        """Look in all pages that were read, and have more of them read for so long.

        Raises as PageImageService.book does, and Unavailable while too many others search.
        """
        query = rules.query_of(text)
        book = self._images.book(publication_id)
        if query.is_empty:
            return Findings(query, book.pages, 0, 0, 0, (), 0, is_together=True)
        pages: list[PageWords] = []
        is_held_up = False
        try:
            for part in self._parts(book, read_for_s):
                pages.extend(part)
        except Unavailable:
            if not pages:
                raise
            is_held_up = True
        return _sorted_out(query, book, pages, is_held_up=is_held_up)

    def marks(self, book: Book, page: int, text: str) -> tuple[Box, ...]:
        """Where on a page the finds are; nothing when its words were not read yet."""
        query = rules.query_of(text)
        part = None if query.is_empty else self._images.kept_words(book, part_of(page))
        place = page - pages_of(part_of(page), page)[0]
        if part is None or place >= len(part):
            return ()
        words = part[place]
        together = rules.finds(words, query, together=True)
        places = together or rules.finds(words, query, together=False)
        return tuple(words.box(number) for place in places for number in place)

    def _parts(self, book: Book, read_for_s: float) -> Iterator[tuple[PageWords, ...]]:
        """The words of the first pages, at least those of one part, as many as could be had."""
        deadline_s = time.monotonic() + read_for_s
        for number in range(1, parts_in(book.pages) + 1):
            part = self._images.kept_words(book, number)
            if part is None:
                if number > 1 and time.monotonic() > deadline_s:
                    return
                part = self._read(book, number)
            yield part[: len(pages_of(number, book.pages))]

    def _read(self, book: Book, number: int) -> tuple[PageWords, ...]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(BUSY)
        try:
            return self._images.words(book, number)
        finally:
            self._places.release()


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
