"""What a start of the lockers process found, and what each door needs a person for."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field

NOTE_FIELDS = {"note": Field(200)}


class Cause(StrEnum):
    """Why the run before ended; the values are those of the database."""

    POWER_CUT = "power_cut"
    RESTART = "restart"
    KILLED = "killed"

    @property
    def sentence(self) -> str:
        """What happened to the appliance, as a message."""
        return CAUSES[self]


class Finding(StrEnum):
    """What a door needs a person for, the most urgent first."""

    INTERRUPTED = "interrupted"
    NOT_CARRIED_OUT = "not_carried_out"
    DOOR_OPEN = "door_open"
    SENSOR_UNKNOWN = "sensor_unknown"
    OCCUPIED = "occupied"

    @property
    def sentence(self) -> str:
        """What was found and what to do, as a message with a %(number)s place."""
        return FINDINGS[self]


CAUSES = {
    Cause.POWER_CUT: N_("Listrik padam atau peranti dimatikan mendadak."),
    Cause.RESTART: N_("Peranti dinyalakan lagi dengan baik."),
    Cause.KILLED: N_("Pengendali loker berhenti mendadak, lalu berjalan lagi."),
}
FINDINGS = {
    Finding.INTERRUPTED: N_(
        "Peranti berhenti ketika loker %(number)s sedang dibuka. Tidak diketahui apakah pintunya"
        " terbuka: periksa."
    ),
    Finding.NOT_CARRIED_OUT: N_(
        "Loker %(number)s belum sempat dibuka ketika peranti berhenti. Silakan buka ulang."
    ),
    Finding.DOOR_OPEN: N_(
        "Pintu loker %(number)s terbuka saat peranti menyala. Periksa isinya, lalu tutup."
    ),
    Finding.SENSOR_UNKNOWN: N_(
        "Sensor loker %(number)s tidak terbaca saat peranti menyala. Periksa pintunya."
    ),
    Finding.OCCUPIED: N_(
        "Loker %(number)s masih dipakai seperti sebelum peranti mati. Tetap milik kunjungannya."
    ),
}


@dataclass(frozen=True, slots=True)
class RunMark:
    """What a run of the lockers process leaves behind: its boot, and whether it ended well."""

    boot_id: str
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class DoorAtStart:
    """One door as a start finds it; `door_before` is what the run before last saw.

    `was_claimed` tells of a command without outcome: None for none, True when its pulse may have
    been sent.
    """

    number: int
    has_sensor: bool
    door: str
    door_before: str
    was_claimed: bool | None
    is_occupied: bool


def cause(before: RunMark | None, boot_id: str) -> Cause:
    """Why the run before ended; the very first start counts as a restart."""
    if before is None or before.is_stopped:
        return Cause.RESTART
    return Cause.KILLED if before.boot_id == boot_id else Cause.POWER_CUT


def findings(doors: Iterable[DoorAtStart], *, is_new_boot: bool) -> tuple[tuple[int, Finding], ...]:
    """What each door needs a person for: its number and the most urgent reason."""
    found = ((door.number, _finding(door, is_new_boot=is_new_boot)) for door in doors)
    return tuple((number, finding) for number, finding in found if finding is not None)


def _finding(door: DoorAtStart, *, is_new_boot: bool) -> Finding | None:
    if door.was_claimed is not None:
        return Finding.INTERRUPTED if door.was_claimed else Finding.NOT_CARRIED_OUT
    # Within one boot the room went on: a door that stood open before needs no word about it.
    if door.has_sensor and door.door == "open" and (is_new_boot or door.door_before != "open"):
        return Finding.DOOR_OPEN
    if door.has_sensor and door.door == "unknown":
        return Finding.SENSOR_UNKNOWN
    return Finding.OCCUPIED if door.is_occupied and is_new_boot else None


@dataclass(frozen=True, slots=True)
class StartLineView:
    """One door of the report; `door` is how it stood at the start, visit fields are of then."""

    id: int
    number: int
    finding: Finding
    door: str
    visit_id: int | None
    visit_label: str
    command_at: dt.datetime | None
    settled_at: dt.datetime | None
    settled_by: str
    note: str

    @property
    def sentence(self) -> str:
        """What was found and what to do, as a message with a %(number)s place."""
        return self.finding.sentence


@dataclass(frozen=True, slots=True)
class StartReportView:
    """What the newest start found; `before_at` is the last sign of life of the run before."""

    uuid: str
    at: dt.datetime
    cause: Cause
    before_at: dt.datetime | None
    seen_at: dt.datetime | None
    seen_by: str
    lines: tuple[StartLineView, ...]

    @property
    def unsettled(self) -> tuple[StartLineView, ...]:
        """The doors nobody has looked at yet."""
        return tuple(line for line in self.lines if line.settled_at is None)

    @property
    def is_done(self) -> bool:
        """Whether a person has read it, or settled every door."""
        return self.seen_at is not None or not self.unsettled
