"""Every door at once: what a screen may say of it, door by door and person by person."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field
from appliance.lockers.rules import CommandLife, Outcome

REASON_FIELDS = {"reason": Field(200, N_("Tulis alasannya, paling banyak 200 huruf."))}
LIFE_MS = 120_000  # three rounds over 48 doors; unlike a bag, smoke does not walk away
BUTTON_REASON = "tombol darurat"


class Source(StrEnum):
    """How it was started; the values are those of the database."""

    SCREEN = "screen"
    BUTTON = "button"
    COMMAND = "command"


class DoorProgress(StrEnum):
    """How far the door of one locker has come."""

    WAITING = "waiting"
    OPENED = "opened"
    NOT_SEEN = "not_seen"
    FAILED = "failed"
    NOT_TRIED = "not_tried"

    @property
    def sentence(self) -> str:
        """What is known and what to do, as a message with a %(number)s place."""
        return SENTENCES[self]


SENTENCES = {
    DoorProgress.WAITING: N_("Loker %(number)s menunggu giliran."),
    DoorProgress.OPENED: N_("Loker %(number)s terbuka."),
    DoorProgress.NOT_SEEN: N_("Pintu loker %(number)s tidak terlihat terbuka. Tarik pintunya."),
    DoorProgress.FAILED: N_("Loker %(number)s tidak menjawab. Buka dengan kunci mekanis."),
    DoorProgress.NOT_TRIED: N_(
        "Loker %(number)s belum dibuka: pengendalinya berhenti. Mulai lagi, atau pakai kunci"
        " mekanis."
    ),
}
_OF_OUTCOME = {
    Outcome.OPENED: DoorProgress.OPENED,
    Outcome.SENT: DoorProgress.NOT_SEEN,
    Outcome.OPEN_NOT_DETECTED: DoorProgress.NOT_SEEN,
    Outcome.DRIVER_ERROR: DoorProgress.FAILED,
}


def progress(command: CommandLife, outcome: Outcome) -> DoorProgress:
    """How far the door has come, by its newest command and how that stands now."""
    if command.was_seen_open:
        return DoorProgress.OPENED
    if outcome in _OF_OUTCOME:
        return _OF_OUTCOME[outcome]
    if command.is_pulsed:
        return DoorProgress.WAITING if outcome.is_running else DoorProgress.NOT_SEEN
    return DoorProgress.WAITING if outcome.is_running else DoorProgress.NOT_TRIED


@dataclass(frozen=True, slots=True)
class EmergencyDoor:
    """One door of an emergency; `at` is when it was last driven or seen open."""

    number: int
    progress: DoorProgress
    has_sensor: bool
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RollCallLine:
    """Who was inside when it began; `persons` counts a whole group, `number` is the locker."""

    visit_id: int
    label: str
    number: int | None
    seen_at: dt.datetime | None
    seen_by: str
    persons: int = 1

    @property
    def is_seen(self) -> bool:
        return self.seen_at is not None


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """One emergency as screens show it.

    `is_cut_off` says that the lockers process stopped before every door had its turn: nothing is
    opened again by itself, so a person starts it again.
    """

    id: int
    uuid: str
    source: Source
    reason: str
    started_at: dt.datetime
    started_by: str
    ended_at: dt.datetime | None
    ended_by: str
    doors: tuple[EmergencyDoor, ...]
    roll_call: tuple[RollCallLine, ...]
    is_cut_off: bool

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_running(self) -> bool:
        """Whether a door still waits for its turn."""
        return self.is_open and self.count(DoorProgress.WAITING) > 0

    @property
    def missing(self) -> int:
        """How many people nobody has seen outside yet."""
        return sum(not line.is_seen for line in self.roll_call)

    @property
    def opened(self) -> int:
        return self.count(DoorProgress.OPENED)

    @property
    def not_seen(self) -> int:
        return self.count(DoorProgress.NOT_SEEN)

    @property
    def failed(self) -> int:
        return self.count(DoorProgress.FAILED)

    @property
    def waiting(self) -> int:
        return self.count(DoorProgress.WAITING)

    @property
    def not_tried(self) -> int:
        return self.count(DoorProgress.NOT_TRIED)

    def count(self, wanted: DoorProgress) -> int:
        """How many doors have come so far."""
        return sum(door.progress is wanted for door in self.doors)
