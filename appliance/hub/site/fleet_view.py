"""The devices as people look after them: what is wrong with each, the worst first."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from appliance.errors import N_
from appliance.hub.fleet import SILENT_AFTER_DAYS, FleetLine

CLOCK_LIMIT_S = 120.0  # TLS and the office's day bear more; nobody notices less
QUEUE_LIMIT_S = 2 * 24 * 3600.0
DISK_WARNING, DISK_DANGER = 0.85, 0.95
PAGE = 100


class Signal(StrEnum):
    """Something that somebody should look into; in order of how much it matters."""

    FORKED = "forked"
    SILENT = "silent"
    DISK_FULL = "disk-full"
    HELD = "held"
    APART = "apart"
    QUEUE = "queue"
    CLOCK = "clock"
    PROBLEM = "problem"
    DISK = "disk"


WORDS: dict[Signal, str] = {
    Signal.FORKED: N_("Catatan bercabang"),
    Signal.SILENT: N_("Diam lebih dari %(days)s hari kerja"),
    Signal.DISK_FULL: N_("Penyimpanan hampir habis"),
    Signal.HELD: N_("Menahan catatan"),
    Signal.APART: N_("Ada catatan di karantina"),
    Signal.QUEUE: N_("Antrean tertahan"),
    Signal.CLOCK: N_("Jam melenceng"),
    Signal.PROBLEM: N_("Melaporkan kendala"),
    Signal.DISK: N_("Penyimpanan menipis"),
}
ADVICE: dict[Signal, str] = {
    Signal.FORKED: N_(
        "Dua peranti mungkin memakai satu kartu, atau catatan hilang. Hubungi kantor sebelum"
        " mencabut salah satunya."
    ),
    Signal.SILENT: N_("Telepon kantornya: listrik, jaringan, atau peranti mati."),
    Signal.DISK_FULL: N_("Minta kantor menghapus salinan lama atau mengganti kartunya hari ini."),
    Signal.HELD: N_(
        "Satu catatan tidak dapat disimpan di mana pun. Lihat halaman Sinkronisasi di sana."
    ),
    Signal.APART: N_("Periksa di halaman Karantina: terima atau buang."),
    Signal.QUEUE: N_("Peranti terdengar, tetapi kirimannya belum selesai. Periksa kendalanya."),
    Signal.CLOCK: N_("Waktu kunjungan ikut keliru. Minta kantor menyambungkan Internet."),
    Signal.PROBLEM: N_("Kendala itu kata perantinya sendiri."),
    Signal.DISK: N_("Masih cukup untuk beberapa minggu. Rencanakan kartu yang lebih besar."),
}
DANGER = frozenset({Signal.FORKED, Signal.SILENT, Signal.DISK_FULL})
STATES: dict[str, str] = {
    "active": N_("Aktif"),
    "suspended": N_("Ditangguhkan"),
    "revoked": N_("Sudah dicabut"),
}
_ORDER = {signal: place for place, signal in enumerate(Signal)}


class Filter(StrEnum):
    """Which devices the list shows."""

    ALL = ""
    ALARMS = "alarms"
    SILENT = "silent"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


FILTERS: dict[Filter, str] = {
    Filter.ALL: N_("Semua"),
    Filter.ALARMS: N_("Perlu perhatian"),
    Filter.SILENT: N_("Diam"),
    Filter.SUSPENDED: N_("Ditangguhkan"),
    Filter.REVOKED: N_("Sudah dicabut"),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """A device and what is wrong with it."""

    line: FleetLine
    signals: tuple[Signal, ...]

    @property
    def tone(self) -> str:
        """How its state is coloured."""
        if self.line.state == "revoked":
            return "neutral"
        if any(signal in DANGER for signal in self.signals):
            return "danger"
        if self.signals or self.line.state == "suspended":
            return "warning"
        return "success"

    @property
    def is_silent(self) -> bool:
        """Whether nobody has heard it for too long."""
        return Signal.SILENT in self.signals

    @property
    def urgency(self) -> tuple[int, float]:
        """Sorts the worst first: by its worst signal, then by how long it has been quiet."""
        heard = self.line.heard_at or self.line.enrolled_at
        return min((_ORDER[one] for one in self.signals), default=len(_ORDER)), heard.timestamp()

    @property
    def says(self) -> dict[str, object]:
        """Values for the places in its words."""
        return {"days": SILENT_AFTER_DAYS}


@dataclass(frozen=True, slots=True)
class ProvinceLine:
    """How the devices of one province are doing, together."""

    province: str
    devices: int
    alarmed: int
    silent: int
    waiting: int


def watched(line: FleetLine, now: dt.datetime) -> Watched:
    """The device with its signals. A revoked one has none: nothing is expected of it."""
    if line.state == "revoked":
        return Watched(line, ())
    return Watched(line, tuple(signal for signal in Signal if _applies(signal, line, now)))


def _applies(signal: Signal, line: FleetLine, now: dt.datetime) -> bool:
    disk = line.disk_used or 0.0
    late = (line.waiting or 0) > 0 and (line.oldest_waiting_s or 0.0) > QUEUE_LIMIT_S
    return {
        Signal.FORKED: line.odd_forks > 0,
        Signal.SILENT: line.is_silent(now),
        Signal.DISK_FULL: disk >= DISK_DANGER,
        Signal.HELD: line.held > 0,
        Signal.APART: line.apart > 0,
        Signal.QUEUE: late,
        Signal.CLOCK: abs(line.clock_offset_s or 0.0) > CLOCK_LIMIT_S,
        Signal.PROBLEM: bool(line.problem),
        Signal.DISK: DISK_WARNING <= disk < DISK_DANGER,
    }[signal]


def worst_first(devices: Iterable[Watched]) -> list[Watched]:
    """Those with a signal, the most urgent first."""
    return sorted((one for one in devices if one.signals), key=lambda one: one.urgency)


def chosen(devices: Sequence[Watched], which: Filter, words: str = "") -> list[Watched]:
    """The devices of a filter whose office, province or number has these words in it."""
    asked = words.casefold().split()
    return [one for one in devices if _passes(one, which) and _has(one, asked)]


def _passes(one: Watched, which: Filter) -> bool:
    if which is Filter.ALARMS:
        return bool(one.signals)
    if which is Filter.SILENT:
        return one.is_silent
    return which is Filter.ALL or one.line.state == which


def _has(one: Watched, asked: Sequence[str]) -> bool:
    line = one.line
    text = f"{line.office_name} {line.office} {line.province} {line.device}".casefold()
    return all(word in text for word in asked)


def by_province(devices: Iterable[Watched]) -> list[ProvinceLine]:
    """A line for each province, of the devices that are not revoked."""
    present = sorted(
        (one for one in devices if one.line.state != "revoked"), key=lambda one: one.line.province
    )
    return [
        _province(name, list(those))
        for name, those in groupby(present, key=lambda one: one.line.province)
    ]


def _province(name: str, those: Sequence[Watched]) -> ProvinceLine:
    return ProvinceLine(
        province=name,
        devices=len(those),
        alarmed=sum(1 for one in those if one.signals),
        silent=sum(1 for one in those if one.is_silent),
        waiting=sum(one.line.waiting or 0 for one in those),
    )
