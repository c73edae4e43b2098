"""The words the catalogue knows: cut-off ones completed, misspelled ones put right.

FTS5 collects every record of every word behind a cut-off one before it gives the first; asked for
the commonest of those words one by one it gives them lazily, and the cost no longer grows with the
number of records.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.catalogue.rules import SHORT_PREFIX
from appliance.catalogue.words import LEAST_CORRECTED, neighbours
from appliance.storage import statements

COMPLETIONS = 24  # the commonest words that a cut-off one may become
SHORT_COMPLETIONS = 12  # where two or three letters are all there is of it
RARE_COMPLETIONS = 96  # where none of those stands beside the other words
CORRECTIONS = 6  # and that a misspelled one may have been
FEW_RECORDS = 50  # of a word: looking at each of them at every key stroke costs little
LEAST_OPEN = 5  # letters of a cut-off word whose beginning is worth putting right
_BEHIND = "~"  # sorts behind every letter and digit of ASCII
_KNOWN = "SELECT word, stem FROM catalogue_word WHERE word = ?"
_STEM = "SELECT 1 FROM catalogue_word WHERE stem = ? LIMIT 1"
_RECORDS = """
    SELECT coalesce(sum(records), 0) FROM catalogue_word
    WHERE stem IN (SELECT value FROM json_each(?))"""
_COMPLETED = """
    SELECT word, stem FROM catalogue_word WHERE word >= ? AND word < ?
    ORDER BY records DESC, word LIMIT ?"""
_ALIKE = """
    SELECT word, stem FROM catalogue_word WHERE word IN (SELECT value FROM json_each(?))
    ORDER BY records DESC, word LIMIT ?"""
_ALIKE_OPEN = """
    SELECT w.word, w.stem FROM (SELECT DISTINCT value FROM json_each(?)) e
    CROSS JOIN catalogue_word w ON w.word >= e.value AND w.word < e.value || '~'
    GROUP BY w.word ORDER BY w.records DESC, w.word LIMIT ?"""


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word as some record writes it."""

    word: str
    stem: str


def known(word: str) -> KnownWord | None:
    """The word, when a record has it exactly so."""
    row = statements.first(_KNOWN, (word,))
    return None if row is None else KnownWord(*row)


def has_stem(stem: str) -> bool:
    """Whether some record has a word of this family."""
    return statements.first(_STEM, (stem,)) is not None


def records_of(stems: Sequence[str]) -> int:
    """In about how many records one of these stems stands, at most."""
    row = statements.first(_RECORDS, (json.dumps(stems),))
    return int(row[0]) if row else 0


def completions(start: str, *, rare: bool = False) -> tuple[KnownWord, ...]:
    """The commonest words that begin so, the word itself among them; `rare`: many more of them."""
    most = SHORT_COMPLETIONS if len(start) < SHORT_PREFIX else COMPLETIONS
    return _found(_COMPLETED, start, start + _BEHIND, RARE_COMPLETIONS if rare else most)


def alike(word: str, *, is_open: bool = False) -> tuple[KnownWord, ...]:
    """The commonest words that are one slip away; none for words too short to tell.

    `is_open`: the word may be cut off, so that words beginning with such a neighbour count, too.
    """
    if len(word) < (LEAST_OPEN if is_open else LEAST_CORRECTED) or word.isdigit():
        return ()
    near = json.dumps(list(neighbours(word)))
    return _found(_ALIKE_OPEN if is_open else _ALIKE, near, CORRECTIONS)


def _found(sql: str, *values: str | int) -> tuple[KnownWord, ...]:
    return tuple(KnownWord(*row) for row in statements.every(sql, values))
