"""What a reading is, and which copy somebody takes who names a book."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.catalogue.copy_rules import Copy, CopyState, Whose
from appliance.errors import N_, Refused

TAKEN = N_("Buku ini tercatat sedang dibaca. Kalau ada di tangan Anda, tunjukkan di meja petugas.")
ALL_TAKEN = N_("Semua eksemplar publikasi ini sedang dibaca.")
WHICH_BACK = N_("Pilih eksemplar yang kembali.")
NOT_AWAY = N_("Buku ini tidak tercatat dibaca. Pindai tiketnya, atau ketik kodenya.")
NOT_HERE = N_("Eksemplar ini sudah ditarik dari koleksi. Tunjukkan di meja petugas.")


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """One publication in one visitor's hands; `publication_id` None: not catalogued yet.

    `missing_reason` says why it ended although the book did not come back.
    """

    id: int
    uuid: str
    visit_id: int
    publication_id: int | None
    copy_id: int | None
    barcode: str
    shelf: str
    title: str
    noted_at: dt.datetime
    returned_at: dt.datetime | None
    missing_reason: str

    @property
    def is_open(self) -> bool:
        return self.returned_at is None


@dataclass(frozen=True, slots=True)
class Back:
    """A copy that is on its shelf again, and the reading that ended with it, if there was one.

    `visit_ids`: whose check-out may have waited for it.
    """

    copy: Copy
    note: ReadingNote | None
    visit_ids: frozenset[int]


class UnclearError(Refused):
    """Raised when a person must say which of these copies comes back."""

    def __init__(self, copies: Sequence[Copy]) -> None:
        super().__init__(WHICH_BACK)
        self.copies = tuple(copies)


@dataclass(frozen=True, slots=True)
class Choice:
    """The copy that is taken; with `reading_id` the visit has it in hand already.

    Neither: the publication has no copy of ours, and is noted without one. `is_assumed`: which of
    several copies it is, nobody has said. `moves`: another reading, of which that is so, and the
    copy that it must be of instead.
    """

    copy_id: int | None = None
    reading_id: int | None = None
    is_assumed: bool = False
    moves: tuple[int, int] | None = None


def coming_back(whose: Whose) -> Copy:
    """Which copy a scan at the shelf brings back.

    Raises UnclearError when a person must say which, Refused when none of them is away.
    """
    if whose.back is not None:
        return whose.back
    if whose.coming_back:
        raise UnclearError(whose.coming_back)
    raise Refused(NOT_AWAY)


def choose(whose: Whose, own: Mapping[int, int]) -> Choice:
    """Which copy a visit takes that has the copies `own` (copy -> reading) in hand.

    Raises Refused when somebody else has the one that was named, or all of them.
    """
    if whose.named is not None:
        return _choose_named(whose, whose.named, own)
    for copy in whose.copies:
        if copy.id in own:
            return Choice(copy.id, own[copy.id], is_assumed=copy.is_assumed)
    if whose.free:
        return Choice(whose.free[0].id, is_assumed=True)
    if whose.copies:
        raise Refused(ALL_TAKEN)
    return Choice()


def _choose_named(whose: Whose, named: Copy, own: Mapping[int, int]) -> Choice:
    if named.id in own:
        return Choice(named.id, own[named.id])
    if named.kept_state is CopyState.WITHDRAWN:
        raise Refused(NOT_HERE)
    if named.reading_id is None:  # whatever was said of it, it is in somebody's hand
        meant = (copy for copy in whose.copies if copy.is_assumed and copy.id in own)
        assumed = next(meant, None)
        return Choice(named.id, None if assumed is None else own[assumed.id])
    other = next((copy for copy in whose.copies if copy.is_free), None)
    if not named.is_assumed or other is None:
        raise Refused(TAKEN)
    return Choice(named.id, moves=(named.reading_id, other.id))
