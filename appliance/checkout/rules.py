"""What must be settled before a visit ends, and what is only offered."""

from dataclasses import dataclass
from enum import StrEnum


class Item(StrEnum):
    """One line of the checklist."""

    LOCKER = "locker"
    CARD = "card"
    READINGS = "readings"
    PHOTOCOPIES = "photocopies"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line: done or not. `count` is a locker's number, a tray slot, or how many are out."""

    item: Item
    is_done: bool
    is_needed: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines that concern this visit, in the order in which people do them."""

    items: tuple[ChecklistItem, ...]

    @property
    def outstanding(self) -> tuple[ChecklistItem, ...]:
        """What still has to be settled."""
        return tuple(line for line in self.items if line.is_needed and not line.is_done)

    @property
    def is_settled(self) -> bool:
        """Whether the visit may end."""
        return not self.outstanding

    def get(self, item: Item | str) -> ChecklistItem | None:
        """The line of this kind; None when it does not concern the visit."""
        return next((line for line in self.items if line.item == item), None)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a visit that leaves. Counts are of things still out; None: never had one."""

    locker_in_use: int | None
    locker_given_back: bool
    card_in_tray: int | None
    card_returned: bool
    readings: int
    readings_out: int
    photocopies: int
    photocopies_out: int
    has_rated: bool


def checklist(now: Situation) -> Checklist:
    """Bag before card: nobody gets the card back while the locker is still theirs."""
    lines = []
    if now.readings:
        out = now.readings_out
        lines.append(ChecklistItem(Item.READINGS, out == 0, True, out))
    if now.photocopies:
        out = now.photocopies_out
        lines.append(ChecklistItem(Item.PHOTOCOPIES, out == 0, True, out))
    if now.locker_in_use is not None:
        lines.append(ChecklistItem(Item.LOCKER, False, True, now.locker_in_use))
    elif now.locker_given_back:
        lines.append(ChecklistItem(Item.LOCKER, True, True))
    if now.card_in_tray is not None:
        lines.append(ChecklistItem(Item.CARD, False, True, now.card_in_tray))
    elif now.card_returned:
        lines.append(ChecklistItem(Item.CARD, True, True))
    lines.append(ChecklistItem(Item.RATING, now.has_rated, False))
    return Checklist(tuple(lines))
