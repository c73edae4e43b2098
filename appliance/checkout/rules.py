"""What must be settled before a visit ends, and what is only offered."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Item(StrEnum):
    """One line of the checklist."""

    LOCKER = "locker"
    CARD = "card"
    READINGS = "readings"
    PHOTOCOPIES = "photocopies"
    SCANS = "scans"
    DETAILS = "details"
    RATING = "rating"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line: done or not. `count` is a locker's number, a tray slot, or how many are out.

    A card that an officer let its owner leave without is done, but `is_excepted`.
    """

    item: Item
    is_done: bool
    is_needed: bool
    count: int = 0
    is_excepted: bool = False


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


class Card(StrEnum):
    """How far the way back of a card is."""

    NONE = "none"
    OWED = "owed"
    EXCEPTED = "excepted"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a visit that leaves. Counts are of things still out; None: never had one.

    `card` is what stands for the locker and has to go back; `card_slot` 0 where nothing of it
    lies in the tray.
    """

    locker_in_use: int | None
    locker_given_back: bool
    card: Card
    card_slot: int
    readings: int
    readings_out: int
    photocopies: int
    photocopies_out: int
    scans: int
    scans_unfinished: int
    details_missing: bool
    has_rated: bool


def checklist(now: Situation) -> Checklist:
    """Bag before card: nobody gets the card back while the locker is still theirs."""
    lines = [*_publications(now), *_locker(now), *_card(now)]
    if now.scans:
        is_done = not now.scans_unfinished
        lines.append(ChecklistItem(Item.SCANS, is_done, False, now.scans))
    if now.details_missing:
        lines.append(ChecklistItem(Item.DETAILS, False, False))
    lines.append(ChecklistItem(Item.RATING, now.has_rated, False))
    return Checklist(tuple(lines))


def _publications(now: Situation) -> Iterator[ChecklistItem]:
    if now.readings:
        out = now.readings_out
        yield ChecklistItem(Item.READINGS, out == 0, True, out)
    if now.photocopies:
        out = now.photocopies_out
        yield ChecklistItem(Item.PHOTOCOPIES, out == 0, True, out)


def _locker(now: Situation) -> Iterator[ChecklistItem]:
    if now.locker_in_use is not None:
        yield ChecklistItem(Item.LOCKER, False, True, now.locker_in_use)
    elif now.locker_given_back:
        yield ChecklistItem(Item.LOCKER, True, True)


def _card(now: Situation) -> Iterator[ChecklistItem]:
    if now.card is Card.OWED:
        yield ChecklistItem(Item.CARD, False, True, now.card_slot)
    elif now.card is Card.EXCEPTED:
        yield ChecklistItem(Item.CARD, True, True, now.card_slot, is_excepted=True)
    elif now.card is Card.RETURNED:
        yield ChecklistItem(Item.CARD, True, True)
