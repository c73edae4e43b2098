"""The wall as an officer reads it: what needs a look first, then every door that was asked for."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from appliance.lockers.alarm_rules import AlarmView
from appliance.lockers.rules import LockerState, LockerTile

# An unhappy command is old news after this: an alarm or the next command says how things are.
COMMAND_NEWS = dt.timedelta(minutes=30)


class DoorKind(StrEnum):
    """One entry of the legend."""

    FREE = "free"
    USED = "used"
    LATE = "late"
    BLOCKED = "blocked"
    BROKEN = "broken"
    KEY_LOST = "key_lost"


@dataclass(frozen=True, slots=True)
class Door:
    """One door of the wall with what is open about it."""

    tile: LockerTile
    kind: DoorKind
    alarms: tuple[AlarmView, ...]
    has_bad_news: bool

    @property
    def needs_look(self) -> bool:
        """Whether a person should go there."""
        return bool(self.alarms) or self.has_bad_news or self.tile.moved_to is not None


@dataclass(frozen=True, slots=True)
class Wall:
    """`urgent` are the doors that need a look, `doors` those of the kind asked for, by number."""

    urgent: tuple[Door, ...]
    doors: tuple[Door, ...]
    counts: Mapping[DoorKind, int]
    total: int
    chosen: DoorKind | None


def wall(
    tiles: Sequence[LockerTile],
    alarms: Mapping[int, tuple[AlarmView, ...]],
    *,
    now: dt.datetime,
    chosen: str = "",
) -> Wall:
    """All doors, or those of the legend's entry `chosen`; an unknown word chooses all."""
    doors = tuple(door(tile, alarms.get(tile.number, ()), now=now) for tile in tiles)
    kind = DoorKind(chosen) if chosen in list(DoorKind) else None
    return Wall(
        urgent=tuple(one for one in doors if one.needs_look),
        doors=tuple(one for one in doors if kind in (None, one.kind)),
        counts=Counter(one.kind for one in doors),
        total=len(doors),
        chosen=kind,
    )


def door(tile: LockerTile, alarms: tuple[AlarmView, ...], *, now: dt.datetime) -> Door:
    """One door of the wall."""
    command = tile.command
    is_news = command is not None and command.outcome.needs_help and now - command.at < COMMAND_NEWS
    return Door(tile, _kind(tile), alarms, has_bad_news=is_news)


def _kind(tile: LockerTile) -> DoorKind:
    if tile.state is LockerState.USED and not tile.visit_is_open:
        return DoorKind.LATE
    return DoorKind(tile.state)
