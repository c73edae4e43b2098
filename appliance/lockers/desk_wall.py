"""The wall of doors as the desk shows it: each door's state and whose it is, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.lockers import rules
from appliance.lockers.rules import Condition, LockerState
from appliance.storage import statements
from appliance.visits.queue_rules import number_label
from appliance.visits.rules import VisitState

_DOORS = """
SELECT l.number, l.condition, s.id, s.visit_id, v.state, v.series, COALESCE(v.ticket, v.number),
    EXISTS (SELECT 1 FROM locker_move m WHERE m.from_locker_id = l.id AND m.emptied_at IS NULL)
FROM locker l
LEFT JOIN locker_session s ON s.locker_id = l.id AND s.ended_at IS NULL
LEFT JOIN visit v ON v.id = s.visit_id
ORDER BY l.number
"""


@dataclass(frozen=True, slots=True)
class DeskDoor:
    """One door of the wall; what it has in common with `LockerTile` is called the same.

    `use_id` tells apart which of several lockers a visit had first; 0 while it is free.
    """

    number: int
    state: LockerState
    use_id: int
    visit_id: int | None
    visit_label: str
    visit_is_open: bool


def desk_wall() -> tuple[DeskDoor, ...]:
    """Every locker, by its number."""
    return tuple(
        DeskDoor(
            number=number,
            state=rules.state(Condition(condition), in_use=use_id is not None, is_left=bool(left)),
            use_id=use_id or 0,
            visit_id=visit_id,
            visit_label="" if visit_id is None else number_label(ticket, series),
            visit_is_open=visit_id is not None and VisitState(state).is_open,
        )
        for number, condition, use_id, visit_id, state, series, ticket, left in statements.every(
            _DOORS
        )
    )


def first_doors(doors: Iterable[DeskDoor]) -> dict[int, int]:
    """The first locker of each visit that uses one, by the visit's id."""
    latest_first = sorted(doors, key=lambda door: -door.use_id)
    return {door.visit_id: door.number for door in latest_first if door.visit_id is not None}
