"""The way of a publication to the cooperative and back, as its photocopy form tells it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_


class TripState(StrEnum):
    """Where a photocopy trip stands; the publication is out of the room while OUT."""

    ASKED = "asked"
    OUT = "out"
    BACK = "back"
    CANCELLED = "cancelled"
    LOST = "lost"


class Carrier(StrEnum):
    """Who took the publication to the cooperative."""

    VISITOR = "visitor"
    STAFF = "staff"
    COOPERATIVE = "cooperative"


NEXT: dict[TripState, frozenset[TripState]] = {
    TripState.ASKED: frozenset({TripState.OUT, TripState.CANCELLED}),
    TripState.OUT: frozenset({TripState.BACK, TripState.LOST}),
    TripState.BACK: frozenset(),
    TripState.CANCELLED: frozenset(),
    TripState.LOST: frozenset({TripState.BACK}),  # it turned up after all
}
CARRIERS = (
    (Carrier.VISITOR, N_("Pengunjung")),
    (Carrier.STAFF, N_("Petugas kantor")),
    (Carrier.COOPERATIVE, N_("Petugas koperasi")),
)
LONGEST_REASON = 200
CHOOSE_CARRIER = N_("Pilih siapa yang membawa publikasi itu.")
SAY_WHY_LOST = N_("Tulis apa yang terjadi, paling panjang 200 huruf.")


@dataclass(frozen=True, slots=True)
class PhotocopyTrip:
    """One publication of a form; `form_id` is the number on the slip, `title` as printed there.

    `page_count` None: from before pages were counted. `due_at` None: not out, or since before
    trips had an end.
    """

    id: int
    uuid: str
    form_id: int
    visit_id: int
    publication_id: int | None
    title: str
    pages: str
    page_count: int | None
    state: TripState
    created_at: dt.datetime
    out_at: dt.datetime | None
    due_at: dt.datetime | None
    carrier: Carrier | None
    back_at: dt.datetime | None
    lost_reason: str

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether somebody should ask where the publication is."""
        return self.state is TripState.OUT and (self.due_at is None or now > self.due_at)


@dataclass(frozen=True, slots=True)
class PhotocopyFigures:
    """What was photocopied in a period; withdrawn forms are in none of these.

    `forms`, `titles` and `pages` were asked for in it; `out`, `late`, `lost` tell what became of
    those titles: how many left the room, came back after their time or still are out beyond it,
    and never came back.
    """

    forms: int
    titles: int
    pages: int
    out: int
    late: int
    lost: int


def may_become(state: TripState, target: TripState) -> bool:
    """Whether a trip in this state may take the next one."""
    return target in NEXT[state]


def carrier(text: str) -> Carrier | None:
    """Who carries it, as chosen; None for what is nobody."""
    return Carrier(text) if text in list(Carrier) else None
