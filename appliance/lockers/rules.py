"""What a locker and a door command may be, and what a screen may say about them."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import Stamp
from appliance.errors import N_
from appliance.free_text import Field

COMMAND_LIFE_MS = 5_000  # an older command is never carried out: nobody stands at the door any more
EMERGENCY_STEP_MS = 1_000  # what each further door asked for in one go may wait longer
# So long after its last moment a claimed command without outcome has lost its process.
CLAIM_GRACE_MS = 10_000
REST_MS = 1_500  # the usual rest of a coil; a second tap within it is a slip, not a wish
GRAB_WINDOW_S = 30.0  # how long after a pulse a late opening still belongs to it
LEFT_OPEN_S = 120.0
REASON_FIELDS = {"reason": Field(200, N_("Tulis alasannya, paling banyak 200 huruf."))}
CONDITION_FIELDS = {"note": Field(200, N_("Tulis apa yang terjadi pada loker ini."))}
USABLE_FIELDS = {"note": Field(200)}
WAIVER_FIELDS = {"without_card": Field(200)}


class Condition(StrEnum):
    """Whether a locker may be handed out; the values are those of the database."""

    USABLE = "usable"
    BLOCKED = "blocked"
    BROKEN = "broken"
    KEY_LOST = "key_lost"


class LockerState(StrEnum):
    """A tile of the wall in one word."""

    FREE = "free"
    USED = "used"
    BLOCKED = "blocked"
    BROKEN = "broken"
    KEY_LOST = "key_lost"


class Purpose(StrEnum):
    """Why a door is opened."""

    STORE = "store"
    AGAIN = "again"
    FETCH = "fetch"
    STAFF = "staff"
    EMERGENCY = "emergency"


class EndReason(StrEnum):
    """Who said that a locker is empty, or why it ended otherwise."""

    VISITOR = "visitor"
    STAFF_EMPTY = "staff_empty"
    FOUND_PROPERTY = "found_property"
    ERROR = "error"


class Said(StrEnum):
    """What a person saw of a door that no sensor sees; the values are those of the database."""

    OPENED = "opened"
    NOT_OPENED = "not_opened"


class Outcome(StrEnum):
    """How a door command stands; all but the first two are final and kept in the database."""

    WAITING = "waiting"
    OPENING = "opening"
    OPENED = "opened"
    SENT = "sent"
    OPEN_NOT_DETECTED = "open_not_detected"
    EXPIRED = "expired"
    DRIVER_ERROR = "driver_error"
    INTERRUPTED = "interrupted"
    UNATTENDED = "unattended"

    @property
    def is_running(self) -> bool:
        return self in (Outcome.WAITING, Outcome.OPENING)

    @property
    def needs_help(self) -> bool:
        """Whether a person should look at the door."""
        return self in _NEED_HELP

    @property
    def sentence(self) -> str:
        """What happened and what to do, as a message with a %(number)s place."""
        return SENTENCES[self]


_NEED_HELP = frozenset(
    {
        Outcome.OPEN_NOT_DETECTED,
        Outcome.EXPIRED,
        Outcome.DRIVER_ERROR,
        Outcome.INTERRUPTED,
        Outcome.UNATTENDED,
    }
)
ASKED_OF_PERSON = frozenset({Outcome.SENT, Outcome.INTERRUPTED})
# A coil was driven, so somebody standing there may know better than what was seen.
MAY_BE_SAID = ASKED_OF_PERSON | {Outcome.OPENED, Outcome.OPEN_NOT_DETECTED}
_MAY_OPEN_LATE = frozenset({Outcome.OPEN_NOT_DETECTED, Outcome.DRIVER_ERROR, Outcome.INTERRUPTED})
_WORDS = {Said.OPENED: Outcome.OPENED, Said.NOT_OPENED: Outcome.OPEN_NOT_DETECTED}
SENTENCES = {
    Outcome.WAITING: N_("Membuka loker %(number)s…"),
    Outcome.OPENING: N_("Membuka loker %(number)s…"),
    Outcome.OPENED: N_("Loker %(number)s terbuka."),
    Outcome.SENT: N_("Perintah sampai ke loker %(number)s. Pintunya tanpa sensor: tarik pintunya."),
    Outcome.OPEN_NOT_DETECTED: N_(
        "Pintu loker %(number)s tidak terlihat terbuka. Tekan pintunya, lalu coba lagi."
    ),
    Outcome.EXPIRED: N_("Loker %(number)s tidak dibuka: perintahnya terlambat. Coba lagi."),
    Outcome.DRIVER_ERROR: N_("Loker %(number)s tidak menjawab. Buka dengan kunci mekanis."),
    Outcome.INTERRUPTED: N_(
        "Tidak diketahui apakah loker %(number)s terbuka. Periksa pintunya, lalu coba lagi."
    ),
    Outcome.UNATTENDED: N_(
        "Pengendali loker tidak berjalan. Buka dengan kunci mekanis atau coba lagi."
    ),
}


@dataclass(frozen=True, slots=True)
class CommandLife:
    """The moments of a door command that decide what it is now."""

    boot_id: str
    created_boot_ms: int
    expires_boot_ms: int
    is_claimed: bool
    is_pulsed: bool
    was_seen_open: bool
    result: Outcome | None
    person_says: Said | None = None


def is_due(command: CommandLife, now: Stamp) -> bool:
    """Whether a command may still be carried out: same boot, before its deadline, no result."""
    return (
        command.result is None
        and command.boot_id == now.boot_id
        and now.boot_ms < command.expires_boot_ms
    )


def outcome(command: CommandLife, now: Stamp) -> Outcome:
    """How the command stands now, true even when the lockers process is dead."""
    seen = machine_outcome(command, now)
    if command.person_says is not None and seen in MAY_BE_SAID:
        return _WORDS[command.person_says]
    return seen


def machine_outcome(command: CommandLife, now: Stamp) -> Outcome:
    """How the command stands before any person said what became of the door."""
    if command.result in _MAY_OPEN_LATE and command.was_seen_open:
        return Outcome.OPENED  # the door needed a push
    if command.result is not None:
        return command.result
    if not command.is_claimed:
        return Outcome.WAITING if is_due(command, now) else Outcome.EXPIRED
    if command.was_seen_open:
        return Outcome.OPENED
    is_recent = now.boot_ms - command.expires_boot_ms < CLAIM_GRACE_MS
    return Outcome.OPENING if command.boot_id == now.boot_id and is_recent else Outcome.INTERRUPTED


def is_busy(command: CommandLife, now: Stamp, rest_ms: int = REST_MS) -> bool:
    """Whether a further open of the same door must be refused: under way, or at rest."""
    if outcome(command, now).is_running:
        return True
    rested = command.boot_id != now.boot_id or now.boot_ms - command.created_boot_ms >= rest_ms
    return command.is_pulsed and not rested


def judged(*, has_sensor: bool, was_seen_open: bool) -> Outcome:
    """What a pulse came to, once there is nothing more to wait for."""
    if not has_sensor:
        return Outcome.SENT
    return Outcome.OPENED if was_seen_open else Outcome.OPEN_NOT_DETECTED


def state(condition: Condition, *, in_use: bool, is_left: bool = False) -> LockerState:
    """The word on the tile; a locker in use stays so whatever its condition.

    `is_left`: its things were moved elsewhere, and nobody has seen it empty yet.
    """
    if in_use:
        return LockerState.USED
    if is_left and condition is Condition.USABLE:
        return LockerState.BLOCKED
    return LockerState.FREE if condition is Condition.USABLE else LockerState(condition)


@dataclass(frozen=True, slots=True)
class CommandView:
    """The last door command of a locker as screens show it."""

    uuid: str
    purpose: Purpose
    outcome: Outcome
    at: dt.datetime
    by: str
    reason: str
    open_seen_at: dt.datetime | None
    closed_seen_at: dt.datetime | None
    person_says: Said | None = None

    @property
    def asks_person(self) -> bool:
        """Whether nobody knows if the door opened, so that whoever stands there is asked."""
        return self.outcome in ASKED_OF_PERSON and self.person_says is None


@dataclass(frozen=True, slots=True)
class VisitLocker:
    """The locker a visit uses now. `door` is open, closed or unknown, as the sensor saw it."""

    number: int
    since: dt.datetime
    door: str
    has_sensor: bool
    command: CommandView | None


@dataclass(frozen=True, slots=True)
class LockerTile:
    """One door of the wall. Visit fields are None while it is free.

    `moved_to` is where its things went, until a person has seen it empty.
    """

    number: int
    size: str
    state: LockerState
    condition: Condition
    note: str
    door: str
    door_at: dt.datetime | None
    has_sensor: bool
    since: dt.datetime | None
    visit_id: int | None
    visit_label: str
    visit_is_open: bool
    moved_to: int | None
    command: CommandView | None

    @property
    def is_free(self) -> bool:
        return self.state is LockerState.FREE


@dataclass(frozen=True, slots=True)
class Released:
    """A locker that was given back; `was_open` when its sensor still saw the door open.

    `property_number` is that of the register when something was left inside.
    """

    number: int
    was_open: bool
    property_number: int | None = None
