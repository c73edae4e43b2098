"""What may happen to scan jobs and pages, and what people are told of it."""

import datetime as dt
from enum import StrEnum

from appliance.clock import BUILD_DATE, Stamp, elapsed_s
from appliance.documents.mark_drawing import Drawing, Imprint
from appliance.documents.parts import FILE_LIMIT_BYTES, PAGE_LIMIT
from appliance.errors import N_, Refused
from appliance.offices import Office

OWNER = "documents"  # the process that scans and makes the files, woken for what is asked
JOB_PAGE_LIMIT = 4 * PAGE_LIMIT  # what is more than one file takes comes in parts
JOB_LIMIT_BYTES = 4 * FILE_LIMIT_BYTES
UNDO_S = 60.0  # a page removed by a slip of the finger can be brought back so long
ASK_DEADLINE_S = 30.0  # who asked has gone by then; the glass may hold somebody else's page
RESERVE_SHARE = 0.05  # of the disk, kept free for the guest book, which must never be refused
RESERVE_BYTES = (200 << 20, 2 << 30)  # at least and at most
FLATBED, FEEDER, DUPLEX = "flatbed", "feeder", "duplex"  # where paper lies, as rows and screens say
FED = (FEEDER, DUPLEX)
SCAN_HEADLINE = "HASIL PINDAI"


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

    NO_FEEDER = "no_feeder"
    """Stacks were asked of a scanner that has only a glass."""
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
    NO_ROOM = "no_room"
    """The disk is too full for the PDF; its pages are there."""


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
SETTING_PROBLEMS = ("unsupported", "no_memory", Problem.NO_FEEDER)  # another preset may do


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
    Problem.NO_FEEDER: N_(
        "Pemindai ini tidak punya pengumpan kertas. Pilih pengaturan lain atau pemindai lain; "
        "kalau tidak ada, panggil petugas."
    ),
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
    Problem.NO_ROOM: N_("Penyimpanan penuh, PDF belum jadi. Halaman tersimpan. Panggil petugas."),
}  # fmt: skip
UNKNOWN_PROBLEM = N_("Halaman tidak berhasil dipindai. Coba lagi, atau panggil petugas.")


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


def is_overdue(asked: Stamp, now: Stamp, deadline_s: float = ASK_DEADLINE_S) -> bool:
    """Whether it is too late for what was asked, a page by default; always so after a restart."""
    if asked.boot_id != now.boot_id:
        return True
    waited_s = elapsed_s(asked, now)
    return waited_s is None or waited_s > deadline_s


def reserve_bytes(total_bytes: int) -> int:
    """How much of a disk scans must leave free."""
    return share_bytes(total_bytes, RESERVE_SHARE, RESERVE_BYTES)


def share_bytes(total_bytes: int, share: float, bounds: tuple[int, int]) -> int:
    """This share of a disk, but at least and at most so many bytes."""
    least, most = bounds
    return min(max(int(total_bytes * share), least), most)


def may_come_back(removed_at: dt.datetime | None, now: Stamp) -> bool:
    """Whether the picture of a removed page is still to be kept; not by a clock that jumped."""
    if removed_at is None:
        return False
    return 0 <= (now.at - removed_at).total_seconds() < UNDO_S


def is_credible(moment: dt.datetime | None, now: Stamp) -> bool:
    """Whether a wall time written earlier can be counted from: neither unset nor in the future."""
    return moment is not None and BUILD_DATE <= moment <= now.at


def imprint(office: Office) -> Imprint:
    """What every scanned page says: the footer, and the mark where the office wants one."""
    mark = office.policy.mark
    drawing = Drawing(SCAN_HEADLINE, office.name, "", mark.strength) if mark.scans else None
    return Imprint(footer(office.name), drawing)


def footer(office_name: str) -> str:
    """The line at the foot of every page: where it was scanned, and what BPS asks of copies."""
    return (
        f"Dipindai di {office_name}. Dilarang menggandakan untuk tujuan komersial tanpa izin "
        "tertulis dari Badan Pusat Statistik."
    )


def image_name(page_uuid: str, mode: str = "Color") -> str:
    """The file of a page inside its job's folder; made of our own id only."""
    return f"{page_uuid}.tif" if mode == "Lineart" else f"{page_uuid}.jpg"


def thumbnail_name(page_uuid: str) -> str:
    """The small picture of a page, beside its file."""
    return f"{page_uuid}.small.jpg"
