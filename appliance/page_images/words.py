"""The words of pages, as the drawing child reads them: text to search, boxes to mark it with.

A part is the words of PAGES_A_PART pages in one file: so few that nobody who turns a page waits
long behind it, so many that a yearbook has not hundreds of files.
"""

import struct
from collections.abc import Iterator, Sequence

import msgspec

PAGES_A_PART = 20
BOX = struct.Struct("<4H")  # left, top, right, bottom
BOX_SIDE = 10_000  # a page is so wide and so high in units of a box
MOST_WORDS = 20_000  # of a page; a full one of small print has 2,000
MOST_WORD_CHARS = 100
MOST_PART_BYTES = 8 << 20

Box = tuple[int, int, int, int]


class PageWords(msgspec.Struct, frozen=True, array_like=True):
    """The words of a page with a blank between them, and a BOX for each.

    `is_unread`: nobody knows what is on it, because it could not be read in time or at all.
    """

    text: str = ""
    boxes: bytes = b""
    is_unread: bool = False

    def box(self, word: int) -> Box:
        """Where that word, counted from 0, stands on the page."""
        left, top, right, bottom = BOX.unpack_from(self.boxes, word * BOX.size)
        return left, top, right, bottom


def part_of(page: int) -> int:
    """The part that has this page; both count from 1."""
    return (page - 1) // PAGES_A_PART + 1


def parts_in(pages: int) -> int:
    """How many parts a publication of so many pages has."""
    return part_of(max(pages, 1))


def pages_of(part: int, pages: int) -> range:
    """The pages of a part, in a publication of so many."""
    first = (part - 1) * PAGES_A_PART + 1
    return range(first, min(first + PAGES_A_PART, pages + 1))


def written(part: Sequence[PageWords]) -> bytes:
    """A part as it is stored."""
    return msgspec.msgpack.encode(part)


def understood(data: bytes) -> tuple[PageWords, ...] | None:
    """A stored part; None for what is none, such as half of one."""
    if len(data) > MOST_PART_BYTES:
        return None
    try:
        part = msgspec.msgpack.decode(data, type=tuple[PageWords, ...])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
    return part if all(_is_consistent(page) for page in part) else None


def unread(pages: range) -> tuple[PageWords, ...]:
    """A part of which nothing is known."""
    return tuple(PageWords(is_unread=True) for _ in pages)


def words_in(page: PageWords) -> Iterator[str]:
    """The words of a page, in the order of their boxes."""
    return iter(page.text.split(" ")) if page.text else iter(())


def _is_consistent(page: PageWords) -> bool:
    count = page.text.count(" ") + 1 if page.text else 0
    return len(page.boxes) == count * BOX.size
