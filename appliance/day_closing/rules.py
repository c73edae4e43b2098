"""A day that is closed: what is decided of whatever was open, and the seal over its report."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from appliance.errors import N_

FORMAT = 1  # of the sealed text; a reader of old days must know how theirs was written
FIRST = "0" * 64  # stands where the very first report has none before it


class Kind(StrEnum):
    """What may still be open; the values are those of the database."""

    VISIT = "visit"
    LOCKER = "locker"
    CARD = "card"
    READING = "reading"
    PHOTOCOPY = "photocopy"


# What a person may decide of each kind: what becomes of it, and why, in one choice. No decision
# frees a locker; somebody looks into it for that.
DECISIONS: Mapping[Kind, Mapping[str, str]] = {
    Kind.READING: {
        "on_shelf": N_("Sudah di rak"),
        "missing": N_("Hilang: tidak ditemukan"),
        "still_out": N_("Masih dibawa: ditanyakan besok"),
    },
    Kind.PHOTOCOPY: {
        "back": N_("Sudah kembali"),
        "still_out": N_("Masih di tempat fotokopi"),
        "lost": N_("Hilang: tidak kembali dari fotokopi"),
    },
    Kind.VISIT: {
        "left_unseen": N_("Tidak kembali: pergi tanpa pamit"),
        "seen_leaving": N_("Tidak kembali: terlihat pulang, lupa dicatat"),
        "never_came": N_("Batal: tidak datang saat dipanggil"),
    },
    Kind.LOCKER: {
        "tomorrow": N_("Dibiarkan: diperiksa besok pagi"),
        "will_not_open": N_("Dibiarkan: pintunya tidak terbuka"),
        "owner_asked": N_("Dibiarkan: pemiliknya minta disimpan"),
    },
    Kind.CARD: {
        "not_collected": N_("Disimpan: pemiliknya belum mengambil"),
        "owner_comes": N_("Disimpan: pemiliknya akan mengambil"),
    },
}
# What officers excepted before closing time, as the report says it.
EXCEPTED: Mapping[Kind, Mapping[str, str]] = {
    Kind.VISIT: {"closed_by_staff": N_("Ditutup petugas dengan alasan")},
    Kind.CARD: {
        "waived": N_("Loker tanpa kartu, dengan alasan"),
        "left_behind": N_("Pulang tanpa kartu, dengan alasan"),
        "sealed": N_("Kartu dalam amplop tersegel"),
        "swapped": N_("Kartu tertukar"),
    },
}
# What is chosen unless somebody chooses otherwise: only where it claims nothing that must be seen.
USUAL = {
    Kind.VISIT: "left_unseen",
    Kind.LOCKER: "tomorrow",
    Kind.CARD: "not_collected",
}
NAMES = {  # in the order in which an officer sees to them
    Kind.READING: N_("Baca di tempat"),
    Kind.PHOTOCOPY: N_("Fotokopi"),
    Kind.VISIT: N_("Kunjungan"),
    Kind.LOCKER: N_("Loker"),
    Kind.CARD: N_("Kartu titipan"),
}


# The figures in the order of the report: part -> its name, figure -> its name.
PARTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "visits": (
        N_("Kunjungan"),
        {
            "registered": N_("Kunjungan dihitung"),
            "persons": N_("Orang"),
            "finished": N_("Selesai di meja atau sendiri"),
            "closed_by_staff": N_("Ditutup petugas"),
            "not_returned": N_("Tidak kembali"),
            "cancelled": N_("Dibatalkan, tidak dihitung"),
            "open": N_("Belum ditutup"),
            "rated": N_("Menilai atau menolak menilai"),
        },
    ),
    "promise": (
        N_("Janji layanan"),
        {
            "minutes": N_("Janji dalam menit"),
            "measured": N_("Waktu tunggu terukur"),
            "kept": N_("Dilayani tepat janji"),
            "unknown": N_("Waktu tunggu tidak diketahui"),
        },
    ),
    "lockers": (
        N_("Loker"),
        {"handed_out": N_("Loker diserahkan"), "visits": N_("Kunjungan dengan loker")},
    ),
    "cards": (
        N_("Kartu titipan"),
        {
            "received": N_("Kartu diterima"),
            "guarantees": N_("Jaminan diterima"),
            "without": N_("Tanpa kartu"),
        },
    ),
    "readings": (
        N_("Baca di tempat"),
        {"noted": N_("Publikasi dibaca"), "missing": N_("Tidak ditemukan")},
    ),
    "photocopies": (
        N_("Fotokopi"),
        {
            "asked": N_("Formulir fotokopi"),
            "went_out": N_("Dibawa ke tempat fotokopi"),
            "lost": N_("Tidak kembali dari fotokopi"),
        },
    ),
    "scans": (N_("Pemindaian"), {"files": N_("Berkas pindai"), "pages": N_("Halaman dipindai")}),
    "requests": (N_("Permintaan"), {"made": N_("Permintaan softcopy")}),
}


@dataclass(frozen=True, slots=True)
class OpenThing:
    """Something of the day that a person has to decide of.

    `subject` is its row; a locker's number. `label` is what the report calls it, `detail` what
    the officer sees beside it. `choices` are decision -> message.
    """

    kind: Kind
    subject: int
    visit_id: int
    label: str
    detail: str
    since: dt.datetime
    choices: Mapping[str, str]

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{self.kind}-{self.subject}"

    @property
    def usual(self) -> str:
        return USUAL.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is no longer what was sealed."""

    part: str
    figure: str
    sealed: int | None
    now: int | None

    @property
    def name(self) -> str:
        return f"{self.part}.{self.figure}"

    @property
    def word(self) -> str:
        """The figure's name as a message to translate."""
        return figure_word(self.part, self.figure)


@dataclass(frozen=True, slots=True)
class DayReport:
    """One sealed day. `content` is what was sealed; `seal` covers it and the report before."""

    id: int
    date: dt.date
    version: int
    sealed_at: dt.datetime
    sealed_by: str
    text: str
    before: str
    seal: str

    @property
    def content(self) -> dict[str, Any]:
        """What was sealed; what somebody has broken since reads as nothing."""
        nothing: dict[str, Any] = {"figures": {}, "exceptions": [], "left": {}, "journal": {}}
        try:
            found = json.loads(self.text)
        except ValueError:
            return nothing
        return nothing | found if isinstance(found, dict) else nothing

    @property
    def figures(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = self.content["figures"]
        return found

    @property
    def is_genuine(self) -> bool:
        """Whether the text still fits its seal, and what is kept beside it fits the text."""
        return seal(self.before, self.text) == self.seal and self._is_as_told()

    def _is_as_told(self) -> bool:
        told = self.content
        beside = {"date": self.date.isoformat(), "version": self.version}
        beside["sealed_by"] = self.sealed_by
        at = self.sealed_at.replace(microsecond=0).isoformat()[:19]
        said_at = str(told.get("sealed_at", ""))[:19]
        return said_at == at and all(told.get(name) == value for name, value in beside.items())

    @property
    def short_seal(self) -> str:
        """The beginning of the seal, to be read out or noted on paper."""
        return " ".join(self.seal[start : start + 4] for start in range(0, 16, 4))


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look over every sealed day found; `broken` is the first that does not fit.

    `missing` is a day that was closed by the journal and of which there is no report.
    """

    count: int
    broken: DayReport | None
    newest: DayReport | None
    missing: dt.date | None = None

    @property
    def is_sound(self) -> bool:
        return self.broken is None and self.missing is None


def decision_word(kind: str, decision: str) -> str:
    """What an exception of a report says, as a message to translate."""
    known = {**DECISIONS[Kind(kind)], **EXCEPTED.get(Kind(kind), {})}
    return known.get(decision, decision)


def canonical(content: Mapping[str, object]) -> str:
    """The one way to write a report down, so that the same report is the same text."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def seal(before: str, text: str) -> str:
    """The seal over a report and the seal of the report before it."""
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def changes(
    sealed: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]
) -> tuple[Change, ...]:
    """The figures that differ, in order of their names; a figure that is missing counts as None."""

    def flat(figures: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], int]:
        return {(part, name): n for part in figures for name, n in figures[part].items()}

    then, today = flat(sealed), flat(now)
    return tuple(
        Change(*key, then.get(key), today.get(key))
        for key in sorted(then.keys() | today.keys())
        if then.get(key) != today.get(key)
    )


def figure_word(part: str, figure: str) -> str:
    """What a figure counts, as a message to translate."""
    names = PARTS[part][1] if part in PARTS else {}
    return names.get(figure, figure)


def first_broken(
    reports: tuple[DayReport, ...], is_journalled: Callable[[DayReport], bool]
) -> DayReport | None:
    """The first report that does not fit its seal, the report before it or the journal.

    None when all do. The journal alone gives away a chain that was sealed anew as a whole.
    """
    before = FIRST
    for report in reports:
        if report.before != before or not report.is_genuine or not is_journalled(report):
            return report
        before = report.seal
    return None
