"""What stands for a locker: a card, a guarantee or nothing; never a number or a picture."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_, Invalid, Refused
from appliance.free_text import Field, checked
from appliance.offices import CARD_TYPES, GUARANTEES, Cards

OPTIONAL_NOTE = Field(200)
NOTE = Field(200, N_("Tulis catatan, paling banyak 200 huruf."))
REASON = Field(200, N_("Tulis alasannya, paling banyak 200 huruf."))
NO_NUMBERS = N_("Jangan menulis nomor kartu atau nomor telepon di sini.")
NO_SUCH_STEP = N_("Langkah itu tidak berlaku lagi untuk titipan ini. Muat ulang halaman.")
# Numbers of cards and telephones have nine digits and more, passports a letter and seven.
_LONG_NUMBER = re.compile(r"\d{7}|(?:\d[ .\-/]?){9}")


class Kind(StrEnum):
    """What stands for the locker; the values are those of the database."""

    CARD = "card"
    GUARANTEE = "guarantee"
    NONE = "none"
    """Nothing, for a reason."""


class DepositState(StrEnum):
    """Where a card is; the values are those of the database."""

    HELD = "held"
    LEFT_BEHIND = "left_behind"
    SEALED = "sealed"
    SWAPPED = "swapped"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"
    WAIVED = "waived"

    @property
    def is_in_tray(self) -> bool:
        return self in IN_TRAY

    @property
    def is_owed(self) -> bool:
        """Whether its owner has still to get it."""
        return self in OWED


IN_TRAY = (DepositState.HELD, DepositState.LEFT_BEHIND)
OWED = (*IN_TRAY, DepositState.SEALED, DepositState.SWAPPED)
# What each state may become. Somebody else's card in the wrong hands may come to light at any
# time before it was handed over to the authorities.
NEXT: Mapping[DepositState, frozenset[DepositState]] = {
    DepositState.HELD: frozenset(
        {
            DepositState.RETURNED,
            DepositState.LEFT_BEHIND,
            DepositState.SEALED,
            DepositState.HANDED_OVER,
            DepositState.SWAPPED,
        }
    ),
    DepositState.LEFT_BEHIND: frozenset(
        {
            DepositState.RETURNED,
            DepositState.SEALED,
            DepositState.HANDED_OVER,
            DepositState.SWAPPED,
        }
    ),
    DepositState.SEALED: frozenset({DepositState.RETURNED, DepositState.HANDED_OVER}),
    DepositState.SWAPPED: frozenset({DepositState.RETURNED, DepositState.LEFT_BEHIND}),
    DepositState.RETURNED: frozenset(
        {
            DepositState.SWAPPED,
            DepositState.LEFT_BEHIND,
            # noted as returned by mistake
            DepositState.HELD,
            DepositState.SEALED,
        }
    ),
    DepositState.HANDED_OVER: frozenset(),
    DepositState.WAIVED: frozenset(),
}


class Receiver(StrEnum):
    """Who takes a card that nobody collected; the values are those of the database."""

    POLICE = "police"
    DISDUKCAPIL = "disdukcapil"
    OTHER = "other"


class Way(StrEnum):
    """How an owner was sought; the values are those of the database."""

    CALLED = "called"
    MESSAGED = "messaged"
    IN_PERSON = "in_person"


class Outcome(StrEnum):
    """What came of it; the values are those of the database."""

    WILL_COME = "will_come"
    TOLD = "told"
    NO_ANSWER = "no_answer"
    NOT_REACHABLE = "not_reachable"


@dataclass(frozen=True, slots=True)
class Deposit:
    """What one visit left for its locker, or what became of it.

    `visit_label` is the number of the day. `tray_slot` is None where nothing lies in the tray.
    `envelope` and `receipt` are numbers on paper, None until there is such a paper.
    """

    id: int
    uuid: str
    visit_id: int
    visit_label: str
    kind: Kind
    card_type: str
    tray_slot: int | None
    state: DepositState
    received_at: dt.datetime
    received_by: str
    envelope: int | None
    returned_at: dt.datetime | None
    returned_by: str
    handed_to: Receiver | None
    receipt: int | None
    note: str

    @property
    def card_label(self) -> str:
        """The name of the card or guarantee as a message to translate."""
        if self.kind is Kind.NONE:
            return N_("Tanpa kartu")
        return _LABELS[self.kind].get(self.card_type, self.card_type)

    @property
    def is_card(self) -> bool:
        return self.kind is Kind.CARD

    @property
    def is_in_tray(self) -> bool:
        """Whether it lies in its slot of the tray."""
        return self.state.is_in_tray and self.tray_slot is not None

    @property
    def is_owed(self) -> bool:
        return self.state.is_owed

    @property
    def stands_for_locker(self) -> bool:
        """Whether its visit may use a locker."""
        return self.state in (DepositState.HELD, DepositState.WAIVED)

    @property
    def envelope_label(self) -> str:
        return "" if self.envelope is None else f"AM-{self.envelope:04d}"

    @property
    def receipt_label(self) -> str:
        return "" if self.receipt is None else f"BK-{self.receipt:04d}"


@dataclass(frozen=True, slots=True)
class Contact:
    """One try to reach an owner."""

    at: dt.datetime
    by: str
    way: Way
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True)
class Uncollected:
    """Something whose owner has gone. `days` since the day it was taken."""

    deposit: Deposit
    date: dt.date
    days: int
    contacts: tuple[Contact, ...]
    should_be_sealed: bool
    should_be_handed_over: bool


@dataclass(frozen=True, slots=True)
class Swap:
    """Two owners who may have each other's card; `settled_at` None until both are put right."""

    id: int
    first: Deposit
    second: Deposit
    noted_at: dt.datetime
    noted_by: str
    note: str
    settled_at: dt.datetime | None
    settled_by: str

    @property
    def deposits(self) -> tuple[Deposit, Deposit]:
        return (self.first, self.second)


def free_slots(taken: Collection[int], slots: int) -> tuple[int, ...]:
    """The free tray slots, lowest first; slots are numbered from 1 as on the tray."""
    return tuple(slot for slot in range(1, slots + 1) if slot not in taken)


def check_move(state: DepositState | str, target: DepositState) -> None:
    """Return when something in this state may come into that one; raises Refused."""
    if target not in NEXT[DepositState(state)]:
        raise Refused(NO_SUCH_STEP)


def uncollected(
    deposit: Deposit, date: dt.date, today: dt.date, contacts: tuple[Contact, ...], cards: Cards
) -> Uncollected:
    """How long it waits, and what the office's days say should be done with it."""
    days = max((today - date).days, 0)
    in_tray = deposit.is_card and deposit.is_in_tray
    return Uncollected(
        deposit=deposit,
        date=date,
        days=days,
        contacts=contacts,
        should_be_sealed=in_tray and days >= cards.envelope_days,
        should_be_handed_over=deposit.is_card and days >= cards.hand_over_days,
    )


def checked_note(text: str, field: Field = NOTE, name: str = "note") -> str:
    """What an officer wrote. Raises Invalid, also for what looks like the number of a card."""
    found = checked({name: text}, {name: field})[name]
    if _LONG_NUMBER.search(found):
        raise Invalid({name: NO_NUMBERS})
    return found


_LABELS: Mapping[Kind, Mapping[str, str]] = {Kind.CARD: CARD_TYPES, Kind.GUARANTEE: GUARANTEES}
