"""Printed copies: what is known of one, how it is, and which of them a scanned code means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from appliance.choice import Choice
from appliance.codes import CodeKind, barcode, parse_barcode
from appliance.errors import N_
from appliance.free_text import one_line

_BARCODE_TEXT = re.compile(r"[A-Z0-9][A-Z0-9.\-/]*")


class CopyState(StrEnum):
    """How a copy is. READING is no state of its own: somebody has an open reading of it."""

    ON_SHELF = "on_shelf"
    READING = "reading"
    OUT = "out"
    REPAIR = "repair"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"

    @property
    def is_held(self) -> bool:
        """Whether the room still counts it among its own."""
        return self not in (CopyState.MISSING, CopyState.WITHDRAWN)


# What a person may say of a copy; that it is being read is said by scanning it.
STATES = (
    Choice(CopyState.ON_SHELF, "Di rak", "On the shelf"),
    Choice(CopyState.OUT, "Di luar untuk difotokopi", "Out for photocopying"),
    Choice(CopyState.REPAIR, "Diperbaiki", "Being repaired"),
    Choice(CopyState.MISSING, "Tidak ditemukan", "Cannot be found"),
    Choice(CopyState.WITHDRAWN, "Ditarik dari koleksi", "Taken out of the collection"),
)
STORED = tuple(CopyState(choice.code) for choice in STATES)
LONGEST = {"barcode": 60, "inventory_number": 60, "shelf": 20, "note": 200}
FIELDS = (*LONGEST, "state")


@dataclass(frozen=True, slots=True)
class CopyValues:
    """What a person may write of a copy; an empty barcode asks for one of ours."""

    barcode: str = ""
    inventory_number: str = ""
    shelf: str = ""
    note: str = ""
    state: CopyState = CopyState.ON_SHELF


@dataclass(frozen=True, slots=True)
class Copy:
    """One printed copy as screens show it. `reading_id` is set while somebody reads it.

    `is_assumed`: somebody reads a copy of this publication, and nobody has said which one.
    """

    id: int
    uuid: str
    publication_id: int
    title: str
    barcode: str
    inventory_number: str
    shelf: str
    note: str
    kept_state: CopyState
    reading_id: int | None
    is_assumed: bool = False

    @property
    def state(self) -> CopyState:
        """How it is just now: a reader's book at the photocopier is not in the room."""
        is_in_hand = self.reading_id is not None and self.kept_state is not CopyState.OUT
        return CopyState.READING if is_in_hand else self.kept_state

    @property
    def values(self) -> CopyValues:
        """What a person may write of it, as it is now."""
        return CopyValues(
            self.barcode, self.inventory_number, self.shelf, self.note, self.kept_state
        )

    @property
    def is_out(self) -> bool:
        """Whether it is being photocopied outside of the room."""
        return self.kept_state is CopyState.OUT

    @property
    def is_free(self) -> bool:
        """Whether it stands on its shelf."""
        return self.state is CopyState.ON_SHELF


@dataclass(frozen=True, slots=True)
class Whose:
    """What a code names of one publication: its copies, and the one meant if that is clear."""

    copies: tuple[Copy, ...]
    named: Copy | None

    @property
    def free(self) -> tuple[Copy, ...]:
        """The copies that may be meant by somebody who takes one."""
        if self.named is not None:
            return (self.named,) if self.named.is_free else ()
        return tuple(copy for copy in self.copies if copy.is_free)

    @property
    def being_read(self) -> tuple[Copy, ...]:
        """The copies that may be meant by somebody who brings one back.

        A copy that nobody reads stands for one of which it was only assumed who has it.
        """
        read = tuple(copy for copy in self.copies if copy.reading_id is not None)
        if self.named is None:
            return read
        if self.named.reading_id is not None:
            return (self.named,)
        return tuple(copy for copy in read if copy.is_assumed)

    @property
    def coming_back(self) -> tuple[Copy, ...]:
        """The copies that may be meant by a scan at their shelf: read, or at the photocopier."""
        if self.named is not None and self.named.is_out:
            return (self.named,)
        out = () if self.named is not None else tuple(copy for copy in self.copies if copy.is_out)
        return tuple(dict.fromkeys((*self.being_read, *out)))

    @property
    def back(self) -> Copy | None:
        """The copy that comes back, where nobody has to be asked which; else None."""
        if len(self.coming_back) != 1:
            return None
        (copy,) = self.coming_back
        is_clear = copy == self.named or (self.named is None and not self.free)
        return copy if is_clear else None


def whose(copies: Sequence[Copy], named_id: int | None = None) -> Whose:
    """Which copy is meant: the one that was named, or the only one that the room holds."""
    held = tuple(copy for copy in copies if copy.kept_state.is_held)
    named = next((copy for copy in copies if copy.id == named_id), None)
    if named is None and len(held) == 1:
        named = held[0]
    return Whose(held, named)


def checked(values: Mapping[str, object]) -> tuple[CopyValues | None, dict[str, str]]:
    """What can be kept of a copy, or None and a message for every field that cannot."""
    problems: dict[str, str] = {}
    texts = {name: one_line(values.get(name)) for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            problems[name] = N_("Terlalu panjang.")
    texts["barcode"] = texts["barcode"].upper()
    if texts["barcode"] and not _is_barcode(texts["barcode"]):
        problems["barcode"] = N_("Barcode hanya berisi huruf, angka, titik, dan tanda hubung.")
    state = one_line(values.get("state")) or CopyState.ON_SHELF
    if state not in STORED:
        problems["state"] = N_("Pilih salah satu keadaan yang ada.")
    if problems:
        return None, problems
    return CopyValues(**texts, state=CopyState(state)), {}


def own_barcode(number: int) -> str:
    """The barcode of ours for the copy with this number: two check digits (ISO 7064 MOD 97-10)."""
    return barcode(CodeKind.PUBLICATION, f"C{number:06d}{98 - number * 100 % 97:02d}")


def book_numbers(number: str) -> tuple[str, ...]:
    """An ISBN or ISSN as records may have it, without hyphens: an old ISBN has ten digits."""
    plain = number.upper().replace("-", "").replace(" ", "")
    if len(plain) != 13 or not plain.startswith("978"):
        return (plain,)
    weighted = sum(int(digit) * weight for weight, digit in enumerate(plain[3:12], start=1))
    check = weighted % 11
    return plain, f"{plain[3:12]}{'X' if check == 10 else check}"


def _is_barcode(code: str) -> bool:
    ours = parse_barcode(code)
    if ours is not None and ours.kind is not CodeKind.PUBLICATION:
        return False
    return _BARCODE_TEXT.fullmatch(code) is not None
