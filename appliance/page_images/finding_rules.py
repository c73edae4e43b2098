"""What of a page's words is a find, and what of it is shown around it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appliance.free_text import one_line
from appliance.page_images.words import PageWords

QUERY_CHARS = 80
SHORTEST = 2  # characters of a word; single ones are on every page
WORDS_BEFORE, WORDS_AFTER = 7, 9
MOST_MARKS = 200  # of a page
_WORD = re.compile(r"\w+(?:[.,/-]\w+)*")  # 1.234,5 and 2019-2023 are one


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: the words together as typed, and each of them."""

    text: str
    words: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not self.words


@dataclass(frozen=True, slots=True)
class Snippet:
    """Some words of a page around a find."""

    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A page on which something was found, how often, and the first find."""

    page: int
    times: int
    snippet: Snippet


def query_of(text: str) -> Query:
    """What of a typed text is looked for; small and capital letters are the same."""
    plain = unicodedata.normalize("NFKC", one_line(text[: 4 * QUERY_CHARS]))
    folded = plain[:QUERY_CHARS].strip(" \"'“”").casefold()
    words = tuple(dict.fromkeys(_WORD.findall(folded)))
    return Query(folded, tuple(word for word in words if len(word) >= SHORTEST))


def finds(page: PageWords, query: Query, *, together: bool) -> list[range]:
    """The numbers of the words of each find: of the text as typed, or of every word of it.

    Nothing when one of the words is not on the page at all.
    """
    if query.is_empty:
        return []
    folded = page.text.casefold()
    if together:
        return list(_places(folded, query.text))
    if not all(word in folded for word in query.words):
        return []
    found = [place for word in query.words for place in _places(folded, word)]
    return sorted(found, key=lambda place: place.start)[:MOST_MARKS]


def snippet(words: Sequence[str], find: range) -> Snippet:
    """The words of a find with a few of those around it."""
    first = max(0, find.start - WORDS_BEFORE)
    last = min(len(words), find.stop + WORDS_AFTER)
    return Snippet(
        before=("… " if first else "") + " ".join(words[first : find.start]),
        found=" ".join(words[find.start : find.stop]),
        after=" ".join(words[find.stop : last]) + (" …" if last < len(words) else ""),
    )


def _places(folded: str, wanted: str) -> Iterator[range]:
    """The words in which this text stands. Folding letters changes no blank, so they count."""
    at, word, counted = folded.find(wanted), 0, 0
    for _ in range(MOST_MARKS):
        if at < 0:
            return
        word += folded.count(" ", counted, at)
        counted = at
        yield range(word, word + wanted.count(" ") + 1)
        at = folded.find(wanted, at + len(wanted))
