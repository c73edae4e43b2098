"""Reasons in officers' own words: beside the journal, where an erasure can reach them.

A line of the journal is for ever, so it holds a code, or for words a hash over them and a random
salt. While both are kept the words can be proved; without them nobody can guess what they were.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from appliance.journal.line import MARK
from appliance.journal.words import REASONS
from appliance.storage import statements
from appliance.storage.models import utc_text

While = tuple[str, str]  # as the database writes moments, the second one not included
_NEVER = "~"
ALWAYS: While = ("", _NEVER)
SALT_BYTES = 16
_DIGITS = 32  # of the hash: 128 bits
_AT_ONCE = 500
_SEAL = re.compile(r"[0-9a-f]{64}")  # of a day's report, which is nobody's words
_KEEP = "INSERT INTO journal_words (seq, salt, words) VALUES (?, ?, ?)"
_KEPT = (
    "SELECT w.seq, w.salt, w.words, j.reason FROM journal_words w JOIN journal j ON j.seq = w.seq"
    " WHERE w.seq > ? ORDER BY w.seq LIMIT ?"
)
_ABOUT = (
    "SELECT w.seq, j.subject, j.at FROM journal_words w JOIN journal j ON j.seq = w.seq"
    " WHERE w.seq > ? ORDER BY w.seq LIMIT ?"
)
_OLD = (
    "SELECT w.seq FROM journal_words w JOIN journal j ON j.seq = w.seq WHERE j.at < ?"
    " ORDER BY w.seq LIMIT ?"
)
_OLD_COUNT = "SELECT count(*) FROM journal_words w JOIN journal j ON j.seq = w.seq WHERE j.at < ?"
_FORGET = "DELETE FROM journal_words WHERE seq = ?"


def taken_apart(why: str) -> tuple[str, bytes]:
    """What the line holds of a reason, and the salt of its words; no salt where it is a code."""
    if not why or why in REASONS or _SEAL.fullmatch(why):
        return why, b""
    salt = secrets.token_bytes(SALT_BYTES)
    return _committed(salt, why), salt


def keep(seq: int, salt: bytes, words: str) -> None:
    """Keep the words of a line that was just written. Belongs where it was."""
    statements.run(_KEEP, (seq, salt, words))


def first_changed(at_once: int) -> int | None:
    """The number of the first line whose words are not those that were said; None when all are.

    So many at once are held in memory.
    """
    for seq, salt, words, reason in _slices(_KEPT, at_once):
        if reason != _committed(bytes(salt), words):
            return int(seq)
    return None


def forget_about(whiles: Mapping[str, Sequence[While]]) -> None:
    """Forget what was said about these subjects, in the whiles that are given with each."""
    for seq in about(whiles):
        statements.run(_FORGET, (seq,))


def about(whiles: Mapping[str, Sequence[While]]) -> list[int]:
    """The numbers of the lines about these subjects whose words are kept."""
    return [
        int(seq)
        for seq, subject, at in _slices(_ABOUT)
        if any(begin <= at < end for begin, end in whiles.get(subject, ()))
    ]


def a_while(since: dt.datetime, until: dt.datetime | None) -> While:
    """From this moment on, to the other one where it is given."""
    return utc_text(since), utc_text(until) if until else _NEVER


def forget_naming(pattern: re.Pattern[str]) -> None:
    """Forget the words in which this is found."""
    for seq, _salt, words, _reason in _slices(_KEPT):
        if pattern.search(words):
            statements.run(_FORGET, (seq,))


def forget_before(end: dt.datetime, limit: int) -> int:
    """Forget the words of lines before this moment, the oldest first, so many at most; how many."""
    rows = statements.every(_OLD, (utc_text(end), limit))
    statements.run_many(_FORGET, rows)
    return len(rows)


def count_before(end: dt.datetime) -> int:
    """Of how many lines before this moment the words are kept."""
    found = statements.first(_OLD_COUNT, (utc_text(end),))
    return int(found[0]) if found else 0


def _slices(sql: str, at_once: int = _AT_ONCE) -> Iterator[tuple[Any, ...]]:
    after = 0
    while rows := statements.every(sql, (after, at_once)):
        yield from rows
        after = int(rows[-1][0])


def _committed(salt: bytes, words: str) -> str:
    return MARK + hashlib.sha256(salt + words.encode()).hexdigest()[:_DIGITS]
