"""What somebody left behind, as the register says it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field

FOUND_PROPERTY = "Barang tertinggal"  # the note of a locker that is blocked by what is in it
DESCRIPTION = Field(200, N_("Tulis apa yang terlihat dari luar, misalnya: tas punggung hitam."))
PLACE = Field(100, N_("Tulis di mana barang ini disimpan."))
IN_LOCKER_FIELDS = {"description": DESCRIPTION}
ELSEWHERE_FIELDS = {"description": DESCRIPTION, "kept_at": PLACE}
MOVE_FIELDS = {"kept_at": PLACE}
HAND_OVER_FIELDS = {
    "handed_to": Field(100, N_("Tulis nama yang menerima barang ini.")),
    "proof": Field(200, N_("Tulis bagaimana pemiliknya dikenali.")),
}
PASS_ON_FIELDS = {
    "handed_to": Field(100, N_("Tulis ke mana barang ini diteruskan.")),
    "note": Field(200),
}


class PropertyState(StrEnum):
    """Where a found thing is now; the values are those of the database."""

    KEPT = "kept"
    HANDED_OVER = "handed_over"
    PASSED_ON = "passed_on"


@dataclass(frozen=True, slots=True)
class FoundProperty:
    """One line of the register.

    `locker` is where it was found, None for elsewhere in the room. `kept_at` names the place it
    is kept; empty while it stays in its locker. Who received it and how they were recognised is
    empty until then, and again after the erasure.
    """

    uuid: str
    number: int
    locker: int | None
    visit_id: int | None
    visit_label: str
    found_at: dt.datetime
    found_by: str
    description: str
    kept_at: str
    state: PropertyState
    ended_at: dt.datetime | None
    ended_by: str
    handed_to: str = field(repr=False)
    proof: str = field(repr=False)
    note: str = field(repr=False)

    @property
    def label(self) -> str:
        return label(self.number)

    @property
    def is_kept(self) -> bool:
        return self.state is PropertyState.KEPT

    @property
    def is_in_locker(self) -> bool:
        return self.is_kept and self.locker is not None and not self.kept_at


def label(number: int) -> str:
    """The number as it stands on the paper tied to the thing: BT-0001."""
    return f"BT-{number:04d}"
