"""The walk from door to door at closing time, and what a person finds behind each."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_, Refused
from appliance.free_text import Field
from appliance.lockers.property_rules import label
from appliance.lockers.rules import LockerTile

OPENING_REASON = N_("Keliling tutup layanan")
NOT_OPENED_FIELDS = {"note": Field(200)}


class Scope(StrEnum):
    """Which doors a walk is about; the values are those of the database."""

    USED = "used"
    EVERY = "every"


class Finding(StrEnum):
    """What a person says of a locker; the values are those of the database."""

    EMPTY = "empty"
    PROPERTY = "property"
    NOT_OPENED = "not_opened"

    @property
    def is_final(self) -> bool:
        """Whether the locker has been looked into; a door that did not open is tried again."""
        return self is not Finding.NOT_OPENED


@dataclass(frozen=True, slots=True)
class Look:
    """One locker of a walk: what was found, and whose it was."""

    locker: int
    found: Finding
    visit_label: str
    property_number: int | None
    at: dt.datetime
    by: str
    note: str

    @property
    def property_label(self) -> str:
        return "" if self.property_number is None else label(self.property_number)


@dataclass(frozen=True, slots=True)
class ClosingWalk:
    """One walk; `ended_at` None while it is under way, by whoever goes on with it."""

    id: int
    uuid: str
    business_date: dt.date
    scope: Scope
    started_at: dt.datetime
    started_by: str
    ended_at: dt.datetime | None
    ended_by: str
    looks: tuple[Look, ...]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def look_at(self, tile: LockerTile) -> Look | None:
        """What was said of this locker; None when nobody has been there yet.

        What was said before it was handed out again is no longer true.
        """
        look = next((look for look in self.looks if look.locker == tile.number), None)
        is_past = look is not None and tile.since is not None and tile.since > look.at
        return None if is_past else look


def stops(
    walk: ClosingWalk, wall: Collection[LockerTile], with_property: Collection[int]
) -> tuple[LockerTile, ...]:
    """The lockers that nobody has been at yet, in the order of the wall.

    A locker in use belongs to every walk, as does one whose things were moved elsewhere. An empty
    one does when every door is to be opened, unless the register already knows what is in it.
    """
    everything = walk.scope is Scope.EVERY
    return tuple(
        tile
        for tile in wall
        if walk.look_at(tile) is None
        and (
            tile.visit_id is not None
            or tile.moved_to is not None
            or (everything and tile.number not in with_property)
        )
    )


def next_stop(stops: Collection[LockerTile], after: int) -> LockerTile | None:
    """The first stop behind this number, and round again to those that were passed over."""
    behind = [tile for tile in stops if tile.number > after]
    return next(iter([*behind, *stops]), None)


def check_owner(tile: LockerTile, visit_id: int | None) -> None:
    """Return when the locker is still used by whom the officer saw; raises Refused."""
    if tile.visit_id is not None and tile.visit_id != visit_id:
        raise Refused(
            N_("Loker %(number)s sekarang dipakai pengunjung lain. Periksa lagi."),
            number=tile.number,
        )
