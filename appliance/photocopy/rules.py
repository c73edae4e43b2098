"""The photocopy form and the way of a publication to the cooperative and back."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field

# The cooperative is next door; a publication gone for longer than this is asked after.
LONGEST_TRIP = dt.timedelta(hours=1)


class TripState(StrEnum):
    """Where a photocopy trip stands; the publication is out of the room while OUT."""

    ASKED = "asked"
    OUT = "out"
    BACK = "back"
    CANCELLED = "cancelled"


NEXT: dict[TripState, frozenset[TripState]] = {
    TripState.ASKED: frozenset({TripState.OUT, TripState.CANCELLED}),
    TripState.OUT: frozenset({TripState.BACK}),
    TripState.BACK: frozenset(),
    TripState.CANCELLED: frozenset(),
}
FIELDS = {
    "title": Field(400, N_("Tulis judul publikasi yang difotokopi.")),
    "pages": Field(100, N_("Tulis halaman yang difotokopi, misalnya 12-15.")),
}


@dataclass(frozen=True, slots=True)
class PhotocopyTrip:
    """One filled-in form; `title` is as printed on the slip."""

    id: int
    uuid: str
    visit_id: int
    title: str
    pages: str
    state: TripState
    created_at: dt.datetime
    out_at: dt.datetime | None
    back_at: dt.datetime | None

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether somebody should ask where the publication is."""
        if self.state is not TripState.OUT or self.out_at is None:
            return False
        return now - self.out_at > LONGEST_TRIP


def may_become(state: TripState, target: TripState) -> bool:
    """Whether a trip in this state may take the next one."""
    return target in NEXT[state]
