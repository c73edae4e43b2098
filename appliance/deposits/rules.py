"""Identity cards held while a locker is in use: type and tray slot, never a number or a picture."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field
from appliance.offices import CARD_TYPES

NOTE_FIELDS = {"note": Field(200, N_("Tulis catatan, paling banyak 200 huruf."))}


class DepositState(StrEnum):
    """Where a card is; the values are those of the database."""

    HELD = "held"
    RETURNED = "returned"
    LEFT_BEHIND = "left_behind"
    HANDED_OVER = "handed_over"

    @property
    def is_in_tray(self) -> bool:
        return self in IN_TRAY


IN_TRAY = (DepositState.HELD, DepositState.LEFT_BEHIND)


@dataclass(frozen=True, slots=True)
class Deposit:
    """One card in the tray, or what became of it. `visit_label` is the number of the day."""

    uuid: str
    visit_id: int
    visit_label: str
    card_type: str
    tray_slot: int
    state: DepositState
    received_at: dt.datetime
    received_by: str
    returned_at: dt.datetime | None
    returned_by: str
    note: str

    @property
    def card_label(self) -> str:
        """The card's name as a message to translate."""
        return CARD_TYPES.get(self.card_type, self.card_type)

    @property
    def is_in_tray(self) -> bool:
        return self.state.is_in_tray


def free_slots(taken: Collection[int], slots: int) -> tuple[int, ...]:
    """The free tray slots, lowest first; slots are numbered from 1 as on the tray."""
    return tuple(slot for slot in range(1, slots + 1) if slot not in taken)
