"""The rows of the desk's queue: what each shows, and its HTML as long as it shows just that.

A change in the house moves one row of fifty, and a minute that passes moves a few.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask_babel import gettext

from appliance.errors import N_
from appliance.visits.desk_room import DeskVisit
from appliance.visits.rules import VisitState
from web.filters import clock, minutes_left, recent

SOON_S = 60


class QueueRow(NamedTuple):
    """Everything that a row shows, in words; two equal ones look alike."""

    id: int
    label: str
    name: str | None
    is_late: bool
    called_by: str | None
    called_clock: str
    badge: str
    symbol: str
    words: str
    due: str
    others_first: int
    for_desk: str
    is_desk_free: bool


class InsideRow(NamedTuple):
    """Everything that a row of the room shows; `locker` 0: none."""

    id: int
    label: str
    name: str | None
    locker: int
    is_leaving: bool
    is_chosen: bool


def inside_rows(
    inside: Iterable[DeskVisit], lockers: Mapping[int, int], chosen_id: int | None
) -> list[InsideRow]:
    """Who is in the room, with the first locker of each."""
    return [
        InsideRow(
            visit.id,
            visit.label,
            visit.name,
            lockers.get(visit.id, 0),
            visit.state is VisitState.LEAVING,
            visit.id == chosen_id,
        )
        for visit in inside
    ]


class QueueRows:
    """For one rendering of one queue, which says the same words often."""

    def __init__(self, waiting: Iterable[DeskVisit], *, is_desk_free: bool) -> None:
        self._said: dict[str | int, str] = {}
        self.rows = [self._row(visit, is_desk_free) for visit in waiting]

    @property
    def has_called(self) -> bool:
        return any(row.called_by is not None for row in self.rows)

    @property
    def has_uncalled(self) -> bool:
        return any(row.called_by is None for row in self.rows)

    def _row(self, visit: DeskVisit, is_desk_free: bool) -> QueueRow:
        left_s, standing = visit.remaining_s, visit.standing
        is_called = visit.state is VisitState.CALLED
        return QueueRow(
            visit.id,
            standing.label,
            visit.name,
            left_s is not None and left_s < 0,
            visit.called_by if is_called else None,
            clock(visit.called_at, zone=False) if is_called and visit.called_at else "",
            *self._badge(visit),
            self._due(visit.due_at) if visit.due_at else "",
            standing.others_first,
            standing.for_desk,
            is_desk_free,
        )

    def _badge(self, visit: DeskVisit) -> tuple[str, str, str]:
        left_s = visit.remaining_s
        if visit.standing.was_served:
            return "neutral", "arrow", self._say(N_("Diteruskan"))
        if visit.stands_still:
            return "neutral", "clock", self._say(N_("Menunggu jam buka"))
        if left_s is None:
            return "neutral", "clock", self._say(N_("Waktu tidak diketahui"))
        if left_s < 0:
            return "danger", "alert", self._left(left_s)
        return "warning" if left_s < SOON_S else "info", "clock", self._left(left_s)

    def _say(self, text: str) -> str:
        if text not in self._said:
            self._said[text] = gettext(text)
        return self._said[text]

    def _left(self, left_s: float) -> str:
        # Late minutes are rounded and those left are whole, so the words of a second are the same.
        second = int(left_s // 1)
        if second not in self._said:
            self._said[second] = minutes_left(left_s).capitalize()
        return self._said[second]

    def _due(self, at: dt.datetime) -> str:
        minute = f"due {int(at.timestamp() // 60)}"
        if minute not in self._said:
            self._said[minute] = gettext("sebelum %(time)s", time=recent(at))
        return self._said[minute]
