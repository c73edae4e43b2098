"""What may be printed or copied at the station, and what people are told of it."""

import re
from enum import StrEnum

from appliance.clock import Stamp
from appliance.documents import rules
from appliance.errors import N_, Refused

ASK_DEADLINE_S = 60.0  # who asked has gone by then; the paper would lie there for anybody
NO_SUCH_PROGRAM = 127  # what `env` answers
KILLED = -9  # by our own watch
ACCEPTED = re.compile(r"^request id is (\S+) \(", re.MULTILINE)


class HandOutKind(StrEnum):
    """How a finished file leaves the station; the values are those of the database."""

    PRINT = "print"
    USB = "usb"


class HandOutState(StrEnum):
    """Where a hand-out stands; the values are those of the database."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class HandOutProblem(StrEnum):
    """Why nothing was handed out, or not without a word of caution."""

    UNATTENDED = "unattended"
    """Nobody carries it out."""
    EXPIRED = "expired"
    INTERRUPTED = "interrupted"
    """Our process ended in the middle."""
    GONE = "gone"
    """The file was thrown away, or the visit has ended."""
    NO_PROGRAM = "no_program"
    NO_QUEUE = "no_queue"
    """CUPS does not know the queue, or is not there: `lp` says the same of both."""
    NOT_ACCEPTING = "not_accepting"
    SILENT = "silent"
    NOT_PRINTED = "not_printed"
    NO_STICK = "no_stick"
    FULL = "full"
    READ_ONLY = "read_only"
    VANISHED = "vanished"
    SLOW = "slow"
    NOT_COPIED = "not_copied"
    NOT_RELEASED = "not_released"
    """It is copied; the stick is still mounted."""


PENDING = (HandOutState.WAITING, HandOutState.WORKING)
PROBLEMS: dict[HandOutProblem, str] = {
    HandOutProblem.UNATTENDED: N_("Layanan dokumen sedang tidak berjalan. Panggil petugas."),
    HandOutProblem.EXPIRED: N_("Permintaan ini terlalu lama menunggu. Coba lagi."),
    HandOutProblem.INTERRUPTED: N_("Terputus di tengah jalan. PDF tetap aman; coba lagi."),
    HandOutProblem.GONE: N_("Berkas ini baru saja berubah atau sudah dihapus. Coba lagi."),
    HandOutProblem.NO_PROGRAM: N_("Program pencetak belum terpasang. Panggil petugas."),
    HandOutProblem.NO_QUEUE: N_("Printer tidak ditemukan. Periksa dayanya, atau panggil petugas."),
    HandOutProblem.NOT_ACCEPTING: N_("Printer sedang tidak menerima cetakan. Panggil petugas."),
    HandOutProblem.SILENT: N_("Printer tidak menjawab. Periksa dayanya, lalu coba lagi."),
    HandOutProblem.NOT_PRINTED: N_("Printer menolak berkas ini. Coba lagi, atau panggil petugas."),
    HandOutProblem.NO_STICK: N_(
        "Belum ada flashdisk yang terbaca (FAT32 atau exFAT). Pasang flashdisk; kalau sudah, cabut "
        "dan pasang lagi. Lalu coba lagi."
    ),
    HandOutProblem.FULL: N_("Flashdisk penuh. Pakai flashdisk lain, lalu coba lagi."),
    HandOutProblem.READ_ONLY: N_(
        "Flashdisk terkunci, tidak bisa ditulisi. Buka kuncinya, pasang lagi, lalu coba lagi."
    ),
    HandOutProblem.VANISHED: N_("Flashdisk tercabut sebelum selesai. Pasang lagi, lalu coba lagi."),
    HandOutProblem.SLOW: N_("Flashdisk terlalu lambat. Pakai flashdisk lain, lalu coba lagi."),
    HandOutProblem.NOT_COPIED: N_(
        "Flashdisk menolak berkas ini. Pakai flashdisk lain, lalu coba lagi."
    ),
    HandOutProblem.NOT_RELEASED: N_(
        "PDF sudah tersalin, tetapi flashdisk belum bisa dilepas. Panggil petugas sebelum mencabut."
    ),
}


def sentence(problem: str | None) -> str:
    """What people read about a problem: an Indonesian msgid, empty for None."""
    return "" if problem is None else PROBLEMS[HandOutProblem(problem)]


def is_overdue(asked: Stamp, now: Stamp) -> bool:
    """Whether what was asked must not be carried out any more."""
    return rules.is_overdue(asked, now, ASK_DEADLINE_S)


def check_print(pages: int, printed: int, limit: int) -> None:
    """Return when a visit that has printed so many may print these pages; raises Refused."""
    if printed + pages > limit:
        raise Refused(
            N_("Satu kunjungan mencetak paling banyak %(limit)s halaman. Unduh saja PDF-nya."),
            limit=limit,
        )


def print_request(answer: str) -> str:
    """The number that CUPS gave to what `lp` sent; empty when it says none."""
    found = ACCEPTED.search(answer)
    return found.group(1) if found else ""


def print_problem(code: int, complaint: str) -> HandOutProblem:
    """What an `lp` that failed meant, by its exit code and its words in the C locale."""
    if code == NO_SUCH_PROGRAM:
        return HandOutProblem.NO_PROGRAM
    if code == KILLED or "not responding" in complaint:
        return HandOutProblem.SILENT
    if "not accepting" in complaint:
        return HandOutProblem.NOT_ACCEPTING
    if "does not exist" in complaint:
        return HandOutProblem.NO_QUEUE
    if "unable to access" in complaint:
        return HandOutProblem.GONE
    return HandOutProblem.NOT_PRINTED
