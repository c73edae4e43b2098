"""What may happen to scan jobs and pages, what presets ask for, what people are told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import BUILD_DATE, ClockQuality, Stamp, elapsed_s
from appliance.documents.parts import FILE_LIMIT_BYTES, PAGE_LIMIT
from appliance.errors import N_, Refused

JOB_PAGE_LIMIT = 4 * PAGE_LIMIT  # what is more than one file takes comes in parts
JOB_LIMIT_BYTES = 4 * FILE_LIMIT_BYTES
ASK_DEADLINE_S = 30.0  # who asked has gone by then; the glass may hold somebody else's page
RESERVE_SHARE = 0.05  # of the disk, kept free for the guest book, which must never be refused
RESERVE_BYTES = (200 << 20, 2 << 30)  # at least and at most


class JobState(StrEnum):
    """Where a job stands; the values are those of the database."""

    OPEN = "open"
    FINISHING = "finishing"
    READY = "ready"
    FAILED = "failed"
    DISCARDED = "discarded"


class PageState(StrEnum):
    """Where a page stands; the values are those of the database."""

    WAITING = "waiting"
    SCANNING = "scanning"
    KEPT = "kept"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REMOVED = "removed"


class Problem(StrEnum):
    """Why a page or a file failed when it was not the scanner; its own are ScanProblem."""

    UNATTENDED = "unattended"
    """Nobody serves the scanner."""
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"
    """Our process ended while the page was being read."""
    DISK_FULL = "disk_full"
    STORAGE = "storage"
    DAMAGED = "damaged"
    """A kept page is no whole picture any more."""
    ASSEMBLY = "assembly"


class TextState(StrEnum):
    """How far a job's words can be searched, once asked for; the values are the database's."""

    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    FAILED = "failed"


JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.OPEN: frozenset({JobState.FINISHING, JobState.DISCARDED}),
    JobState.FINISHING: frozenset({JobState.READY, JobState.FAILED}),
    JobState.FAILED: frozenset({JobState.FINISHING, JobState.DISCARDED}),
    JobState.READY: frozenset({JobState.DISCARDED}),
    JobState.DISCARDED: frozenset(),
}
PAGE_MOVES: dict[PageState, frozenset[PageState]] = {
    PageState.WAITING: frozenset({PageState.SCANNING, PageState.FAILED, PageState.CANCELLED}),
    PageState.SCANNING: frozenset({PageState.KEPT, PageState.FAILED, PageState.CANCELLED}),
    PageState.KEPT: frozenset({PageState.REMOVED}),
    PageState.FAILED: frozenset(),
    PageState.CANCELLED: frozenset(),
    PageState.REMOVED: frozenset(),
}
ACTIVE = (PageState.WAITING, PageState.SCANNING)


@dataclass(frozen=True, slots=True)
class Preset:
    """One big button: what it is called and what it asks of the scanner.

    `mode` is "Gray" or "Color"; the worker spells it as the scanner does.
    """

    code: str
    label_id: str
    label_en: str
    hint_id: str
    hint_en: str
    resolution_dpi: int
    mode: str
    width_mm: float = 210.0
    height_mm: float = 297.0


PRESETS = (
    Preset("document", "Dokumen hitam putih", "Black and white document",
           "A4 · teks biasa", "A4 · plain text", 300, "Gray"),
    Preset("colour", "Dokumen warna", "Colour document",
           "A4 · grafik, sampul · 300 dpi", "A4 · charts, covers · 300 dpi", 300, "Color"),
    Preset("fine", "Tabel atau peta halus", "Fine table or map",
           "A4 · huruf sangat kecil · 600 dpi", "A4 · very small print · 600 dpi", 600, "Color"),
    Preset("photo", "Foto", "Photo",
           "Sampai 15 × 20 cm · 600 dpi", "Up to 15 × 20 cm · 600 dpi", 600, "Color", 150.0, 200.0),
    Preset("booklet", "Buku kecil", "Small book",
           "A5 · warna · 300 dpi", "A5 · colour · 300 dpi", 300, "Color", 148.0, 210.0),
    Preset("email", "Berkas kecil untuk email", "Small file for e-mail",
           "A4 · hitam putih · 150 dpi", "A4 · black and white · 150 dpi", 150, "Gray"),
)  # fmt: skip

_PRESETS = {preset.code: preset for preset in PRESETS}

# Problem code -> what the person reads: what happened, then what to do. The codes are those of
# hardware.interfaces.ScanProblem, which rules may not import, and below them our own.
PROBLEMS: dict[str, str] = {
    "busy": N_("Pemindai sedang dipakai program lain. Tunggu sebentar, lalu coba lagi."),
    "jammed": N_("Kertas macet. Buka penutup pemindai, tarik kertasnya pelan-pelan, coba lagi."),
    "no_document": N_("Tidak ada kertas. Letakkan halaman di pemindai, lalu coba lagi."),
    "cover_open": N_("Penutup pemindai terbuka. Tutup dahulu, lalu coba lagi."),
    "io": N_("Pemindai terganggu saat membaca. Coba lagi; kalau terulang, panggil petugas."),
    "denied": N_("Pemindai menolak peranti ini. Panggil petugas."),
    "no_memory": N_("Pemindai kehabisan memori. Pilih pengaturan lebih kecil, lalu coba lagi."),
    "unplugged": N_("Pemindai tidak ditemukan. Periksa kabel USB dan dayanya, lalu coba lagi."),
    "stalled": N_("Pemindai tidak menjawab. Matikan dan nyalakan pemindainya, lalu coba lagi."),
    "incomplete": N_("Halaman terkirim tidak utuh. Pindai sekali lagi."),
    "cancelled": N_("Pemindaian dibatalkan."),
    "driver_crash": N_("Program pemindai berhenti. Coba lagi; kalau terulang, panggil petugas."),
    "unsupported": N_("Pemindai ini tidak bisa memakai pengaturan itu. Pilih yang lain."),
    "absent": N_("Kantor ini belum memasang pemindai. Tanyakan kepada petugas."),
    Problem.UNATTENDED: N_("Layanan pemindai sedang tidak berjalan. Panggil petugas."),
    Problem.EXPIRED: N_("Permintaan ini terlalu lama menunggu, jadi tidak dipindai. Coba lagi."),
    Problem.INTERRUPTED: N_(
        "Pemindaian terputus di tengah jalan. Halaman sebelumnya aman; coba lagi."
    ),
    Problem.DISK_FULL: N_("Penyimpanan penuh, halaman tidak tersimpan. Panggil petugas."),
    Problem.STORAGE: N_("Penyimpanan menolak menyimpan halaman ini. Panggil petugas."),
    Problem.DAMAGED: N_(
        "Satu halaman di penyimpanan rusak. Panggil petugas atau mulai berkas baru."
    ),
    Problem.ASSEMBLY: N_("PDF belum berhasil dibuat. Halaman tersimpan; tekan Coba lagi."),
}  # fmt: skip
UNKNOWN_PROBLEM = N_("Halaman tidak berhasil dipindai. Coba lagi, atau panggil petugas.")


def preset(code: str) -> Preset:
    """The preset of this code. Raises Refused for any other word."""
    found = _PRESETS.get(code)
    if found is None:
        raise Refused(N_("Pilih salah satu pengaturan pindai."))
    return found


def stored_preset(code: str) -> Preset:
    """The preset a job was opened with; the first one when a release has dropped it since."""
    return _PRESETS.get(code, PRESETS[0])


def sentence(problem: str | None) -> str:
    """What people read about a problem; empty for None."""
    return "" if problem is None else PROBLEMS.get(problem, UNKNOWN_PROBLEM)


def check_job_move(state: JobState, target: JobState) -> None:
    """Return when a job may go from `state` to `target`; raises Refused with the reason."""
    if target in JOB_MOVES[state]:
        return
    if state is JobState.DISCARDED:
        raise Refused(N_("Hasil pindai ini sudah dihapus."))
    if state is JobState.FINISHING:
        raise Refused(N_("PDF sedang dibuat. Tunggu sebentar."))
    raise Refused(N_("Berkas ini sudah selesai. Mulai berkas baru untuk halaman berikutnya."))


def check_page_move(state: PageState, target: PageState) -> None:
    """Return when a page may go from `state` to `target`; raises Refused with the reason."""
    if target not in PAGE_MOVES[state]:
        raise Refused(N_("Halaman itu sudah tidak ada atau sedang dipindai."))


def is_full(pages: int, size_bytes: int) -> bool:
    """Whether a job takes no further page."""
    return pages >= JOB_PAGE_LIMIT or size_bytes >= JOB_LIMIT_BYTES


def check_room(pages: int, size_bytes: int) -> None:
    """Return when a job takes another page; raises Refused when it is full."""
    if is_full(pages, size_bytes):
        raise Refused(
            N_("Satu berkas paling banyak %(limit)s halaman. Tekan Selesai, lalu mulai lagi."),
            limit=min(pages, JOB_PAGE_LIMIT),
        )


def is_overdue(asked: Stamp, now: Stamp) -> bool:
    """Whether an asked page must not be scanned any more; an earlier boot's never is."""
    if asked.boot_id != now.boot_id:
        return True
    waited_s = elapsed_s(asked, now)
    return waited_s is None or waited_s > ASK_DEADLINE_S


def reserve_bytes(total_bytes: int) -> int:
    """How much of a disk scans must leave free."""
    least, most = RESERVE_BYTES
    return min(max(int(total_bytes * RESERVE_SHARE), least), most)


def is_credible(moment: dt.datetime | None, now: Stamp) -> bool:
    """Whether a wall time written earlier can be counted from: neither unset nor in the future."""
    return moment is not None and BUILD_DATE <= moment <= now.at


def may_be_deleted(closed_at: dt.datetime, now: Stamp, kept_hours: int) -> bool:
    """Whether files of a visit that ended then have been kept long enough.

    Never while the clock is not set: a Pi that wakes up in the wrong year deletes nothing.
    """
    ends_at = deletion_time(closed_at, now, kept_hours)
    return ends_at is not None and now.quality is not ClockQuality.UNSET and ends_at <= now.at


def deletion_time(closed_at: dt.datetime | None, now: Stamp, kept_hours: int) -> dt.datetime | None:
    """When the files of a visit are due for deletion; None while it is open or no clock tells."""
    if closed_at is None or not is_credible(closed_at, now):
        return None
    return closed_at + dt.timedelta(hours=kept_hours)


def spelled_mode(wanted: str, available: Iterable[str]) -> str | None:
    """`wanted` ("Gray" or "Color") as this scanner spells it; None leaves the choice to it."""
    modes = tuple(available)
    beginnings = {"Gray": ("gray", "grey"), "Color": ("color", "colour", "24bit color")}[wanted]
    if wanted in modes:
        return wanted
    return next((mode for mode in modes if mode.lower().startswith(beginnings)), None)


def nearest_resolution(wanted_dpi: int, available: Iterable[int]) -> int:
    """The resolution closest to the wanted one, the finer of two; the wanted one if unknown."""
    return min(available, key=lambda dpi: (abs(dpi - wanted_dpi), -dpi), default=wanted_dpi)


def footer(office_name: str) -> str:
    """The line at the foot of every page: where it was scanned, and what BPS asks of copies."""
    return (
        f"Dipindai di {office_name}. Dilarang menggandakan untuk tujuan komersial tanpa izin "
        "tertulis dari Badan Pusat Statistik."
    )


def image_name(page_uuid: str) -> str:
    """The file of a page inside its job's folder; made of our own id only."""
    return f"{page_uuid}.jpg"


def thumbnail_name(page_uuid: str) -> str:
    """The small picture of a page, beside its file."""
    return f"{page_uuid}.small.jpg"
