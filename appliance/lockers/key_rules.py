"""The mechanical keys of the lockers: where each one is, and what happened to it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.errors import N_, Refused
from appliance.free_text import Field

# How far a door's opening and the officer's line in the log may lie apart: the key is fetched,
# turned and hung back before anybody writes.
EXPLAINS = dt.timedelta(minutes=10)


class KeyWord(StrEnum):
    """What happened to a key; the values are those of the database."""

    USED = "used"
    HANDED_OUT = "handed_out"
    BROUGHT_BACK = "brought_back"
    LOST = "lost"
    FOUND = "found"
    REPLACED = "replaced"


class KeyPlace(StrEnum):
    """Where a key is, as far as the log says."""

    HERE = "here"
    OUT = "out"
    LOST = "lost"


NOTE = Field(200)
FIELDS: dict[KeyWord, dict[str, Field]] = {
    KeyWord.USED: {"note": Field(200, N_("Tulis mengapa loker dibuka dengan kunci."))},
    KeyWord.HANDED_OUT: {"holder": Field(100, N_("Tulis siapa yang membawa kunci ini."))},
    KeyWord.BROUGHT_BACK: {},
    KeyWord.LOST: {"note": Field(200, N_("Tulis bagaimana kunci ini hilang."))},
    KeyWord.FOUND: {"note": NOTE},
    KeyWord.REPLACED: {"note": NOTE},
}
_AFTER = {
    KeyWord.HANDED_OUT: KeyPlace.OUT,
    KeyWord.BROUGHT_BACK: KeyPlace.HERE,
    KeyWord.LOST: KeyPlace.LOST,
    KeyWord.FOUND: KeyPlace.HERE,
    KeyWord.REPLACED: KeyPlace.HERE,
}
NEXT: dict[KeyPlace, frozenset[KeyWord]] = {
    KeyPlace.HERE: frozenset({KeyWord.USED, KeyWord.HANDED_OUT, KeyWord.LOST, KeyWord.REPLACED}),
    KeyPlace.OUT: frozenset({KeyWord.USED, KeyWord.BROUGHT_BACK, KeyWord.LOST}),
    # A spare key opens the door all the same.
    KeyPlace.LOST: frozenset({KeyWord.USED, KeyWord.FOUND, KeyWord.REPLACED}),
}
_REFUSALS = {
    KeyPlace.HERE: N_("Kunci loker %(number)s tercatat ada di sini."),
    KeyPlace.OUT: N_("Kunci loker %(number)s sedang dibawa. Catat kembali dahulu."),
    KeyPlace.LOST: N_(
        "Kunci loker %(number)s tercatat hilang. Catat ditemukan atau diganti dahulu."
    ),
}


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """One line of the log. `holder` is who has it, empty again after the erasure."""

    locker: int
    event: KeyWord
    at: dt.datetime
    by: str
    holder: str = field(repr=False)
    note: str


def place(last: KeyWord | None) -> KeyPlace:
    """Where a key is after the last thing that moved it; None when nothing ever did."""
    return KeyPlace.HERE if last is None else _AFTER[last]


def check(now: KeyPlace, word: KeyWord, number: int) -> None:
    """Return when this can happen to a key that is there; raises Refused with where it is."""
    if word not in NEXT[now]:
        raise Refused(_REFUSALS[now], number=number)
